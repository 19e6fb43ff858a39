// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <pqxx/except>
#include <string>

#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

/// Five events in the platform's chain.
class PostgresAuditSpec : public testing::Test {
protected:
  void SetUp() override {
    store = database.open(ShardCount{64}).value()().value();
    epoch = store->acquire(claim(1)).value().epoch;
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(done(store->record(deed(epoch))));
    }
  }
  [[nodiscard]] std::string broken(TenantId chain = {}) {
    const AuditCheck check = store->check_audit(chain, std::nullopt).value();
    return check.broken ? check.broken->what : "";
  }
  /// What only a superuser can do.
  void tamper(const std::string& sql) const {
    database.run("SET session_replication_role = replica; " + sql +
                 "; SET session_replication_role = DEFAULT");
  }

  PostgresDatabase database;
  std::unique_ptr<Store> store;
  Epoch epoch;
};

TEST_F(PostgresAuditSpec, RefusesToChangeWhatIsThereEvenToItsOwner) {
  for (const char* sql :
       {"UPDATE audit_events SET name = 'nobody'", "DELETE FROM audit_events WHERE number = 5",
        "TRUNCATE audit_events", "DELETE FROM audit_chains",
        "UPDATE audit_chains SET last_number = 4", "TRUNCATE audit_chains"}) {
    EXPECT_THROW(database.run(sql), pqxx::sql_error) << sql;
  }
  EXPECT_EQ(broken(), "");
}

TEST_F(PostgresAuditSpec, GivesTheServersRoleNoWayToChangeIt) {
  const std::string schema = database.options.schema;
  database.run("DROP ROLE IF EXISTS audit_reader");
  database.run("CREATE ROLE audit_reader; GRANT USAGE ON SCHEMA " + schema +
               " TO audit_reader; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " +
               schema + " TO audit_reader");
  for (const char* sql : {"UPDATE audit_events SET name = 'nobody'", "DELETE FROM audit_events",
                          "DELETE FROM audit_chains", "SELECT forget_audit(9000000000000000000)"}) {
    EXPECT_THROW(database.run(std::string{"SET ROLE audit_reader; "}.append(sql)), pqxx::sql_error)
        << sql;
  }
  database.run("DROP OWNED BY audit_reader; DROP ROLE audit_reader");
  EXPECT_EQ(broken(), "");
}

TEST_F(PostgresAuditSpec, ShowsWhatASuperuserEdited) {
  tamper("UPDATE audit_events SET name = 'nobody' WHERE number = 3");
  EXPECT_EQ(broken(), "event 3 was edited");
}

TEST_F(PostgresAuditSpec, ShowsWhatASuperuserMadeOfAnAction) {
  tamper("UPDATE audit_events SET action = 'nothing.done' WHERE number = 2");
  EXPECT_EQ(broken(), "event 2 was edited");
}

TEST_F(PostgresAuditSpec, ShowsWhatASuperuserTookOut) {
  tamper("DELETE FROM audit_events WHERE number = 4");
  EXPECT_EQ(broken(), "event 4 is missing");
}

TEST_F(PostgresAuditSpec, ShowsThatAllOfATenantThatIsThereIsGone) {
  Deed founding = deed(epoch);
  founding.audit.tenant = tenant_id(1);
  ASSERT_TRUE(done(store->create(founding, tenant(1))));
  EXPECT_EQ(broken(tenant_id(1)), "");
  tamper("DELETE FROM audit_events; DELETE FROM audit_chains");
  EXPECT_EQ(broken(tenant_id(1)), "event 1 is missing");
  EXPECT_EQ(broken(tenant_id(2)), "") << "of whom there was never one";
}

}  // namespace sluice::test
