// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/postgres_stores.hpp"

#include <stdexcept>

namespace sluice::test {

namespace {

/// A database with tables that others are copied from, which is faster than making them.
const std::string& prepared_database() {
  static const std::string name = [] {
    std::string made = shared_postgres().make_database();
    PostgresOptions options;
    options.conninfo = shared_postgres().conninfo(made);
    if (const auto migrated = migrate_postgres(options, ShardCount{64}); !migrated.ok()) {
      throw std::runtime_error(migrated.fault().context);
    }
    return made;
  }();
  return name;
}

}  // namespace

PostgresDatabase::PostgresDatabase(const Route& route)
    : name(shared_postgres().make_database(prepared_database())) {
  options.conninfo = route ? route(name) : shared_postgres().conninfo(name);
}

PostgresDatabase::~PostgresDatabase() {
  shared_postgres().drop_database(name);
}

std::string PostgresDatabase::run(const std::string& sql) const {
  return shared_postgres().run("SET search_path = sluice; " + sql, name);
}

std::vector<StoreKind> all_stores() {
  const auto through_pgbouncer = [](const std::string& name) {
    return shared_pgbouncer().conninfo(name);
  };
  return {
      {"Postgres", [] { return std::make_unique<PostgresDatabase>(); }},
      {"PostgresThroughPgbouncer",
       [=] { return std::make_unique<PostgresDatabase>(through_pgbouncer); }},
  };
}

}  // namespace sluice::test
