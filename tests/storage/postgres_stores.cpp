// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/postgres_stores.hpp"

namespace sluice::test {

PostgresDatabase::PostgresDatabase(const Route& route) {
  static int made = 0;
  options.conninfo = route();
  options.schema = "test_" + std::to_string(++made);
}

PostgresDatabase::~PostgresDatabase() {
  shared_postgres().run("DROP SCHEMA IF EXISTS " + options.schema + " CASCADE");
}

std::string PostgresDatabase::run(const std::string& sql) const {
  return shared_postgres().run("SET search_path = " + options.schema + "; " + sql);
}

std::string PostgresDatabase::straight() {
  return shared_postgres().conninfo();
}

std::vector<StoreKind> all_stores() {
  const auto through_pgbouncer = [] { return shared_pgbouncer().conninfo("postgres"); };
  return {
      {"Postgres", [] { return std::make_unique<PostgresDatabase>(); }},
      {"PostgresThroughPgbouncer",
       [=] { return std::make_unique<PostgresDatabase>(through_pgbouncer); }},
  };
}

}  // namespace sluice::test
