// SPDX-License-Identifier: Apache-2.0
// Goal    What two tenants agree on is reached by those two, and written confined to one of them.
// Method  The rows of two tenants, as a third one that has the rights of every tenant; and the
//         store's own writes, where a trigger refuses whoever is not confined.
#include <gtest/gtest.h>

#include <memory>
#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <string>
#include <utility>
#include <vector>

#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

/// Tenant 1 shares with 2; tenant 3 has nothing to do with it.
class PostgresSharingIsolation : public testing::Test {
protected:
  void SetUp() override {
    store = database.open(ShardCount{64}).value()().value();
    current = store->acquire(claim(1)).value().epoch;
    for (const std::uint64_t number : {1U, 2U, 3U}) {
      ASSERT_TRUE(done(store->create(deed(current), tenant(number))));
    }
  }

  static SharingPolicy policy(std::uint64_t number, std::uint64_t version = 1) {
    SharingPolicy one;
    one.id = {7, number};
    one.owner = tenant_id(1);
    one.resource = {ResourceType::model, "m-" + std::to_string(number)};
    one.title = "A model";
    one.visibility = Visibility::marketplace;
    one.permissions = SharePermissions::of_bits(0x3F);
    one.expires_at = WallTime{std::chrono::hours{12}};
    one.pricing.kind = PricingKind::fixed;
    one.pricing.price_micros = version;
    one.updated_at = WallTime{Duration{static_cast<std::int64_t>(version)}};
    one.version = Version{version};
    return one;
  }
  static SharingRequest request(std::uint64_t number, SharingState state = SharingState::pending) {
    SharingRequest one;
    one.id = {9, number};
    one.policy = {7, 1};
    one.owner = tenant_id(1);
    one.consumer = tenant_id(2);
    one.permissions = SharePermissions::of_bits(3);
    one.state = state;
    return one;
  }
  static SharingGrant grant_of(const SharingRequest& one) {
    return {one.id, one.policy, one.owner, one.permissions, WallTime{}, one.expires_at};
  }
  /// With the events of both sides.
  [[nodiscard]] Result<Done> change(const SharingChange& wish) const {
    return store->change_sharing(
        {current,
         {{.tenant = tenant_id(2), .action = AuditAction::access_requested},
          {.tenant = tenant_id(1), .action = AuditAction::access_requested}}},
        wish);
  }
  void share() const {
    TenantDefinition consumer = next(tenant(2));
    consumer.shares = {grant_of(request(1))};
    ASSERT_TRUE(done(change({.put = policy(1)})));
    ASSERT_TRUE(done(change({.requests = {{request(1), std::nullopt}}})));
    ASSERT_TRUE(
        done(change({.requests = {{request(1, SharingState::approved), SharingState::pending}},
                     .consumers = {std::move(consumer)},
                     .grants_max = 1})));
  }

  /// Runs a statement as the server does for one tenant, and says how many rows it touched.
  [[nodiscard]] std::size_t touched(const std::string& sql, std::uint64_t by) const {
    pqxx::connection connection{database.straight()};
    pqxx::nontransaction work{connection};
    work.exec("BEGIN; SET LOCAL search_path = " + database.options.schema +
              "; SET LOCAL ROLE sluice_tenant; SET LOCAL sluice.tenant = " + quoted(by));
    return work.exec(sql).affected_rows();
  }
  [[nodiscard]] bool is_refused(const std::string& sql, std::uint64_t by) const {
    try {
      static_cast<void>(touched(sql, by));
    } catch (const pqxx::insufficient_privilege&) {
      return true;
    }
    return false;
  }
  static std::string quoted(std::uint64_t number) {
    return std::string{"'"}.append(to_string(tenant_id(number))).append("'");
  }

  PostgresDatabase database;
  std::unique_ptr<Store> store;
  Epoch current;
};

TEST_F(PostgresSharingIsolation, AThirdTenantSeesAndTouchesNoRowOfTwoOthers) {
  share();
  for (const char* table :
       {"sharing_policies", "sharing_requests", "sharing_grants", "sharing_terms"}) {
    const std::string name{table};
    EXPECT_EQ(database.run("SELECT count(*) FROM " + name), "1");
    EXPECT_EQ(touched("SELECT FROM " + name, 3), 0U) << table;
    EXPECT_EQ(touched("SELECT FROM " + name, 1), 1U) << table;
  }
  for (const char* sql :
       {"UPDATE sharing_policies SET title = 'mine'", "DELETE FROM sharing_policies",
        "UPDATE sharing_requests SET state = 1", "DELETE FROM sharing_grants",
        "UPDATE sharing_terms SET price_micros = 0", "DELETE FROM sharing_terms"}) {
    EXPECT_EQ(touched(sql, 3), 0U) << sql;
  }
}

TEST_F(PostgresSharingIsolation, AThirdTenantMakesNoRowOfTwoOthers) {
  share();
  const std::string of_two = quoted(1) + ", " + quoted(2);
  const std::vector<std::string> rows{
      "sharing_policies (id, owner, resource_type, resource_id, visibility, title, version,"
      " created_at_ns, updated_at_ns, body) VALUES (gen_random_uuid(), " +
          quoted(1) + ", 0, 'r', 0, '', 1, 0, 0, '')",
      "sharing_requests (id, policy, owner, consumer, permissions, state, message, reason,"
      " created_at_ns) VALUES (gen_random_uuid(), gen_random_uuid(), " +
          of_two + ", 1, 1, '', '', 0)",
      "sharing_grants (id, policy, owner, consumer, permissions, granted_at_ns)"
      " VALUES (gen_random_uuid(), gen_random_uuid(), " +
          of_two + ", 1, 0)",
      "sharing_terms (policy, since_ns, owner, resource_type, resource_id, kind, currency, period,"
      " price_micros, per, bands, owner_basis_points, minimum_micros, schedule)"
      " VALUES (gen_random_uuid(), 0, " +
          quoted(1) + ", 0, 'r', 0, 'EUR', 0, 0, 1, '', 0, 0, 0)"};
  for (const std::string& row : rows) {
    EXPECT_TRUE(is_refused("INSERT INTO " + row, 3)) << row;
    EXPECT_EQ(touched("INSERT INTO " + row, 1), 1U) << "the owner's: " << row;
  }
}

TEST_F(PostgresSharingIsolation, NeitherSideHandsARowToAnother) {
  share();
  for (const std::uint64_t side : {1U, 2U}) {
    for (const char* column : {"owner", "consumer", "policy", "id"}) {
      const std::string set = std::string{" SET "}.append(column).append(" = ").append(quoted(3));
      EXPECT_TRUE(is_refused("UPDATE sharing_requests" + set, side)) << column;
      EXPECT_TRUE(is_refused("UPDATE sharing_grants" + set, side)) << column;
    }
    EXPECT_TRUE(is_refused("DELETE FROM sharing_requests", side)) << "they are kept";
  }
  EXPECT_TRUE(is_refused("UPDATE sharing_policies SET owner = " + quoted(3), 1));
  EXPECT_TRUE(is_refused("UPDATE sharing_terms SET owner = " + quoted(3), 1));
}

TEST_F(PostgresSharingIsolation, TheStoreNeverWritesUnconfined) {
  database.run(
      "CREATE FUNCTION refuse_unconfined() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF current_user <> 'sluice_tenant' THEN"
      "  RAISE EXCEPTION '% of % is not confined', TG_OP, TG_TABLE_NAME; END IF;"
      " RETURN NULL; END $$");
  for (const char* table : {"sharing_policies", "sharing_requests", "sharing_grants",
                            "sharing_terms", "tenants", "limits", "audit_events", "audit_chains"}) {
    database.run(std::string{"CREATE TRIGGER confined BEFORE INSERT OR UPDATE OR DELETE ON "}
                     .append(table)
                     .append(" FOR EACH STATEMENT EXECUTE FUNCTION refuse_unconfined()"));
  }
  EXPECT_THROW(database.run("UPDATE sharing_policies SET title = ''"), pqxx::sql_error);
  share();
  EXPECT_TRUE(done(change({.put = policy(1, 2)}))) << "with other terms";
  TenantDefinition without = next(next(tenant(2)));
  EXPECT_TRUE(
      done(change({.requests = {{request(1, SharingState::revoked), SharingState::approved}},
                   .consumers = {without}})));
  TenantDefinition again = next(without);
  again.shares = {grant_of(request(2))};
  EXPECT_TRUE(done(change({.requests = {{request(2, SharingState::approved), std::nullopt}},
                           .consumers = {again},
                           .grants_max = 1})))
      << "the first use of what is public";
  EXPECT_TRUE(done(change({.swept = PolicyId{7, 1}})));
  TenantDefinition gone = next(again);
  gone.shares.clear();
  EXPECT_TRUE(
      done(change({.removed = PolicyId{7, 1},
                   .requests = {{request(2, SharingState::expired), SharingState::approved}},
                   .consumers = {gone}})));
  EXPECT_TRUE(store->policies().value().empty());
  EXPECT_TRUE(store->definitions(std::vector{tenant_id(2)}).value().front().shares.empty());
}

TEST_F(PostgresSharingIsolation, ASweepOfWhatIsGoneChangesNothingAndARemovalSaysSo) {
  EXPECT_TRUE(done(change({.swept = PolicyId{7, 8}})));
  EXPECT_TRUE(refused(change({.removed = PolicyId{7, 8}}), FaultCode::not_found, ""));
}

}  // namespace sluice::test
