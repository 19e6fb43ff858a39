// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <pqxx/except>
#include <string>

#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

/// Tenant 1 is owed by 2, and 3 by 2; each owner has a payout.
class PostgresBooksIsolation : public testing::Test {
protected:
  void SetUp() override {
    store = database.open(ShardCount{64}).value()().value();
    for (const std::uint64_t owner : {1U, 3U}) {
      const std::string id = quoted(owner);
      database.run(
          "INSERT INTO sharing_statements SELECT gen_random_uuid(), 0, 1,"
          " gen_random_uuid(), " +
          id + ", " + quoted(2) + ", 0, 'r', 1, 1, 'USD', 3, 2, 1, 0, 0, 2");
      database.run("INSERT INTO sharing_payouts SELECT " + id + ", 'USD', 1, 0, 0, 1, 2, 3");
      database.run("INSERT INTO sharing_unpaid SELECT " + id +
                   ", 'USD', gen_random_uuid(), 0, gen_random_uuid(), 1, 2, 0, 0");
    }
  }
  static std::string quoted(std::uint64_t number) {
    return std::string{"'"}.append(to_string(tenant_id(number))).append("'");
  }
  /// As the role of one tenant; answers the first field.
  [[nodiscard]] std::string as(std::uint64_t number, const std::string& sql) const {
    return database.run(
        std::string{"BEGIN; SET LOCAL ROLE sluice_tenant; SET LOCAL sluice.tenant = "}
            .append(quoted(number))
            .append("; ")
            .append(sql));
  }

  PostgresDatabase database;
  std::unique_ptr<Store> store;
};

TEST_F(PostgresBooksIsolation, ShowsStatementsToBothSidesAndToNobodyElse) {
  EXPECT_EQ(as(1, "SELECT count(*) FROM sharing_statements"), "1");
  EXPECT_EQ(as(2, "SELECT count(*) FROM sharing_statements"), "2");
  EXPECT_EQ(as(4, "SELECT count(*) FROM sharing_statements"), "0");
}

TEST_F(PostgresBooksIsolation, ShowsPayoutsToTheirOwnerAlone) {
  for (const char* table : {"sharing_payouts", "sharing_unpaid"}) {
    const std::string sql = std::string{"SELECT count(*) FROM "}.append(table);
    EXPECT_EQ(as(1, sql), "1") << table;
    EXPECT_EQ(as(2, sql), "0") << table;
  }
}

TEST_F(PostgresBooksIsolation, LetsNoTenantWrite) {
  for (const char* sql :
       {"UPDATE sharing_statements SET uses = 9", "DELETE FROM sharing_unpaid",
        "UPDATE sharing_payouts SET paid_at_ns = 1", "SELECT * FROM sharing_progress"}) {
    EXPECT_THROW(static_cast<void>(as(1, sql)), pqxx::sql_error) << sql;
  }
}

}  // namespace sluice::test
