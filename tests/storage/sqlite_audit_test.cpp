// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

/// Five events in the platform's chain.
class SqliteAuditSpec : public testing::Test {
protected:
  void SetUp() override {
    store = open_sqlite(path, ShardCount{64}).value()().value();
    epoch = store->acquire(claim(1)).value().epoch;
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(done(store->record(deed(epoch))));
    }
  }
  void run(const std::string& sql) const {
    SqliteConnection{path, SqliteConnection::Missing::refuse, 1s}.execute(sql);
  }
  /// By whoever has the file.
  void tamper(const std::string& sql) const {
    run("DROP TRIGGER audit_events_stay_as_they_are; DROP TRIGGER audit_events_stay;"
        " DROP TRIGGER audit_chains_stay; " +
        sql);
  }
  [[nodiscard]] std::string broken(TenantId chain = {}) {
    const AuditCheck check = store->check_audit(chain, std::nullopt).value();
    return check.broken ? check.broken->what : "";
  }

  TemporaryDirectory directory;
  std::string path = directory.path() / "sluice.db";
  std::unique_ptr<Store> store;
  Epoch epoch;
};

TEST_F(SqliteAuditSpec, RefusesToChangeWhatIsThere) {
  for (const char* sql :
       {"UPDATE audit_events SET name = 'nobody'", "DELETE FROM audit_events WHERE number = 5",
        "DELETE FROM audit_chains", "UPDATE audit_chains SET last_number = 4"}) {
    EXPECT_THROW(run(sql), SqliteError) << sql;
  }
  EXPECT_EQ(broken(), "");
}

TEST_F(SqliteAuditSpec, ShowsWhatWasEdited) {
  tamper("UPDATE audit_events SET name = 'nobody' WHERE number = 3");
  EXPECT_EQ(broken(), "event 3 was edited");
}

TEST_F(SqliteAuditSpec, ShowsWhatWasMadeOfAnAction) {
  tamper("UPDATE audit_events SET action = 'nothing.done' WHERE number = 2");
  EXPECT_EQ(broken(), "event 2 was edited");
  EXPECT_EQ(store->audit_page({}).fault().code, FaultCode::data_damaged);
}

TEST_F(SqliteAuditSpec, ShowsWhatWasTakenOut) {
  tamper("DELETE FROM audit_events WHERE number = 4");
  EXPECT_EQ(broken(), "event 4 is missing");
}

TEST_F(SqliteAuditSpec, ShowsThatTheLatestAreGone) {
  tamper("DELETE FROM audit_events WHERE number > 3");
  EXPECT_EQ(broken(), "event 4 is missing");
}

TEST_F(SqliteAuditSpec, ShowsThatAllOfATenantThatIsThereIsGone) {
  Deed founding = deed(epoch);
  founding.audit.tenant = tenant_id(1);
  ASSERT_TRUE(done(store->create(founding, tenant(1))));
  EXPECT_EQ(broken(tenant_id(1)), "");
  tamper("DELETE FROM audit_events; DELETE FROM audit_chains");
  EXPECT_EQ(broken(tenant_id(1)), "event 1 is missing");
  EXPECT_EQ(broken(tenant_id(2)), "") << "of whom there was never one";
}

}  // namespace sluice::test
