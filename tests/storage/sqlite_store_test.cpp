// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_fault.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

/// What only the SQLite store promises, with one database that holds one tenant.
class SqliteStoreSpec : public testing::Test {
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
  [[nodiscard]] Result<StoreFactory> open() const {
    return open_sqlite(path, ShardCount{64}, 10ms);
  }
  [[nodiscard]] std::unique_ptr<Store> connect() const { return open().value()().value(); }
  [[nodiscard]] Result<std::vector<TenantRecord>> load() const {
    return store->load(std::array{tenant_id(1)});
  }
  [[nodiscard]] SaveBatch batch(std::vector<CounterRow> rows) const {
    return counters_batch(epoch, std::move(rows));
  }
  /// Changes the file behind the store's back, past its checks.
  void tamper(const std::string& sql) const {
    SqliteConnection connection{path, SqliteConnection::Missing::refuse, 10ms};
    connection.execute("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; " + sql);
  }

  TemporaryDirectory directory;
  std::string path = directory.path() / "sluice.db";
  std::unique_ptr<Store> store;
  Epoch epoch;
};

TEST_F(SqliteStoreSpec, RefusesAFileThatANewerVersionHasWritten) {
  store.reset();
  tamper("PRAGMA user_version = 99");
  EXPECT_TRUE(refused(open(), FaultCode::invalid_argument, "schema version 99"));
  EXPECT_TRUE(
      refused(open(), FaultCode::invalid_argument, "up to " + std::to_string(schema_version())));
}

TEST_F(SqliteStoreSpec, RefusesADatabaseOfAnotherProgramAndLeavesItAsItIs) {
  const std::string foreign = directory.path() / "foreign.db";
  SqliteConnection connection{foreign, SqliteConnection::Missing::create, 10ms};
  connection.execute("CREATE TABLE bookmarks (url TEXT)");
  EXPECT_TRUE(refused(open_sqlite(foreign, ShardCount{64}), FaultCode::data_damaged, "Sluice"));
  EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(SqliteStoreSpec, RefusesAFileThatIsNoDatabase) {
  const std::string file = directory.path() / "notes.txt";
  std::ofstream{file} << std::string(10'000, 'x');
  EXPECT_TRUE(refused(open_sqlite(file, ShardCount{64}), FaultCode::data_damaged, file));
}

TEST_F(SqliteStoreSpec, NamesAFileThatCannotBeOpened) {
  const std::string file = directory.path() / "missing" / "sluice.db";
  EXPECT_TRUE(refused(open_sqlite(file, ShardCount{64}), FaultCode::unavailable, file));
}

TEST_F(SqliteStoreSpec, KeepsNothingOfADatabaseThatCouldNotBeMade) {
  const std::string file = directory.path() / "new.db";
  EXPECT_TRUE(refused(open_sqlite(file, ShardCount{0}), FaultCode::invalid_argument, "shards"));
  EXPECT_TRUE(done(open_sqlite(file, ShardCount{1})));
}

TEST_F(SqliteStoreSpec, NoticesOverwrittenPages) {
  store.reset();
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(4096);  // All pages but the first.
  file << std::string(std::filesystem::file_size(path) - 4096, '\x5a');
  file.close();
  EXPECT_TRUE(refused(open(), FaultCode::data_damaged, path));
}

struct Damage {
  const char* sql;
  const char* words;
};
class SqliteStoreNoticesDamage : public SqliteStoreSpec,
                                 public testing::WithParamInterface<Damage> {};
INSTANTIATE_TEST_SUITE_P(
    Columns, SqliteStoreNoticesDamage,
    testing::Values(
        Damage{"UPDATE tenants SET slug = ''", "column slug of table tenants"},
        Damage{"UPDATE tenants SET timezone = ''", "column timezone"},
        Damage{"UPDATE tenants SET billing_anchor_day = 32", "billing_anchor_day"},
        Damage{"UPDATE tenants SET version = 0", "column version"},
        Damage{"UPDATE tenants SET last_limit_id = 4294967296", "last_limit_id"},
        Damage{"UPDATE tenants SET status = 'gone'", "column status"},
        Damage{"UPDATE tenants SET trial_days = 366", "trial_days"},
        Damage{"UPDATE tenants SET currency = ''", "column currency"},
        Damage{"UPDATE limits SET period = 'decade' WHERE period IS NOT NULL", "\"decade\""},
        Damage{"UPDATE limits SET enforcement = 'ask'", "\"ask\""},
        Damage{"UPDATE limits SET meter = 65536", "column meter of table limits"},
        Damage{"UPDATE limits SET size = -1 WHERE period IS NOT NULL", "column size"},
        Damage{"UPDATE limits SET soft_limit = -1", "soft_limit"},
        Damage{"UPDATE limits SET period = NULL", "rate_amount"},
        Damage{"UPDATE limits SET shadow = 2", "shadow"},
        Damage{"UPDATE limits SET span_ns = 0, period = NULL", "column span_ns"},
        Damage{"UPDATE limits SET overage_price_micros = -1", "overage_price_micros"},
        Damage{"UPDATE limits SET overage_price_micros = 1", "overage_per"},
        Damage{"UPDATE limits SET overage_price_micros = 1, overage_per = 0", "overage_per"},
        Damage{"UPDATE limits SET overage_price_micros = 1, overage_per = 1,"
               " overage_cap = -1",
               "overage_cap"},
        Damage{"UPDATE limits SET rate_per_ns = 0 WHERE period IS NULL", "rate_per_ns"},
        Damage{"UPDATE limits SET rate_burst = -5 WHERE period IS NULL", "rate_burst"},
        Damage{"UPDATE limits SET thresholds = x'0065'", "thresholds"},
        Damage{"UPDATE limits SET thresholds = x'010203040506070809'", "9 values"},
        Damage{"UPDATE limits SET holder_ttl_ns = 0, period = NULL", "column holder_ttl_ns"},
        Damage{"UPDATE limits SET holder_ttl_ns = 1, size = NULL, period = NULL", "column size"},
        Damage{"UPDATE limits SET releases_on_expiry = 2", "column releases_on_expiry"},
        Damage{"UPDATE limits SET labels = ''", "column labels of table limits"},
        Damage{"UPDATE limits SET labels = '{}'", "column labels"},
        Damage{"UPDATE limits SET labels = '{\"per\":[\"A\"]}'", "holds {\"per\":[\"A\"]}"},
        Damage{"UPDATE limits SET override = '{}'", "column override of table limits"},
        Damage{"UPDATE limits SET override = '{\"author\":\"a\",\"reason\":\"b\",\"rule\":"
               "{\"period\":\"day\",\"size\":1}}'",
               "column override"},
        Damage{"UPDATE counters SET used = -1", "column used of table counters"},
        Damage{"UPDATE counters SET fired = 256", "fired"},
        Damage{"UPDATE counters SET over_size = -1", "column over_size"},
        Damage{"UPDATE counters SET previous = -1", "column previous"},
        Damage{"UPDATE open_usage SET meter = 0", "column meter of table open_usage"},
        Damage{"UPDATE open_usage SET minute = 153722868", "column minute"},
        Damage{"UPDATE open_usage SET used = -1", "column used of table open_usage"},
        Damage{"UPDATE open_usage SET denied = 4294967296", "column denied"},
        Damage{"UPDATE open_usage SET overage = -1", "column overage"},
        Damage{"UPDATE entries SET id = x'01'", "column id of table entries"},
        Damage{"UPDATE entries SET id = x'00000000000000000000000000000002'",
               "but the body is of entry 00000000-0000-0000-0000-000000000001"},
        Damage{"UPDATE entries SET state = 5", "holds 5, but the body of entry 00000000-"},
        Damage{"UPDATE entries SET state = 2", "column state of table entries"},
        Damage{"UPDATE entries SET due_ns = due_ns + 1", "column due_ns of table entries"},
        Damage{"UPDATE entries SET body = x''", "column body of table entries"},
        Damage{"UPDATE entries SET body = x'0102'", "2 bytes that are not entry 00000000-"},
        Damage{"UPDATE entries SET body = CAST(body || x'00' AS BLOB)", "column body"}));

TEST_P(SqliteStoreNoticesDamage, AndSaysWhereItIs) {
  tamper(GetParam().sql);
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, GetParam().words));
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, to_string(tenant_id(1))));
}

TEST_F(SqliteStoreSpec, NoticesDamageInHistory) {
  tamper("UPDATE usage_hours SET start = -60; UPDATE closed_windows SET used = -1");
  UsageQuery all{.tenant = tenant_id(1), .from = WallTime::min()};
  EXPECT_TRUE(refused(store->usage(all), FaultCode::data_damaged, "column start of table usage"));
  EXPECT_TRUE(refused(store->closed_windows(tenant_id(1)), FaultCode::data_damaged, "column used"));
  tamper("UPDATE usage_hours SET start = 60, overage = -1");
  EXPECT_TRUE(refused(store->usage(all), FaultCode::data_damaged, "column overage"));
  tamper("UPDATE closed_windows SET used = 1, price_micros = -1");
  EXPECT_TRUE(
      refused(store->closed_windows(tenant_id(1)), FaultCode::data_damaged, "price_micros"));
}

TEST_F(SqliteStoreSpec, NoticesDamageInWhoOwnsIt) {
  tamper("UPDATE shards SET sequence = -1 WHERE shard = 7");
  EXPECT_TRUE(refused(store->acquire(claim(1)), FaultCode::data_damaged, "sequence"));
  tamper("DELETE FROM shards WHERE shard = 7");
  EXPECT_TRUE(refused(store->acquire(claim(1)), FaultCode::data_damaged, "table shards"));
  tamper("DELETE FROM shards WHERE shard > 6");
  EXPECT_TRUE(refused(store->acquire(claim(1)), FaultCode::data_damaged, "7 rows, not 64"));
  tamper("UPDATE ownership SET epoch = -1");
  EXPECT_TRUE(refused(store->renew(epoch), FaultCode::data_damaged, "epoch"));
  tamper("DELETE FROM ownership");
  EXPECT_TRUE(refused(store->save(batch({})), FaultCode::data_damaged, "ownership"));
}

TEST_F(SqliteStoreSpec, RefusesAClaimOfNobody) {
  EXPECT_TRUE(refused(store->acquire(Claim{}), FaultCode::conflict, "host-1"));
  ASSERT_TRUE(done(store->release(epoch)));
  EXPECT_TRUE(refused(store->acquire(Claim{}), FaultCode::invalid_argument, "server"));
}

TEST_F(SqliteStoreSpec, LetsAnotherServerTakeOverAtOnceBecauseNobodyElseHasTheFile) {
  Claim heir = claim(2);
  heir.take_over = TakeOver::expired;
  EXPECT_EQ(store->acquire(heir).value().epoch, Epoch{2});
  EXPECT_TRUE(refused(store->renew(epoch), FaultCode::fenced, "host-2"));
}

TEST_F(SqliteStoreSpec, NoticesATenantIdThatIsNone) {
  tamper("UPDATE tenants SET id = x'ff'");
  EXPECT_TRUE(refused(store->list({}), FaultCode::data_damaged, "1 bytes"));
}

TEST_F(SqliteStoreSpec, NoticesAGapInTheMeterTable) {
  tamper("DELETE FROM meters WHERE id = 1");
  EXPECT_TRUE(refused(store->meters(), FaultCode::data_damaged, "gap"));
}

TEST_F(SqliteStoreSpec, NoticesMoreLimitsThanATenantMayHave) {
  for (int id = 100; id < 164; ++id) {
    tamper(
        "INSERT INTO limits (tenant, id, name, meter, enforcement, shadow, period, size, "
        "thresholds)"
        " SELECT tenant, " +
        std::to_string(id) +
        ", name, meter, enforcement, shadow, period, size, thresholds FROM limits WHERE id = 1");
  }
  EXPECT_TRUE(refused(load(), FaultCode::data_damaged, "too many"));
}

TEST_F(SqliteStoreSpec, NoticesAShardCountThatIsNone) {
  tamper("UPDATE meta SET shards = 0");
  EXPECT_TRUE(refused(store->shards(), FaultCode::data_damaged, "shards"));
}

TEST_F(SqliteStoreSpec, NoticesAMissingTable) {
  store.reset();
  tamper("DROP TABLE counters");
  EXPECT_TRUE(refused(open().value()(), FaultCode::data_damaged, "counters"));
}

TEST_F(SqliteStoreSpec, IsUnavailableToWritersWhileAnotherHoldsTheFileAndNotToReaders) {
  SqliteConnection holder{path, SqliteConnection::Missing::refuse, 10ms};
  Transaction held{holder, Transaction::Kind::write};
  EXPECT_TRUE(refused(store->create(deed(epoch), tenant(2)), FaultCode::unavailable, "locked"));
  EXPECT_TRUE(refused(store->save(batch({counter(1, 1, 6)})), FaultCode::unavailable, path));
  EXPECT_TRUE(done(load()));
}

TEST_F(SqliteStoreSpec, WorksAgainOnceTheOtherHasLetGo) {
  {
    SqliteConnection holder{path, SqliteConnection::Missing::refuse, 10ms};
    Transaction held{holder, Transaction::Kind::write};
    EXPECT_FALSE(store->create(deed(epoch), tenant(2)).ok());
  }
  EXPECT_TRUE(done(store->create(deed(epoch), tenant(2))));
}

TEST_F(SqliteStoreSpec, RefusesWhatNoTenantMayBeAndNamesTheRule) {
  TenantDefinition nameless = tenant(2);
  nameless.name = "";
  EXPECT_TRUE(
      refused(store->create(deed(epoch), nameless), FaultCode::invalid_argument, "length(name)"));
  EXPECT_EQ(store->resolve("tenant-2").value(), std::nullopt);
}

/// Lets no file of this process grow beyond a size, as a full disk would.
class FilesMayNotGrow {
public:
  explicit FilesMayNotGrow(std::uintmax_t size_max) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit lowered{size_max, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lowered);
  }
  ~FilesMayNotGrow() { setrlimit(RLIMIT_FSIZE, &before_); }
  FilesMayNotGrow(const FilesMayNotGrow&) = delete;
  FilesMayNotGrow& operator=(const FilesMayNotGrow&) = delete;

private:
  rlimit before_{};
};

TEST_F(SqliteStoreSpec, ChangesNothingWhenTheDiskTakesNoMoreAndGoesOnWhenItDoes) {
  {
    const FilesMayNotGrow full{std::filesystem::file_size(path + "-wal")};
    const auto saved = store->save(batch({counter(1, 1, 6), counter(1, 2, 6)}));
    EXPECT_TRUE(refused(saved, FaultCode::outcome_unknown, path));
    EXPECT_EQ(load().value().front().counters, std::vector{counter(1, 1, 5).counter});
  }
  EXPECT_TRUE(done(store->save(batch({counter(1, 1, 7)}))));
  store = connect();
  EXPECT_EQ(load().value().front().counters, std::vector{counter(1, 1, 7).counter});
}

TEST(SqliteFaultSpec, TellsWhatTheCallerMayDo) {
  using During = SqliteError::During;
  // Result codes are part of SQLite's binary interface.
  constexpr int busy = 5, locked = 6, no_memory = 7, read_only = 8, io_error = 10, corrupt = 11,
                full = 13, cannot_open = 14, too_big = 18, check_failed = 275, no_database = 26;
  const auto code = [](int sqlite_code, During during) {
    return fault_of(SqliteError{sqlite_code, during, "f", "m"}).code;
  };
  for (const int transient : {busy, locked, no_memory, read_only, full, cannot_open}) {
    EXPECT_EQ(code(transient, During::statement), FaultCode::unavailable) << transient;
    EXPECT_EQ(code(transient, During::commit), FaultCode::unavailable) << transient;
  }
  EXPECT_EQ(code(io_error, During::statement), FaultCode::unavailable);
  EXPECT_EQ(code(io_error, During::commit), FaultCode::outcome_unknown);
  EXPECT_EQ(code(corrupt, During::statement), FaultCode::data_damaged);
  EXPECT_EQ(code(no_database, During::statement), FaultCode::data_damaged);
  EXPECT_EQ(code(too_big, During::statement), FaultCode::invalid_argument);
  EXPECT_EQ(code(check_failed, During::statement), FaultCode::invalid_argument);
}

}  // namespace sluice::test
