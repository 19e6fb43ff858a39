// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/migrations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <pqxx/except>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/postgres_stores.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using postgres::MigrationText;

class PostgresMigrationSpec : public testing::Test {
protected:
  [[nodiscard]] Result<std::vector<Migration>> migrate() const {
    return migrate_postgres(database.options, ShardCount{64});
  }
  [[nodiscard]] postgres::Session session() const {
    return {postgres::complete_conninfo(database.options).value(), database.options};
  }
  [[nodiscard]] Result<std::vector<Migration>> apply(
      const std::vector<MigrationText>& texts) const {
    postgres::Session own = session();
    return postgres::apply_pending(own, database.options.schema, texts);
  }
  [[nodiscard]] static std::vector<Migration> all() {
    std::vector<Migration> every;
    for (const MigrationText& text : postgres::embedded_migrations()) {
      every.push_back({static_cast<int>(every.size()) + 1, std::string{text.title}});
    }
    return every;
  }

  PostgresDatabase database;
};

TEST_F(PostgresMigrationSpec, AreListedBeforeTheyAreAppliedAndThatChangesNothing) {
  EXPECT_EQ(pending_migrations(database.options).value(), all());
  EXPECT_EQ(pending_migrations(database.options).value(), all());
  EXPECT_EQ(all().front(), (Migration{1, "tenants"}));
}

TEST_F(PostgresMigrationSpec, AreAppliedOnce) {
  EXPECT_EQ(migrate().value(), all());
  EXPECT_TRUE(migrate().value().empty());
  EXPECT_TRUE(pending_migrations(database.options).value().empty());
  EXPECT_EQ(database.run("SELECT count(*) FROM schema_migrations"), std::to_string(all().size()));
}

TEST_F(PostgresMigrationSpec, MayBeAppliedByTwoAtOnce) {
  std::size_t applied = 0;
  {
    std::vector<Result<std::vector<Migration>>> results(
        4, Result<std::vector<Migration>>{std::vector<Migration>{}});
    {
      std::vector<std::jthread> threads;
      for (auto& result : results) {
        threads.emplace_back([&] { result = migrate(); });
      }
    }
    for (const auto& result : results) {
      ASSERT_TRUE(done(result));
      applied += result.value().size();
    }
  }
  EXPECT_EQ(applied, all().size());
}

TEST_F(PostgresMigrationSpec, GoOnFromWhatIsThere) {
  ASSERT_TRUE(done(apply({{"first", "CREATE TABLE a (i int)"}})));
  const auto applied =
      apply({{"first", "CREATE TABLE a (i int)"}, {"second", "ALTER TABLE a ADD j int"}});
  EXPECT_EQ(applied.value(), (std::vector<Migration>{{2, "second"}}));
  EXPECT_EQ(database.run("SELECT count(j) FROM a"), "0");
}

TEST_F(PostgresMigrationSpec, AreAppliedAsAWholeOrNotAtAll) {
  const auto failed = apply({{"half", "CREATE TABLE a (i int); SELECT 1 / 0"}});
  EXPECT_TRUE(refused(failed, FaultCode::invalid_argument, "division by zero"));
  EXPECT_EQ(database.run("SELECT to_regclass('a') IS NULL"), "t");
}

TEST_F(PostgresMigrationSpec, AreRefusedIfTheirTextHasChanged) {
  ASSERT_TRUE(done(apply({{"first", "CREATE TABLE a (i int)"}})));
  EXPECT_TRUE(refused(apply({{"first", "CREATE TABLE a (i bigint)"}}), FaultCode::data_damaged,
                      "migration 1 (first)"));
  EXPECT_TRUE(refused(apply({{"another", "CREATE TABLE a (i int)"}}), FaultCode::data_damaged,
                      "migration 1 (first)"));
}

TEST_F(PostgresMigrationSpec, OfANewerSluicedAreRefused) {
  ASSERT_TRUE(done(migrate()));
  database.run("INSERT INTO schema_migrations (version, title, checksum) VALUES (99, 'new', '')");
  for (const auto& refusal : {migrate(), pending_migrations(database.options)}) {
    EXPECT_TRUE(refused(refusal, FaultCode::invalid_argument, "schema version 99"));
    EXPECT_TRUE(
        refused(refusal, FaultCode::invalid_argument, "up to " + std::to_string(all().size())));
  }
  EXPECT_FALSE(open_postgres(database.options, ShardCount{64}).ok());
}

TEST_F(PostgresMigrationSpec, KeepNothingOfADatabaseThatCouldNotBeMade) {
  EXPECT_TRUE(refused(open_postgres(database.options, ShardCount{0}), FaultCode::invalid_argument,
                      "meta_shards"));
  const auto opened = open_postgres(database.options, ShardCount{3});
  EXPECT_EQ(opened.value()().value()->shards().value(), ShardCount{3});
}

/// `tenant_with_limits(1, 2)` and what it spent, as migration 3 left it.
constexpr const char* rows_of_version_3 = R"sql(
  SELECT ensure_partitions('1970-01-01', '1970-01-01');
  INSERT INTO meta (shards) VALUES (64);
  INSERT INTO shards (shard, epoch, sequence) SELECT generate_series(0, 63), 1, 9;
  INSERT INTO tenants VALUES ('01940000-0000-7000-8000-000000000001', 'tenant-1', 'Tenant 1',
    'free', 'Europe/Berlin', 31, 1700000000000000000, 1700000000000000001, 1, 2);
  INSERT INTO limits VALUES
    ('01940000-0000-7000-8000-000000000001', 1, 'window-1', 1, 'block', 'month', 10000, NULL, NULL,
     NULL, NULL, '{80,90,95,100}'),
    ('01940000-0000-7000-8000-000000000001', 2, 'rate-2', 2, 'block', NULL, NULL, 100, 1000000000,
     150, NULL, '{}');
  INSERT INTO counters VALUES ('01940000-0000-7000-8000-000000000001', 1, 5, 3600000000000, 3);
  INSERT INTO open_usage
    VALUES ('01940000-0000-7000-8000-000000000001', 1, '1970-01-01 01:01+00', 5, 1, 2, 3);
  INSERT INTO usage_minutes
    VALUES ('01940000-0000-7000-8000-000000000001', 1, '1970-01-01 01:00+00', 4, 1, 0, 0);
  INSERT INTO usage_hours
    VALUES ('01940000-0000-7000-8000-000000000001', 1, '1970-01-01 01:00+00', 4, 1, 0, 0);
  INSERT INTO usage_days
    VALUES ('01940000-0000-7000-8000-000000000001', 1, '1970-01-01 00:00+00', 4, 1, 0, 0);
  INSERT INTO closed_windows VALUES ('01940000-0000-7000-8000-000000000001', 1, 0, 1, 9);
)sql";

/// Tables that an earlier sluiced left, brought up to date.
class PostgresMigrationOfThree : public PostgresMigrationSpec {
protected:
  void SetUp() override {
    const auto& texts = postgres::embedded_migrations();
    ASSERT_TRUE(done(apply({texts.begin(), texts.begin() + 3})));
    database.run(rows_of_version_3);
    EXPECT_EQ(migrate().value().front(), (Migration{4, "overage"}));
    store = database.open(ShardCount{64}).value()().value();
    const auto acquired = store->acquire(claim(1));
    ASSERT_TRUE(done(acquired));
    EXPECT_EQ(acquired.value().stored[7], (Watermark{Epoch{1}, Sequence{9}}));
    epoch = acquired.value().epoch;
  }
  [[nodiscard]] TenantRecord record() const {
    return store->load(std::array{tenant_id(1)}).value().front();
  }

  std::unique_ptr<Store> store;
  Epoch epoch;
};

TEST_F(PostgresMigrationOfThree, KeepsEveryNumber) {
  const Counter spent{LimitId{1}, Amount{5}, WallTime{1h}, ThresholdMask{3}};
  const UsageBucket open_minute{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3};
  EXPECT_EQ(record(), (TenantRecord{tenant_with_limits(1, 2), {spent}, {open_minute}, {}}));
  for (const Granularity granularity : {Granularity::hour, Granularity::day}) {
    const auto usage = store->usage({.tenant = tenant_id(1), .granularity = granularity}).value();
    const WallTime start{granularity == Granularity::hour ? 1h : 0h};
    EXPECT_EQ(usage, (std::vector{UsagePoint{MeterId{1}, start, Amount{9}, 2, 2, 3}}));
  }
  EXPECT_EQ(store->closed_windows(tenant_id(1)).value(),
            (std::vector{ClosedWindow{LimitId{1}, MeterId{1}, WallTime{}, Amount{9}}}));
}

TEST_F(PostgresMigrationOfThree, TakesWhatTheOldTablesDidNotKnow) {
  const TenantDefinition changed = next(tenant_with_limits(1, 4));
  ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
  SaveBatch batch = counters_batch(epoch, {counter(1, 1, 50), counter(1, 4, 60)});
  batch.closed_usage = {{tenant_id(1), {MeterId{1}, Minute{62}, Amount{4}, 1, 0, 0, Amount{3}}}};
  batch.closed_windows = {
      {tenant_id(1), {LimitId{1}, MeterId{1}, WallTime{1h}, Amount{9}, Amount{2}, 7}}};
  ASSERT_TRUE(done(store->save(batch)));
  EXPECT_EQ(record().definition, changed);
  EXPECT_EQ(record().counters, (std::vector{counter(1, 1, 50).counter, counter(1, 4, 60).counter}));
  EXPECT_EQ(store->usage({.tenant = tenant_id(1)}).value().front().overage, Amount{3});
  EXPECT_EQ(store->closed_windows(tenant_id(1)).value().front(),
            batch.closed_windows.front().window)
      << "in partitions that were there before and did not know of it";
}

/// A tenant with what migration 4 made room for.
constexpr const char* rows_of_version_4 = R"sql(
  INSERT INTO meta (shards) VALUES (64);
  INSERT INTO shards (shard, epoch, sequence) SELECT generate_series(0, 63), 1, 9;
  INSERT INTO tenants VALUES ('01940000-0000-7000-8000-000000000001', 'tenant-1', 'Tenant 1',
    'free', 'Europe/Berlin', 31, 1700000000000000000, 1700000000000000001, 1, 0);
  INSERT INTO limits VALUES
    ('01940000-0000-7000-8000-000000000001', 4, 'overage-4', 1, 'overage', 'month', 10000, NULL,
     NULL, NULL, NULL, '{80,90,95,100}', false, NULL, 1500, 1000, 20000);
  INSERT INTO counters VALUES
    ('01940000-0000-7000-8000-000000000001', 4, 50, 3600000000000, 3, 25, 16, 50000000000);
  INSERT INTO open_usage
    VALUES ('01940000-0000-7000-8000-000000000001', 1, '1970-01-01 01:01+00', 5, 1, 2, 3, 4);
)sql";

TEST_F(PostgresMigrationSpec, KeepWhatTheFourthLeftAndMakeRoomForEntries) {
  const auto& texts = postgres::embedded_migrations();
  ASSERT_TRUE(done(apply({texts.begin(), texts.begin() + 4})));
  database.run(rows_of_version_4);
  EXPECT_EQ(migrate().value().front(), (Migration{5, "entries"}));
  const auto store = database.open(ShardCount{64}).value()().value();
  TenantRecord expected{tenant(1), {counter(1, 4, 50).counter}, {}, {}};
  expected.definition.limits = {overage_limit(4)};
  expected.open_usage = {{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3, Amount{4}}};
  EXPECT_EQ(store->load(std::array{tenant_id(1)}).value(), std::vector{expected});
  SaveBatch batch = counters_batch(store->acquire(claim(1)).value().epoch, {});
  batch.entries = {entry(1, EntryId{0, 1})};
  ASSERT_TRUE(done(store->save(batch)));
  expected.entries = {batch.entries.front().entry};
  EXPECT_EQ(store->load(std::array{tenant_id(1)}).value(), std::vector{expected});
}

/// A reservation of that tenant, whose bytes are of form 1: id 1, held, of 8 on meter 1.
constexpr const char* rows_of_version_5 = R"sql(
  INSERT INTO entries VALUES ('01940000-0000-7000-8000-000000000001',
    '00000000-0000-0000-0000-000000000001', 1, 0,
    '\x010000000000000000010000000000000001000000000000000000000000000000000000'::bytea
    || '\x000000000000010100080000000000000003000000000000000000000000'::bytea
    || '\x00000000000000000000000000000000000000000000'::bytea);
)sql";

TEST_F(PostgresMigrationSpec, KeepWhatTheFifthLeftAndMakeRoomForLabelsAndLeases) {
  const auto& texts = postgres::embedded_migrations();
  ASSERT_TRUE(done(apply({texts.begin(), texts.begin() + 5})));
  database.run(std::string{rows_of_version_4} + rows_of_version_5);
  EXPECT_EQ(migrate().value().front(), (Migration{6, "labels_and_overrides"}));
  const auto store = database.open(ShardCount{64}).value()().value();
  TenantRecord expected{tenant(1), {counter(1, 4, 50).counter}, {}, {}};
  expected.definition.limits = {overage_limit(4)};
  expected.open_usage = {{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3, Amount{4}}};
  Entry& old = expected.entries.emplace_back();
  old.id = EntryId{0, 1};
  old.state = EntryState::held;
  old.charges = {{MeterId{1}, Amount{8}, Amount{3}}};
  old.first.outcome = Outcome::allowed;
  EXPECT_EQ(store->load(std::array{tenant_id(1)}).value(), std::vector{expected});
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
  expected.definition = next(expected.definition);
  expected.definition.limits.push_back(concurrency_limit(5));
  ASSERT_TRUE(done(store->replace(deed(epoch), expected.definition)));
  SaveBatch batch = counters_batch(epoch, {});
  batch.entries = {leased(1, EntryId{0, 2}), counting(1, EntryId{0, 3})};
  ASSERT_TRUE(done(store->save(batch)));
  expected.entries.push_back(batch.entries[0].entry);
  expected.entries.push_back(batch.entries[1].entry);
  EXPECT_EQ(store->load(std::array{tenant_id(1)}).value(), std::vector{expected});
}

/// Two windows of one moment that it closed, in their partition.
constexpr const char* windows_of_version_6 = R"sql(
  SELECT ensure_partitions('1970-01-01', '1970-01-01');
  INSERT INTO closed_windows
    (tenant, limit_id, ended_at_ns, meter, used, over_size, price_micros) VALUES
    ('01940000-0000-7000-8000-000000000001', 4, 3600000000000, 1, 9, 2, 7),
    ('01940000-0000-7000-8000-000000000001', 5, 3600000000000, 1, 6, 0, 0);
)sql";

TEST_F(PostgresMigrationSpec, KeepWhatTheSixthLeftAndMakeRoomForCredit) {
  const auto& texts = postgres::embedded_migrations();
  ASSERT_TRUE(done(apply({texts.begin(), texts.begin() + 6})));
  database.run(std::string{rows_of_version_4} + rows_of_version_5 + windows_of_version_6);
  EXPECT_EQ(migrate().value().front(), (Migration{7, "credit"}));
  const auto store = database.open(ShardCount{64}).value()().value();
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
  TenantDefinition changed = next(store->load(std::array{tenant_id(1)}).value().front().definition);
  Limit credit = window_limit(5);
  credit.rule = CreditRule{Period::month};
  changed.limits.push_back(credit);
  changed.last_limit_id = LimitId{5};
  ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
  SaveBatch batch = counters_batch(epoch, {});
  WindowRow paid{tenant_id(1), {LimitId{5}, MeterId{1}, WallTime{1h}, Amount{4}}};
  paid.window.paid_by = EntryId{0, 2};
  const WindowRow owing{tenant_id(1), {LimitId{6}, MeterId{1}, WallTime{1h}, Amount{}, Amount{3}}};
  batch.closed_windows = {paid, owing};
  ASSERT_TRUE(done(store->save(batch))) << "in a month that had its partitions before";
  EXPECT_EQ(store->load(std::array{tenant_id(1)}).value().front().definition, changed);
  const ClosedWindow over{LimitId{4}, MeterId{1}, WallTime{1h}, Amount{9}, Amount{2}, 7};
  const ClosedWindow plain{LimitId{5}, MeterId{1}, WallTime{1h}, Amount{6}};
  EXPECT_EQ(store->closed_windows(tenant_id(1)).value(),
            (std::vector{over, plain, paid.window, owing.window}));
}

TEST_F(PostgresMigrationSpec, MakeTenantsThatAreThereKnownToSearches) {
  const auto& texts = postgres::embedded_migrations();
  const auto search = std::ranges::find(texts, std::string_view{"tenant_search"},
                                        [](const MigrationText& text) { return text.title; });
  ASSERT_NE(search, texts.end());
  ASSERT_TRUE(done(apply({texts.begin(), search})));
  database.run(rows_of_version_4);
  ASSERT_TRUE(done(migrate()));
  const auto store = database.open(ShardCount{64}).value()().value();
  TenantQuery query;
  query.text = "NANT 1";
  query.tier = "free";
  EXPECT_EQ(store->list(query).value().tenants.size(), 1U);
}

TEST_F(PostgresMigrationSpec, SayWhatIsMissingToSearchByText) {
  const auto& texts = postgres::embedded_migrations();
  // As where the extension was never installed: the name of one that nobody has.
  std::vector<MigrationText> without;
  std::vector<std::string> rewritten;
  rewritten.reserve(texts.size());
  for (const MigrationText& text : texts) {
    std::string sql{text.sql};
    for (std::size_t at = 0; (at = sql.find("pg_trgm", at)) != std::string::npos; ++at) {
      sql.replace(at, 7, "pg_none");
    }
    rewritten.push_back(std::move(sql));
    without.push_back({text.title, rewritten.back()});
  }
  EXPECT_TRUE(refused(apply(without), FaultCode::unavailable, "is not installed"));
}

TEST_F(PostgresMigrationSpec, LetOnlyInWhatALimitOrAnEntryMayBe) {
  ASSERT_TRUE(done(migrate()));
  database.run(std::string{"DELETE FROM shards; DELETE FROM meta; "} + rows_of_version_4 +
               rows_of_version_5);
  database.run("UPDATE entries SET state = 7");
  for (const char* wrong :
       {"UPDATE entries SET state = 9", "UPDATE limits SET prepaid = true",
        "UPDATE limits SET holder_ttl_ns = 1", "UPDATE limits SET holder_ttl_ns = 0, period = NULL",
        "UPDATE limits SET holder_ttl_ns = 1, size = NULL, period = NULL",
        "UPDATE limits SET span_ns = 1, holder_ttl_ns = 1, period = NULL",
        "UPDATE limits SET labels = '[]'", "UPDATE limits SET override = '1'",
        "UPDATE tenants SET status = 'gone'", "UPDATE tenants SET status = 'trial'",
        "UPDATE tenants SET status = 'suspended'", "UPDATE tenants SET status = 'deactivated'",
        "UPDATE tenants SET purge_at_ns = 1", "UPDATE tenants SET trial_days = -1",
        "UPDATE tenants SET currency = 'EURO'"}) {
    EXPECT_THROW(database.run(wrong), pqxx::check_violation) << wrong;
  }
}

/// The rights that docs/postgres.md gives the server.
constexpr const char* grants = R"sql(
  GRANT USAGE ON SCHEMA %s TO sluiced;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO sluiced;
  GRANT sluice_tenant TO sluiced;
  GRANT EXECUTE ON FUNCTION ensure_partitions(date, date) TO sluiced)sql";

TEST_F(PostgresMigrationSpec, LeaveAServerWithNoNeedToMakeTables) {
  ASSERT_TRUE(done(migrate()));
  std::string sql = grants;
  for (std::size_t at = sql.find("%s"); at != std::string::npos; at = sql.find("%s")) {
    sql.replace(at, 2, database.options.schema);
  }
  database.run("DROP ROLE IF EXISTS sluiced");
  database.run("CREATE ROLE sluiced LOGIN; " + sql);
  PostgresOptions server = database.options;
  server.conninfo += " user=sluiced";
  const auto opened = open_postgres(server, ShardCount{64});
  ASSERT_TRUE(done(opened));
  const auto store = opened.value()().value();
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
  SaveBatch batch = counters_batch(epoch, {counter(1, 1, 5)});
  batch.closed_usage = {{tenant_id(1), {MeterId{1}, Minute{60}, Amount{4}, 1, 0, 0}}};
  batch.open_usage = batch.closed_usage;
  batch.closed_windows = {{tenant_id(1), {LimitId{1}, MeterId{1}, WallTime{}, Amount{9}}}};
  batch.entries = {entry(1, EntryId{0, 1})};
  batch.forgotten = {{tenant_id(1), EntryId{0, 2}}};
  batch.through = Sequence{1};
  batch.shards = {ShardId{1}};
  EXPECT_TRUE(done(store->save(batch)));
  EXPECT_TRUE(done(store->define_meter(deed(epoch), "pages", "page")));
  SharingPolicy shared;
  shared.id = {7, 1};
  shared.owner = tenant_id(1);
  shared.resource = {ResourceType::model, "m"};
  shared.version = Version{1};
  EXPECT_TRUE(done(store->change_sharing({epoch, {{.tenant = tenant_id(1)}}}, {.put = shared})));
  EXPECT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_TRUE(done(store->release(epoch)));
  database.run("DROP OWNED BY sluiced; DROP ROLE sluiced");
}

}  // namespace sluice::test
