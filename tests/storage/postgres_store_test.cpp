// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/postgres_store.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "storage/postgres/postgres_fault.hpp"
#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

/// What only the PostgreSQL store promises, with tables that hold one tenant.
class PostgresStoreSpec : public testing::Test {
protected:
  void SetUp() override {
    store = connect();
    epoch = store->acquire(claim(1)).value().epoch;
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
    SaveBatch first = batch({counter(1, 1, 5)});
    first.open_usage = {{tenant_id(1), {MeterId{1}, Minute{61}, Amount{5}, 1, 0, 0}}};
    first.closed_usage = {{tenant_id(1), {MeterId{1}, Minute{60}, Amount{4}, 1, 0, 0}}};
    first.closed_windows = {{tenant_id(1), {LimitId{1}, MeterId{1}, WallTime{}, Amount{9}}}};
    first.entries = {entry(1, EntryId{0, 1})};
    ASSERT_TRUE(done(store->save(first)));
  }
  [[nodiscard]] std::unique_ptr<Store> connect() {
    return database.open(ShardCount{64}).value()().value();
  }
  [[nodiscard]] SaveBatch batch(std::vector<CounterRow> rows) const {
    return counters_batch(epoch, std::move(rows));
  }
  [[nodiscard]] Result<std::vector<TenantRecord>> load() const {
    return store->load(std::array{tenant_id(1)});
  }
  /// Changes a table past its checks.
  void tamper(const std::string& table, const std::string& sql) const {
    database.run(
        "DO $$ DECLARE name text; BEGIN FOR name IN SELECT conname FROM pg_constraint"
        " WHERE contype = 'c' AND conrelid = '" +
        table + "'::regclass LOOP EXECUTE 'ALTER TABLE " + table +
        " DROP CONSTRAINT ' || quote_ident(name); END LOOP; END $$; " + sql);
  }

  PostgresDatabase database;
  std::unique_ptr<Store> store;
  Epoch epoch;
};

struct Damage {
  const char* table;
  const char* sql;
  const char* words;
};
class PostgresStoreNoticesDamage : public PostgresStoreSpec,
                                   public testing::WithParamInterface<Damage> {};
INSTANTIATE_TEST_SUITE_P(
    Columns, PostgresStoreNoticesDamage,
    testing::Values(
        Damage{"tenants", "UPDATE tenants SET slug = ''", "column slug of table tenants"},
        Damage{"tenants", "UPDATE tenants SET timezone = ''", "column timezone"},
        Damage{"tenants", "UPDATE tenants SET billing_anchor_day = 32", "billing_anchor_day"},
        Damage{"tenants", "UPDATE tenants SET version = 0", "column version"},
        Damage{"tenants", "UPDATE tenants SET last_limit_id = 4294967296", "last_limit_id"},
        Damage{"tenants", "UPDATE tenants SET status = 'gone'", "column status"},
        Damage{"tenants", "UPDATE tenants SET trial_days = 366", "trial_days"},
        Damage{"tenants", "UPDATE tenants SET currency = ''", "column currency"},
        Damage{"limits", "UPDATE limits SET period = 'decade' WHERE id = 1", "\"decade\""},
        Damage{"limits", "UPDATE limits SET enforcement = 'ask'", "\"ask\""},
        Damage{"limits", "UPDATE limits SET meter = 65536", "column meter of table limits"},
        Damage{"limits", "UPDATE limits SET size = -1 WHERE id = 1", "column size"},
        Damage{"limits", "UPDATE limits SET soft_limit = -1", "soft_limit"},
        Damage{"limits", "UPDATE limits SET period = NULL", "rate_amount"},
        Damage{"limits", "UPDATE limits SET span_ns = 0, period = NULL", "column span_ns"},
        Damage{"limits", "UPDATE limits SET overage_price_micros = -1", "overage_price_micros"},
        Damage{"limits", "UPDATE limits SET overage_price_micros = 1", "overage_per"},
        Damage{"limits", "UPDATE limits SET overage_price_micros = 1, overage_per = 0",
               "overage_per"},
        Damage{"limits",
               "UPDATE limits SET overage_price_micros = 1, overage_per = 1, overage_cap = -1",
               "overage_cap"},
        Damage{"limits", "UPDATE limits SET rate_per_ns = 0 WHERE id = 2", "rate_per_ns"},
        Damage{"limits", "UPDATE limits SET rate_burst = -5 WHERE id = 2", "rate_burst"},
        Damage{"limits", "UPDATE limits SET thresholds = '{0,101}'", "thresholds"},
        Damage{"limits", "UPDATE limits SET thresholds = '{1,2,3,4,5,6,7,8,9}'", "9 values"},
        Damage{"limits", "UPDATE limits SET holder_ttl_ns = 0, period = NULL", "holder_ttl_ns"},
        Damage{"limits", "UPDATE limits SET holder_ttl_ns = 1, size = NULL, period = NULL",
               "column size"},
        Damage{"limits", "UPDATE limits SET labels = '[]'", "column labels of table limits"},
        Damage{"limits", "UPDATE limits SET labels = '{}'", "column labels"},
        Damage{"limits", "UPDATE limits SET labels = '{\"per\":[\"A\"]}'",
               "holds {\"per\": [\"A\"]}"},
        Damage{"limits", "UPDATE limits SET override = '{}'", "column override of table limits"},
        Damage{"limits",
               "UPDATE limits SET override = '{\"author\":\"a\",\"reason\":\"b\",\"rule\":"
               "{\"period\":\"day\",\"size\":1}}'",
               "column override"},
        Damage{"counters", "UPDATE counters SET used = -1", "column used of table counters"},
        Damage{"counters", "UPDATE counters SET fired = 256", "fired"},
        Damage{"counters", "UPDATE counters SET over_size = -1", "column over_size"},
        Damage{"counters", "UPDATE counters SET previous = -1", "column previous"},
        Damage{"open_usage", "UPDATE open_usage SET meter = 0", "column meter of table open_usage"},
        Damage{"open_usage", "UPDATE open_usage SET minute = '2262-04-12 00:00+00'", "minute"},
        Damage{"open_usage", "UPDATE open_usage SET denied = 4294967296", "column denied"},
        Damage{"open_usage", "UPDATE open_usage SET overage = -1", "column overage"},
        Damage{"entries", "UPDATE entries SET id = '00000000-0000-0000-0000-000000000002'",
               "but the body is of entry 00000000-0000-0000-0000-000000000001"},
        Damage{"entries", "UPDATE entries SET state = 5", "holds 5, but the body of entry 0000"},
        Damage{"entries", "UPDATE entries SET state = 2", "column state of table entries"},
        Damage{"entries", "UPDATE entries SET due_ns = due_ns + 1", "column due_ns"},
        Damage{"entries", "UPDATE entries SET body = ''", "column body of table entries"},
        Damage{"entries", "UPDATE entries SET body = '\\x0102'",
               "2 bytes that are not entry 00000000-"},
        Damage{"entries", "UPDATE entries SET body = body || '\\x00'", "column body"}));

TEST_P(PostgresStoreNoticesDamage, AndSaysWhereItIs) {
  tamper(GetParam().table, GetParam().sql);
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, GetParam().words));
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, to_string(tenant_id(1))));
}

TEST_F(PostgresStoreSpec, NoticesMoreLimitsThanATenantMayHave) {
  database.run(
      "INSERT INTO limits (tenant, id, name, meter, enforcement, period, size, thresholds)"
      " SELECT tenant, generate_series(100, 163), name, meter, enforcement, period, size,"
      " thresholds FROM limits WHERE id = 1");
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, "too many"));
}

TEST_F(PostgresStoreSpec, NoticesDamageInTheTablesOfTheWhole) {
  database.run("DELETE FROM shards WHERE shard = 63");
  EXPECT_TRUE(refused(store->acquire(claim(1)), FaultCode::data_damaged, "63 rows, not 64"));
  database.run("DELETE FROM shards WHERE shard = 7");
  EXPECT_TRUE(refused(store->acquire(claim(1)), FaultCode::data_damaged, "table shards holds 8"));
  database.run("DELETE FROM meters WHERE id = 1");
  EXPECT_TRUE(refused(store->meters(), FaultCode::data_damaged, "gap"));
  tamper("meta", "UPDATE meta SET shards = 0");
  EXPECT_TRUE(refused(store->shards(), FaultCode::data_damaged, "shards"));
  database.run("DELETE FROM ownership");
  EXPECT_TRUE(refused(store->save(batch({})), FaultCode::data_damaged, "ownership"));
  database.run("DROP TABLE counters");
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, "counters"));
}

TEST_F(PostgresStoreSpec, RefusesWhatNoTenantMayBeAndNamesTheRule) {
  TenantDefinition nameless = tenant(2);
  nameless.name = "";
  EXPECT_TRUE(
      refused(store->create(deed(epoch), nameless), FaultCode::invalid_argument, "tenants_name"));
  nameless.name = "\xff";
  EXPECT_TRUE(refused(store->create(deed(epoch), nameless), FaultCode::invalid_argument, "UTF8"));
  EXPECT_EQ(store->resolve("tenant-2").value(), std::nullopt);
}

TEST_F(PostgresStoreSpec, FindsNothingUnderATextThatGoesOnAfterANul) {
  using namespace std::string_literals;
  EXPECT_EQ(store->resolve("tenant-1\0x"s).value(), std::nullopt);
  TenantQuery query;
  query.text = "tenant\0x"s;
  EXPECT_TRUE(store->list(query).value().tenants.empty());
}

TEST_F(PostgresStoreSpec, MakesThePartitionsOfAMonthAndOfTheNextForTheOwner) {
  const auto made_for = [&](int year) {
    return store->prepare_months(
        epoch, WallTime{std::chrono::sys_days{std::chrono::year{year} / std::chrono::December / 15}
                            .time_since_epoch()});
  };
  EXPECT_EQ(made_for(2031).value(), Rest::none);
  for (const char* const month : {"2031_12", "2032_01"}) {
    EXPECT_EQ(
        database.run(std::string{"SELECT to_regclass('usage_minutes_"} + month + "') IS NOT NULL"),
        "t");
  }
  ASSERT_TRUE(done(store->release(epoch)));
  EXPECT_TRUE(refused(made_for(2041), FaultCode::fenced, "given back"));
  EXPECT_EQ(database.run("SELECT to_regclass('usage_minutes_2041_12') IS NULL"), "t");
}

TEST_F(PostgresStoreSpec, RefusesAClaimOfNobody) {
  EXPECT_TRUE(refused(store->acquire(Claim{}), FaultCode::conflict, "host-1"));
  ASSERT_TRUE(done(store->release(epoch)));
  EXPECT_TRUE(refused(store->acquire(Claim{}), FaultCode::invalid_argument, "uuid"));
}

TEST_F(PostgresStoreSpec, IsTakenOverOnlyOnceTheLeaseHasPassed) {
  Claim heir = claim(2);
  heir.take_over = TakeOver::expired;
  EXPECT_TRUE(refused(store->acquire(heir), FaultCode::conflict, "owns the shards until 2"));
  database.run("UPDATE ownership SET lease_until = now() - interval '1 second'");
  EXPECT_TRUE(refused(store->acquire(claim(2)), FaultCode::conflict, "did not give back"));
  EXPECT_EQ(store->acquire(heir).value().epoch, Epoch{2});
  EXPECT_TRUE(refused(store->renew(epoch), FaultCode::fenced, "host-2"));
}

TEST_F(PostgresStoreSpec, RenewsALeaseForItsFullLength) {
  database.run("UPDATE ownership SET lease_until = now() - interval '1 second'");
  ASSERT_TRUE(done(store->renew(epoch)));
  EXPECT_EQ(database.run("SELECT lease_until BETWEEN clock_timestamp() + interval '20 s'"
                         " AND clock_timestamp() + interval '30 s' FROM ownership"),
            "t");
}

TEST_F(PostgresStoreSpec, LetsALeaseBeRenewedWhileABatchIsOnItsWay) {
  pqxx::connection connection{database.straight()};
  pqxx::work commit{connection};
  commit.exec("SELECT epoch FROM " + database.options.schema + ".ownership FOR KEY SHARE");
  EXPECT_TRUE(done(store->renew(epoch)));
}

// What a session was told may be gone behind pgbouncer, and a server that stands still in the
// middle of a transaction must not keep its locks for ever.
TEST_F(PostgresStoreSpec, BringsItsTimeoutsAlongWithEachTransaction) {
  database.run(
      "CREATE TABLE seen (timeouts text); GRANT INSERT ON seen TO sluice_tenant;"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " INSERT INTO seen VALUES (current_setting('statement_timeout') || ' '"
      " || current_setting('idle_in_transaction_session_timeout')); RETURN NULL; END $$;"
      "CREATE TRIGGER note AFTER INSERT ON tenants EXECUTE FUNCTION note()");
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(2))));
  EXPECT_EQ(database.run("SELECT timeouts FROM seen"), "10s 15s");
}

TEST_F(PostgresStoreSpec, MakesAPartitionForEachMonthAndOnlyOnce) {
  const auto months = [&] {
    return database.run(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'usage_minutes'::regclass");
  };
  const int before = std::stoi(months());
  SaveBatch two = batch({});
  two.closed_usage = {{tenant_id(1), {MeterId{1}, Minute{20'000'000}, Amount{4}, 1, 0, 0}},
                      {tenant_id(1), {MeterId{1}, Minute{50'000'000}, Amount{4}, 1, 0, 0}}};
  ASSERT_TRUE(done(store->save(two)));
  ASSERT_TRUE(done(connect()->save(two)));
  EXPECT_EQ(std::stoi(months()), before + 2);
}

TEST_F(PostgresStoreSpec, MakesAMonthAgainThatSomebodyDropped) {
  SaveBatch late = batch({});
  late.closed_usage = {{tenant_id(1), {MeterId{2}, Minute{60}, Amount{4}, 1, 0, 0}}};
  database.run("DROP TABLE usage_minutes_1970_01");
  EXPECT_FALSE(store->save(late).ok());
  EXPECT_TRUE(done(store->save(late)));
}

TEST_F(PostgresStoreSpec, ShowsPeopleTimesThatTheyCanRead) {
  EXPECT_EQ(database.run("SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
                         " FROM tenants"),
            "2023-11-14 22:13:20.000000");
  EXPECT_EQ(database.run("SELECT extract(epoch FROM ended_at)::bigint FROM closed_windows"), "0");
  EXPECT_EQ(database.run("SELECT to_char(due AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
                         " FROM entries"),
            "2023-11-14 22:13:20.123456");
}

TEST(PostgresOptionsSpec, AreRefusedByName) {
  PostgresOptions options;
  options.conninfo = "host=a hots=b";
  EXPECT_TRUE(refused(open_postgres(options, ShardCount{1}), FaultCode::invalid_argument,
                      "conninfo: invalid connection option \"hots\""));
  options.conninfo = "";
  for (const char* schema : {"", "1st", "Upper", "a-b", "a\"b"}) {
    options.schema = schema;
    EXPECT_TRUE(
        refused(open_postgres(options, ShardCount{1}), FaultCode::invalid_argument, "schema"));
  }
  options.schema = "sluice";
  options.call_timeout = 0ms;
  EXPECT_TRUE(
      refused(open_postgres(options, ShardCount{1}), FaultCode::invalid_argument, "call_timeout"));
}

TEST(PostgresFaultSpec, TellsWhatTheCallerMayDo) {
  using postgres::During;
  const auto code = [](const char* state, During during) {
    return postgres::fault_of_state(state, "m", during).code;
  };
  for (const char* transient :
       {"40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "25006", "23503", "42501",
        "0A000", "26000", "42P05", "08006", ""}) {
    EXPECT_EQ(code(transient, During::statement), FaultCode::unavailable) << transient;
    EXPECT_EQ(code(transient, During::commit), FaultCode::outcome_unknown) << transient;
  }
  for (const char* wrong : {"22003", "22P02", "22021", "23514", "23502"}) {
    EXPECT_EQ(code(wrong, During::statement), FaultCode::invalid_argument) << wrong;
  }
  for (const char* damage : {"42P01", "42703", "3F000", "XX001", "XX002"}) {
    EXPECT_EQ(code(damage, During::statement), FaultCode::data_damaged) << damage;
  }
  EXPECT_EQ(code("23505", During::statement), FaultCode::already_exists);
}

TEST(PostgresFaultSpec, KeepsAnIdThatTwoChoseAtOnceFromTheCaller) {
  EXPECT_EQ(postgres::fault_of_state("23505", "violates unique constraint \"meters_id_key\"",
                                     postgres::During::statement)
                .code,
            FaultCode::unavailable);
}

}  // namespace sluice::test
