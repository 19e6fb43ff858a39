// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <pqxx/except>
#include <string>
#include <vector>

#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

/// Two tenants, each with a row in every table that has rows of tenants.
class PostgresIsolation : public testing::Test {
protected:
  void SetUp() override {
    store = database.open(ShardCount{64}).value()().value();
    current = store->acquire(claim(1)).value().epoch;
    for (const std::uint64_t number : {1U, 2U}) {
      TenantDefinition definition = tenant_with_limits(number, 1);
      const Member member{.user_id = "ann", .role = "owner"};
      definition.membership = {.members = 1, .owners = 1};
      ASSERT_TRUE(done(store->change_members(deed_of(current, definition.id),
                                             MemberChange{definition, {member}})));
      fill(to_string(definition.id));
    }
  }

  static Deed deed_of(Epoch epoch, TenantId tenant) {
    Deed by_somebody = deed(epoch);
    by_somebody.audit.tenant = tenant;
    return by_somebody;
  }

  /// What is written behind.
  void fill(const std::string& id) const {
    const auto insert = [&](const std::string& into, const std::string& values) {
      database.run(std::string{"INSERT INTO "}
                       .append(into)
                       .append(" SELECT '")
                       .append(id)
                       .append("', " + values));
    };
    database.run("SELECT ensure_partitions('2025-06-10', '2025-06-10')");
    for (const char* table : {"usage_minutes", "usage_hours", "usage_days"}) {
      insert(std::string{table}.append(" (tenant, meter, start, used, allowed, denied, throttled)"),
             "1, timestamptz '2025-06-10 00:00Z', 1, 1, 0, 0");
    }
    for (const char* table :
         {"open_usage_values", "usage_value_minutes", "usage_value_hours", "usage_value_days"}) {
      insert(std::string{table}.append(" (tenant, meter, start, label, value, others, used,"
                                       " allowed, denied, throttled, overage, price_micros)"),
             "1, timestamptz '2025-06-10 00:00Z', 'user', 'ann', false, 1, 1, 0, 0, 0, 0");
    }
    insert("open_usage (tenant, meter, minute, used, allowed, denied, throttled)",
           "1, timestamptz '2025-06-10 00:00Z', 1, 1, 0, 0");
    insert("counters (tenant, limit_id, used, until_ns, fired)", "1, 1, 0, 0");
    insert("customisations (tenant, version, body)", "1, '{}'");
    insert("domains (tenant, host, token, added_at_ns)", "'host-' || gen_random_uuid(), '', 0");
    insert("alerts (tenant, id, kind, at_ns, condition, data)",
           "gen_random_uuid(), 'quota.threshold', 0, '', '{}'");
    insert("deliveries (tenant, alert, owner, url, state, attempts, next_ns, trouble)",
           "(SELECT id FROM alerts ORDER BY number DESC LIMIT 1), 'tenant', 'https://a.example',"
           " 'pending', 0, 0, ''");
    insert("entries (tenant, id, state, due_ns, body)", "gen_random_uuid(), 0, 0, ''");
    insert("closed_windows (tenant, limit_id, ended_at_ns, meter, used)",
           "1, 1749513600000000000, 1, 1");
    insert("members_elsewhere (tenant, user_id)", "'ann'");
    insert("grant_payments (tenant, limit_id, ended_at_ns, paid_by, meter, used)",
           "1, 1749513600000000000, gen_random_uuid(), 1, 1");
  }

  /// As the role of one tenant; answers the first field.
  [[nodiscard]] std::string as(const std::string& tenant, const std::string& sql) const {
    return database.run(
        std::string{"BEGIN; SET LOCAL ROLE sluice_tenant; SET LOCAL sluice.tenant = '"}
            .append(tenant)
            .append("'; ")
            .append(sql));
  }
  [[nodiscard]] bool is_refused(const std::string& sql) const {
    try {
      static_cast<void>(as(ours, sql));
    } catch (const pqxx::sql_error&) {
      return true;
    }
    return false;
  }

  static inline const std::vector<std::string> tables{"tenants",
                                                      "limits",
                                                      "counters",
                                                      "open_usage",
                                                      "usage_minutes",
                                                      "usage_hours",
                                                      "usage_days",
                                                      "closed_windows",
                                                      "entries",
                                                      "grant_payments",
                                                      "members",
                                                      "members_elsewhere",
                                                      "audit_events",
                                                      "audit_chains",
                                                      "customisations",
                                                      "domains",
                                                      "alerts",
                                                      "deliveries",
                                                      "open_usage_values",
                                                      "usage_value_minutes",
                                                      "usage_value_hours",
                                                      "usage_value_days"};
  /// Rows of others go with their tenant, or with time.
  static bool may_be_deleted(const std::string& table) {
    return !table.starts_with("audit") && table != "customisations" && table != "alerts" &&
           table != "deliveries";
  }
  static std::string column_of(const std::string& table) {
    return table == "tenants" ? "id" : "tenant";
  }

  PostgresDatabase database;
  std::unique_ptr<Store> store;
  Epoch current;
  const std::string ours = to_string(tenant_id(1));
  const std::string theirs = to_string(tenant_id(2));
};

TEST_F(PostgresIsolation, HoldsForEveryTableWithRowsOfTenantsAndItsPartitions) {
  const std::string open = database.run(
      "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class AS t"
      " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
      " AND (relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute"
      "  WHERE attrelid = t.oid AND attname IN ('tenant', 'owner', 'consumer')))"
      " AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy"
      "  WHERE polrelid = t.oid AND polname IN ('one_tenant', 'two_tenants')))");
  EXPECT_EQ(open, "tenant_search") << "tables that nothing isolates";
  EXPECT_EQ(
      database.run("SELECT has_table_privilege('sluice_tenant', 'tenant_search', 'SELECT, INSERT,"
                   " UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
                   " OR has_any_column_privilege('sluice_tenant', 'tenant_search', 'SELECT, INSERT,"
                   " UPDATE, REFERENCES')"),
      "f")
      << "a tenant has no right on it at all";
}

TEST_F(PostgresIsolation, ShowsATenantItsOwnRowsAlone) {
  for (const std::string& table : tables) {
    const std::string count = std::string{"SELECT count(DISTINCT "}.append(column_of(table));
    EXPECT_EQ(database.run(std::string{count}.append(") FROM ").append(table)), "2") << table;
    EXPECT_EQ(as(ours, std::string{"SELECT string_agg(DISTINCT "}
                           .append(column_of(table))
                           .append("::text, ' ') FROM ")
                           .append(table)),
              ours)
        << table;
  }
}

TEST_F(PostgresIsolation, ShowsNothingWithoutATenant) {
  for (const std::string& table : tables) {
    EXPECT_EQ(as("", std::string{"SELECT count(*) FROM "}.append(table)), "0") << table;
  }
}

TEST_F(PostgresIsolation, WritesNoRowOfAnotherTenant) {
  for (const std::string& table : tables) {
    const std::string column = column_of(table);
    const std::string touched = std::string{" WHERE "}.append(column).append(" = '").append(theirs);
    const std::string moved = std::string{"UPDATE "}.append(table).append(" SET ").append(column);
    EXPECT_TRUE(is_refused(std::string{moved}.append(" = '").append(theirs).append("'")))
        << table << ": a row of ours becomes theirs";
    if (may_be_deleted(table)) {
      EXPECT_EQ(
          as(ours, std::string{"WITH gone AS (DELETE FROM "}.append(table).append(touched).append(
                       "' RETURNING 1) SELECT count(*) FROM gone")),
          "0")
          << table;
    }
  }
  EXPECT_TRUE(
      is_refused("INSERT INTO members (tenant, user_id, email, role, status, invited_at_ns)"
                 " VALUES ('" +
                 theirs + "', 'eve', '', 'owner', 'active', 0)"));
  EXPECT_FALSE(
      is_refused("INSERT INTO members (tenant, user_id, email, role, status, invited_at_ns)"
                 " VALUES ('" +
                 ours + "', 'eve', '', 'owner', 'active', 0)"));
}

TEST_F(PostgresIsolation, HoldsForListingsOfTheOwnerAndRatingsOfTheConsumer) {
  const std::string row = "', '" + ours + "', ";
  database.run(
      "INSERT INTO sharing_policies (id, owner, resource_type, resource_id, visibility,"
      " title, version, created_at_ns, updated_at_ns, body) VALUES ('" +
      theirs + row + "1, 'm', 2, '', 1, 0, 0, '{}')");
  database.run(
      "INSERT INTO sharing_listings (id, policy, owner, title, description, category,"
      " tags, images, state, featured, created_at_ns, updated_at_ns, version) VALUES ('" +
      theirs + "', '" + theirs + row + "'t', '', 'c', '[]', '[]', 0, false, 0, 0, 1)");
  EXPECT_EQ(as(ours, "SELECT count(*) FROM sharing_listings"), "1");
  EXPECT_EQ(as(theirs, "SELECT count(*) FROM sharing_listings"), "0");
  const std::string rating =
      "INSERT INTO sharing_ratings (id, listing, consumer, stars, review, created_at_ns,"
      " updated_at_ns) VALUES (gen_random_uuid(), '" +
      theirs + "', '";
  EXPECT_TRUE(is_refused(rating + theirs + "', 5, '', 0, 0)"));
  EXPECT_EQ(as(theirs, rating + theirs + "', 5, '', 0, 0); COMMIT; SELECT 1"), "1");
  EXPECT_EQ(database.run("SELECT stars FROM sharing_listings"), "5")
      << "counted in a row that the consumer does not see";
  EXPECT_EQ(as(ours, "SELECT count(*) FROM sharing_ratings"), "0");
}

TEST_F(PostgresIsolation, ConfinesWhatATenantCustomisesToItsRows) {
  EXPECT_TRUE(is_refused("INSERT INTO domains (tenant, host, token, added_at_ns) VALUES ('" +
                         theirs + "', 'h.example', '', 0)"));
  EXPECT_TRUE(is_refused("INSERT INTO customisations (tenant, version, body) VALUES ('" + theirs +
                         "', 1, '{}')"));
  EXPECT_TRUE(
      is_refused("INSERT INTO alerts (id, tenant, kind, at_ns, condition, data) VALUES"
                 " (gen_random_uuid(), '" +
                 theirs + "', 'quota.threshold', 0, '', '{}')"));
  EXPECT_EQ(as(ours,
               "WITH changed AS (UPDATE deliveries SET attempts = 9 RETURNING 1)"
               " SELECT count(*) FROM changed"),
            "1")
      << "its own alone";
  const CustomisationChange added{.tenant = tenant_id(1),
                                  .domain = Domain{.host = "new.example.com", .token = "t"}};
  EXPECT_TRUE(done(store->change_customisation(deed_of(current, tenant_id(1)), added)));
  const CustomisationChange taken{.tenant = tenant_id(2),
                                  .domain = Domain{.host = "new.example.com", .token = "t"}};
  EXPECT_EQ(store->change_customisation(deed_of(current, tenant_id(2)), taken).fault().code,
            FaultCode::already_exists);
}

TEST_F(PostgresIsolation, MakesATenantWithASchemaOfItsOwnAsThatTenant) {
  database.run(
      "CREATE FUNCTION refuse_unconfined() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF current_user <> 'sluice_tenant' THEN RAISE EXCEPTION 'not confined'; END IF;"
      " RETURN NULL; END $$");
  for (const char* table : {"tenants", "limits", "members_elsewhere"}) {
    database.run(std::string{"CREATE TRIGGER confined BEFORE INSERT OR UPDATE OR DELETE ON "}
                     .append(table)
                     .append(" FOR EACH STATEMENT EXECUTE FUNCTION refuse_unconfined()"));
  }
  TenantDefinition alone = tenant_with_limits(3, 1);
  alone.placement = {Isolation::dedicated_schema};
  alone.membership = {.members = 1, .owners = 1};
  EXPECT_TRUE(done(
      store->change_members(deed_of(current, alone.id),
                            MemberChange{alone, {Member{.user_id = "bob", .role = "owner"}}})));
  EXPECT_EQ(store->members({.tenant = alone.id}).value().members.size(), 1U);
}

TEST_F(PostgresIsolation, GivesATenantNoOtherRights) {
  for (const char* sql :
       {"CREATE TABLE mine ()", "ALTER TABLE tenants DISABLE ROW LEVEL SECURITY",
        "DROP POLICY one_tenant ON tenants", "UPDATE audit_events SET name = 'nobody'",
        "DELETE FROM audit_events", "DELETE FROM audit_chains", "SELECT * FROM api_keys",
        "SELECT * FROM shards", "SELECT * FROM meters", "SELECT * FROM tenant_search",
        "DELETE FROM tenant_search", "TRUNCATE members", "SELECT * FROM usage_minutes_2025_06",
        "SELECT forget_audit(0)"}) {
    EXPECT_TRUE(is_refused(sql)) << sql;
  }
}

TEST_F(PostgresIsolation, LeavesTheStoreWhatIsOfTheTenantThatItIsAskedAbout) {
  EXPECT_EQ(store->members({.tenant = tenant_id(2)}).value().members.size(), 1U);
  EXPECT_EQ(store->closed_windows(tenant_id(1)).value().size(), 2U) << "and what a grant paid";
  EXPECT_EQ(store->list({}).value().tenants.size(), 2U) << "of all tenants";
}

}  // namespace sluice::test
