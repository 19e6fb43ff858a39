// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/prepared_statements.hpp"

#include <gtest/gtest.h>

#include <string>

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/session.hpp"
#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using postgres::PreparedStatements;
using postgres::Scope;
using postgres::Session;
using postgres::Transaction;

/// One session with a table `t` that has a row, in the schema of a test's own.
class PreparedStatementsSpec : public testing::Test {
protected:
  PreparedStatementsSpec() {
    database.run("CREATE SCHEMA " + database.options.schema +
                 "; CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'one')");
  }
  [[nodiscard]] Session connect() const {
    return {postgres::complete_conninfo(database.options).value(), database.options};
  }
  /// In a transaction of its own; the first field.
  template <class... Values>
  static Result<std::string> ask(Session& session, const Scope& scope, const std::string& sql,
                                 const Values&... values) {
    return session.transact<std::string>(
        Transaction::Kind::write, scope, [&](Transaction& transaction) {
          const pqxx::result rows = transaction.run(sql, values...);
          return std::string{rows.empty() || rows.columns() == 0 ? "" : rows[0][0].c_str()};
        });
  }
  Result<std::string> ask(const std::string& sql) { return ask(session, {}, sql); }
  void use_twice() {
    ASSERT_EQ(ask(session, {}, select_b, 1).value(), "one");
    ASSERT_EQ(ask(session, {}, select_b, 1).value(), "one");
  }
  /// What only looks, and is itself not prepared.
  static std::string look(Session& session, const std::string& sql) {
    return session
        .transact<std::string>(Transaction::Kind::read,
                               [&](Transaction& transaction) {
                                 return std::string{transaction.search(sql)[0][0].c_str()};
                               })
        .value();
  }
  /// How many the session has prepared.
  static std::string prepared(Session& session) {
    return look(session, "SELECT count(*) FROM pg_prepared_statements");
  }
  [[nodiscard]] std::string prepared() { return prepared(session); }
  /// How often those were run.
  [[nodiscard]] std::string runs() {
    return look(
        session,
        "SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements");
  }

  static constexpr const char* select_b = "SELECT b FROM t WHERE a = $1";

  PostgresDatabase database;
  Session session = connect();
};

TEST_F(PreparedStatementsSpec, ArePreparedAtTheirSecondUse) {
  EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
  EXPECT_EQ(prepared(), "0");
  EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
  EXPECT_EQ(look(session, "SELECT statement FROM pg_prepared_statements"), select_b);
  for (int use = 0; use < 10; ++use) {
    EXPECT_EQ(ask(session, {}, select_b, 2).value(), "");
  }
  EXPECT_EQ(prepared(), "1");
  EXPECT_EQ(runs(), "11");
}

TEST_F(PreparedStatementsSpec, AreNotPreparedBehindAPooler) {
  database.options.conninfo = shared_pgbouncer().conninfo("postgres");
  Session pooled = connect();
  for (int use = 0; use < 5; ++use) {
    EXPECT_EQ(ask(pooled, {}, select_b, 1).value(), "one");
  }
  EXPECT_EQ(prepared(pooled), "0");
}

TEST_F(PreparedStatementsSpec, StayWhenTheTransactionFailsThatPreparedThem) {
  const auto failed = session.transact<Done>(Transaction::Kind::write, [](Transaction& work) {
    work.run(select_b, 1);
    work.run(select_b, 1);
    work.run("SELECT 1 / $1::int", 0);
    return Done{};
  });
  EXPECT_TRUE(refused(failed, FaultCode::invalid_argument, "division by zero"));
  EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
  EXPECT_EQ(prepared(), "1");
  EXPECT_EQ(runs(), "2");
}

TEST_F(PreparedStatementsSpec, AreTriedAgainWhenTheServerRefusedToPrepareThem) {
  const std::string sql = "SELECT count(*) FROM later";
  for (int use = 0; use < 3; ++use) {
    EXPECT_TRUE(refused(ask(sql), FaultCode::data_damaged, "later"));
  }
  database.run("CREATE TABLE later ()");
  EXPECT_EQ(ask(sql).value(), "0");
  EXPECT_EQ(prepared(), "1");
}

TEST_F(PreparedStatementsSpec, AreForgottenWhenTheTypesOfTheirColumnsChange) {
  const std::string sql = "SELECT a FROM t";
  ASSERT_EQ(ask(sql).value(), "1");
  ASSERT_EQ(ask(sql).value(), "1");
  database.run("ALTER TABLE t ALTER COLUMN a TYPE bigint");
  EXPECT_TRUE(refused(ask(sql), FaultCode::unavailable, "cached plan must not change"));
  EXPECT_EQ(ask(sql).value(), "1");
  EXPECT_EQ(ask(sql).value(), "1");
  EXPECT_EQ(prepared(), "1");
}

TEST_F(PreparedStatementsSpec, FollowATableToWhichColumnsAreAdded) {
  const std::string sql = "SELECT jsonb_agg(all_of.*)::text FROM (SELECT * FROM t) AS all_of";
  ASSERT_EQ(ask(sql).value(), R"([{"a": 1, "b": "one"}])");
  ASSERT_EQ(ask(sql).value(), R"([{"a": 1, "b": "one"}])");
  database.run("ALTER TABLE t ADD COLUMN c int DEFAULT 3");
  EXPECT_EQ(ask(sql).value(), R"([{"a": 1, "b": "one", "c": 3}])");
}

TEST_F(PreparedStatementsSpec, AreAboutTheTablesOfTheSchemaOfEachTransaction) {
  const std::string other = database.options.schema + "_0123456789abcdef0123456789abcdef";
  database.run("CREATE SCHEMA " + other + "; CREATE TABLE " + other +
               ".t (a int, b text); INSERT INTO " + other + ".t VALUES (1, 'other')");
  for (int use = 0; use < 8; ++use) {
    EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
    EXPECT_EQ(ask(session, {other, {}}, select_b, 1).value(), "other");
  }
  const auto both = session.transact<std::string>(Transaction::Kind::read, [&](Transaction& work) {
    work.enter(other);
    const pqxx::result there = work.run(select_b, 1);
    work.enter(database.options.schema);
    const pqxx::result here = work.run(select_b, 1);
    return std::string{there[0][0].c_str()}.append(" ").append(here[0][0].c_str());
  });
  EXPECT_EQ(both.value(), "other one");
  EXPECT_EQ(prepared(), "1");
}

TEST_F(PreparedStatementsSpec, ShowEachTenantItsOwnRowsWhateverTheirPlanWasMadeFor) {
  ASSERT_TRUE(PostgresDatabase{}.open(ShardCount{64}).ok()) << "which makes the role";
  database.run("GRANT USAGE ON SCHEMA " + database.options.schema +
               " TO sluice_tenant; CREATE TABLE of_tenants (tenant uuid);"
               " GRANT SELECT ON of_tenants TO sluice_tenant;"
               " ALTER TABLE of_tenants ENABLE ROW LEVEL SECURITY;"
               " CREATE POLICY own ON of_tenants TO sluice_tenant"
               " USING (tenant = current_setting('sluice.tenant')::uuid);"
               " INSERT INTO of_tenants VALUES ('" +
               to_string(tenant_id(1)) + "'), ('" + to_string(tenant_id(2)) + "')");
  const std::string sql = "SELECT string_agg(tenant::text, ' ' ORDER BY tenant) FROM of_tenants";
  const std::string first = to_string(tenant_id(1));
  const std::string second = to_string(tenant_id(2));
  for (int use = 0; use < 8; ++use) {
    EXPECT_EQ(ask(session, {{}, tenant_id(1)}, sql).value(), first);
    EXPECT_EQ(ask(session, {{}, tenant_id(2)}, sql).value(), second);
    EXPECT_EQ(ask(sql).value(), first + " " + second);
  }
  EXPECT_EQ(prepared(), "1");
}

TEST_F(PreparedStatementsSpec, AreNoMoreThanTheirBound) {
  const auto use_all = [&] {
    return session.transact<Done>(Transaction::Kind::read, [](Transaction& work) {
      for (std::size_t number = 0; number < PreparedStatements::statements_max + 20; ++number) {
        work.run("SELECT " + std::to_string(number));
      }
      return Done{};
    });
  };
  ASSERT_TRUE(done(use_all()));
  ASSERT_TRUE(done(use_all()));
  ASSERT_TRUE(done(use_all()));
  EXPECT_EQ(prepared(), std::to_string(PreparedStatements::statements_max));
}

TEST_F(PreparedStatementsSpec, LeaveRoomForThoseThatAreUsedAgain) {
  const auto used_once = session.transact<Done>(Transaction::Kind::read, [](Transaction& work) {
    for (int number = 0; number < 3'000; ++number) {
      work.run("SELECT " + std::to_string(number));
    }
    return Done{};
  });
  ASSERT_TRUE(done(used_once));
  use_twice();
  EXPECT_EQ(prepared(), "1");
}

TEST_F(PreparedStatementsSpec, AreNotThoseWithLongTexts) {
  const std::string sql =
      "SELECT '" + std::string(PreparedStatements::text_bytes_max, 'x') + "' = ''";
  for (int use = 0; use < 3; ++use) {
    EXPECT_EQ(ask(sql).value(), "f");
  }
  EXPECT_EQ(prepared(), "0");
}

TEST_F(PreparedStatementsSpec, ArePlannedForTheirValuesWhereThoseAreMany) {
  const std::string sql = "SELECT length($1::text)";
  const std::string many(PreparedStatements::values_bytes_max + 1, 'x');
  for (int use = 0; use < 3; ++use) {
    EXPECT_EQ(ask(session, {}, sql, many).value(), std::to_string(many.size()));
  }
  EXPECT_EQ(prepared(), "0");
  for (int use = 0; use < 3; ++use) {
    EXPECT_EQ(ask(session, {}, sql, std::string{"xx"}).value(), "2");
  }
  EXPECT_EQ(runs(), "2");
}

TEST_F(PreparedStatementsSpec, ArePreparedAnewOnANewConnection) {
  use_twice();
  const std::string pid = look(session, "SELECT pg_backend_pid()");
  ASSERT_EQ(shared_postgres().run("SELECT pg_terminate_backend(" + pid + ", 30000)"), "t");
  EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
  EXPECT_EQ(prepared(), "0");
  EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
  EXPECT_EQ(prepared(), "1");
}

// As behind a pooler that passes the process of the server on.
TEST_F(PreparedStatementsSpec, AreGivenUpOnceTheSessionHasLostThem) {
  use_twice();
  ASSERT_TRUE(done(ask("DISCARD PLANS")));
  EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one") << "these are made again";
  ASSERT_TRUE(done(ask("DEALLOCATE ALL")));
  EXPECT_TRUE(refused(ask(session, {}, select_b, 1), FaultCode::unavailable, "prepared statement"));
  for (int use = 0; use < 3; ++use) {
    EXPECT_EQ(ask(session, {}, select_b, 1).value(), "one");
  }
  EXPECT_EQ(prepared(), "0");
}

TEST_F(PreparedStatementsSpec, OfTheStoreFollowAMigrationUnderItsFeet) {
  PostgresDatabase migrated;
  const auto store = migrated.open(ShardCount{64}).value()().value();
  for (int use = 0; use < 3; ++use) {
    ASSERT_TRUE(done(store->meters()));
  }
  migrated.run("ALTER TABLE meters ALTER COLUMN unit TYPE varchar(2000)");
  EXPECT_TRUE(refused(store->meters(), FaultCode::unavailable, "cached plan must not change"));
  EXPECT_TRUE(done(store->meters()));
}

}  // namespace sluice::test
