// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/schema_versions.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// `tenant_with_limits(1, 2)` and one of its counters.
constexpr const char* rows_of_version_1 = R"sql(
  INSERT INTO meta VALUES (1, 64);
  INSERT INTO meters VALUES (1, 'requests', 'request'), (2, 'tokens', 'token');
  INSERT INTO tenants VALUES (x'01940000000070008000000000000001', 'tenant-1', 'Tenant 1', 'free',
    'Europe/Berlin', 31, 1700000000000000000, 1700000000000000001, 1, 2);
  INSERT INTO limits VALUES
    (x'01940000000070008000000000000001', 1, 'window-1', 1, 'block', 'month', 10000, NULL, NULL,
     NULL, NULL, x'505a5f64'),
    (x'01940000000070008000000000000001', 2, 'rate-2', 2, 'block', NULL, NULL, 100, 1000000000,
     150, NULL, x'');
  INSERT INTO counters VALUES (x'01940000000070008000000000000001', 1, 5, 3600000000000, 3);
)sql";

/// What the tenant used, and how far shard 7 is stored.
constexpr const char* rows_of_version_2 = R"sql(
  INSERT INTO shards VALUES (7, 1, 9);
  INSERT INTO open_usage VALUES (x'01940000000070008000000000000001', 1, 61, 5, 1, 2, 3);
  INSERT INTO usage_minutes VALUES (x'01940000000070008000000000000001', 1, 60, 4, 1, 0, 0);
  INSERT INTO usage_hours VALUES (x'01940000000070008000000000000001', 1, 60, 4, 1, 0, 0);
  INSERT INTO usage_days VALUES (x'01940000000070008000000000000001', 1, 0, 4, 1, 0, 0);
  INSERT INTO closed_windows VALUES (x'01940000000070008000000000000001', 1, 0, 1, 9);
)sql";

/// A tenant with what versions before the third did not know.
constexpr const char* rows_of_version_3 = R"sql(
  INSERT INTO meta VALUES (1, 64);
  INSERT INTO meters VALUES (1, 'requests', 'request'), (2, 'tokens', 'token');
  INSERT INTO shards VALUES (7, 1, 9);
  INSERT INTO tenants VALUES (x'01940000000070008000000000000001', 'tenant-1', 'Tenant 1', 'free',
    'Europe/Berlin', 31, 1700000000000000000, 1700000000000000001, 1, 0);
  INSERT INTO limits VALUES
    (x'01940000000070008000000000000001', 4, 'overage-4', 1, 'overage', 0, 'month', 10000, NULL,
     NULL, NULL, NULL, NULL, 1500, 1000, 20000, x'505a5f64');
  INSERT INTO counters
    VALUES (x'01940000000070008000000000000001', 4, 50, 3600000000000, 3, 25, 16, 50000000000);
  INSERT INTO open_usage VALUES (x'01940000000070008000000000000001', 1, 61, 5, 1, 2, 3, 4);
)sql";

/// A reservation of that tenant, whose bytes are of form 1: id 1, held, of 8 on meter 1.
constexpr const char* rows_of_version_4 = R"sql(
  INSERT INTO entries VALUES (x'01940000000070008000000000000001',
    x'00000000000000000000000000000001', 1, 0,
    CAST(x'010000000000000000010000000000000001000000000000000000000000000000000000'
      || x'000000000000010100080000000000000003000000000000000000000000'
      || x'00000000000000000000000000000000000000000000' AS BLOB));
)sql";

/// Two windows of one moment that it closed.
constexpr const char* windows_of_version_5 = R"sql(
  INSERT INTO closed_windows
    (tenant, limit_id, ended_at_ns, meter, used, over_size, price_micros) VALUES
    (x'01940000000070008000000000000001', 4, 3600000000000, 1, 9, 2, 7),
    (x'01940000000070008000000000000001', 5, 3600000000000, 1, 6, 0, 0);
)sql";

Entry entry_of_form_1() {
  Entry entry;
  entry.id = EntryId{0, 1};
  entry.state = EntryState::held;
  entry.charges = {{MeterId{1}, Amount{8}, Amount{3}}};
  entry.first.outcome = Outcome::allowed;
  return entry;
}

/// Files that earlier versions of sluiced left.
class SqliteMigrationSpec : public testing::Test {
protected:
  void leave(std::size_t version, const std::string& rows) const {
    SqliteConnection connection{path, SqliteConnection::Missing::create, 10ms};
    for (const std::string_view text : schema_versions().first(version)) {
      connection.execute(std::string{text});
    }
    connection.execute("PRAGMA application_id = 1399612261; PRAGMA user_version = " +
                       std::to_string(version) + ';' + rows);
  }
  void open() {
    const auto opened = open_sqlite(path, ShardCount{3}, 10ms);
    ASSERT_TRUE(done(opened));
    store = opened.value()().value();
  }
  [[nodiscard]] TenantRecord record() const {
    return store->load(std::array{tenant_id(1)}).value().front();
  }
  /// Without anything that versions before the third knew nothing of.
  static Counter spent() { return Counter{LimitId{1}, Amount{5}, WallTime{1h}, ThresholdMask{3}}; }

  TemporaryDirectory directory;
  std::string path = directory.path() / "sluice.db";
  std::unique_ptr<Store> store;
};

TEST_F(SqliteMigrationSpec, BringsAFileOfVersionOneUpToDate) {
  leave(1, rows_of_version_1);
  ASSERT_NO_FATAL_FAILURE(open());
  EXPECT_EQ(record(), (TenantRecord{tenant_with_limits(1, 2), {spent()}, {}, {}}));
  EXPECT_EQ(store->acquire(claim(2)).value(), (Ownership{Epoch{1}, std::vector<Watermark>(64)}));
}

TEST_F(SqliteMigrationSpec, KeepsEveryNumberOfAFileOfVersionTwo) {
  leave(2, std::string{rows_of_version_1} + rows_of_version_2);
  ASSERT_NO_FATAL_FAILURE(open());
  const UsageBucket open_minute{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3};
  EXPECT_EQ(record(), (TenantRecord{tenant_with_limits(1, 2), {spent()}, {open_minute}, {}}));
  EXPECT_THAT(store->usage({.tenant = tenant_id(1), .granularity = Granularity::day}).value(),
              ElementsAre(UsagePoint{MeterId{1}, WallTime{}, Amount{9}, 2, 2, 3}));
  EXPECT_THAT(store->closed_windows(tenant_id(1)).value(),
              ElementsAre(ClosedWindow{LimitId{1}, MeterId{1}, WallTime{}, Amount{9}}));
  EXPECT_EQ(store->acquire(claim(1)).value().stored[7], (Watermark{Epoch{1}, Sequence{9}}));
}

TEST_F(SqliteMigrationSpec, TakesWhatTheOldFileDidNotKnow) {
  leave(2, std::string{rows_of_version_1} + rows_of_version_2);
  ASSERT_NO_FATAL_FAILURE(open());
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
  const TenantDefinition changed = next(tenant_with_limits(1, 4));
  ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
  ASSERT_TRUE(done(store->save(counters_batch(epoch, {counter(1, 1, 50), counter(1, 4, 60)}))));
  EXPECT_EQ(record().definition, changed);
  EXPECT_THAT(record().counters, ElementsAre(counter(1, 1, 50).counter, counter(1, 4, 60).counter));
}

TEST_F(SqliteMigrationSpec, KeepsWhatAFileOfVersionThreeHasAndTakesEntries) {
  leave(3, rows_of_version_3);
  ASSERT_NO_FATAL_FAILURE(open());
  TenantRecord expected{tenant(1), {counter(1, 4, 50).counter}, {}, {}};
  expected.definition.limits = {overage_limit(4)};
  expected.open_usage = {{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3, Amount{4}}};
  EXPECT_EQ(record(), expected);
  const Ownership acquired = store->acquire(claim(1)).value();
  EXPECT_EQ(acquired.stored[7], (Watermark{Epoch{1}, Sequence{9}}));
  SaveBatch batch = counters_batch(acquired.epoch, {});
  batch.entries = {entry(1, EntryId{0, 1})};
  ASSERT_TRUE(done(store->save(batch)));
  EXPECT_THAT(record().entries, ElementsAre(batch.entries.front().entry));
}

TEST_F(SqliteMigrationSpec, KeepsWhatAFileOfVersionFourHasAndTakesLabelsAndLeases) {
  leave(4, std::string{rows_of_version_3} + rows_of_version_4);
  ASSERT_NO_FATAL_FAILURE(open());
  TenantRecord expected{tenant(1), {counter(1, 4, 50).counter}, {}, {entry_of_form_1()}};
  expected.definition.limits = {overage_limit(4)};
  expected.open_usage = {{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3, Amount{4}}};
  EXPECT_EQ(record(), expected);
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
  TenantDefinition changed = next(expected.definition);
  changed.limits.push_back(concurrency_limit(5));
  ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
  SaveBatch batch = counters_batch(epoch, {});
  batch.entries = {leased(1, EntryId{0, 2}), counting(1, EntryId{0, 3})};
  ASSERT_TRUE(done(store->save(batch)));
  EXPECT_EQ(record().definition, changed);
  EXPECT_THAT(record().entries,
              ElementsAre(entry_of_form_1(), batch.entries[0].entry, batch.entries[1].entry));
}

TEST_F(SqliteMigrationSpec, KeepsWhatAFileOfVersionFiveHasAndTakesCredit) {
  leave(4, std::string{rows_of_version_3} + rows_of_version_4);
  {
    SqliteConnection connection{path, SqliteConnection::Missing::refuse, 10ms};
    connection.execute(std::string{schema_versions()[4]} + "PRAGMA user_version = 5;" +
                       windows_of_version_5);
  }
  ASSERT_NO_FATAL_FAILURE(open());
  TenantDefinition changed = next(record().definition);
  EXPECT_THAT(record().entries, ElementsAre(entry_of_form_1()));
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
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
  ASSERT_TRUE(done(store->save(batch)));
  EXPECT_EQ(record().definition, changed);
  const ClosedWindow over{LimitId{4}, MeterId{1}, WallTime{1h}, Amount{9}, Amount{2}, 7};
  const ClosedWindow plain{LimitId{5}, MeterId{1}, WallTime{1h}, Amount{6}};
  EXPECT_THAT(store->closed_windows(tenant_id(1)).value(),
              ElementsAre(over, plain, paid.window, owing.window));
}

TEST_F(SqliteMigrationSpec, LeavesConstraintsThatHoldForEveryConnectionAndATidyFile) {
  leave(4, std::string{rows_of_version_3} + rows_of_version_4);
  SqliteConnection before{path, SqliteConnection::Missing::refuse, 10ms};
  ASSERT_EQ(before.integer("SELECT count(*) FROM entries"), 1) << "it knows the old tables";
  ASSERT_NO_FATAL_FAILURE(open());
  SqliteConnection after{path, SqliteConnection::Missing::refuse, 10ms};
  for (SqliteConnection* connection : {&before, &after}) {
    EXPECT_EQ(connection->integer("SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    EXPECT_NO_THROW(connection->execute("UPDATE entries SET state = 8"));
    for (const char* wrong :
         {"UPDATE entries SET state = 9", "UPDATE limits SET prepaid = 1",
          "UPDATE limits SET prepaid = 2", "UPDATE limits SET holder_ttl_ns = 1",
          "UPDATE limits SET holder_ttl_ns = 0, period = NULL",
          "UPDATE limits SET holder_ttl_ns = 1, size = NULL, period = NULL",
          "UPDATE limits SET span_ns = 1, holder_ttl_ns = 1, period = NULL",
          "UPDATE limits SET overage_per = NULL", "UPDATE limits SET labels = 'x'",
          "UPDATE limits SET override = 'x'", "UPDATE limits SET releases_on_expiry = NULL"}) {
      EXPECT_THROW(connection->execute(wrong), SqliteError) << wrong;
    }
    EXPECT_THROW(connection->execute("UPDATE sqlite_schema SET sql = ''"), SqliteError);
  }
}

TEST_F(SqliteMigrationSpec, StillLetsCountersGoWithTheirLimitAndLimitsWithTheirTenant) {
  leave(2, std::string{rows_of_version_1} + rows_of_version_2);
  ASSERT_NO_FATAL_FAILURE(open());
  const Epoch epoch = store->acquire(claim(1)).value().epoch;
  TenantDefinition fewer = next(tenant_with_limits(1, 2));
  fewer.limits.erase(fewer.limits.begin());
  ASSERT_TRUE(done(store->replace(deed(epoch), fewer)));
  EXPECT_TRUE(record().counters.empty());
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  SqliteConnection connection{path, SqliteConnection::Missing::refuse, 10ms};
  EXPECT_EQ(connection.integer("SELECT count(*) FROM limits"), 0);
}

}  // namespace sluice::test
