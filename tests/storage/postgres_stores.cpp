// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/postgres_stores.hpp"

#include <array>
#include <utility>
#include <vector>

namespace sluice::test {

namespace {

/// Nothing holds for it while the tables are emptied: neither a reference nor that it is for ever.
constexpr const char* emptying = R"sql(
  SET session_replication_role = replica;
  DO $$
  DECLARE
    name text;
  BEGIN
    FOR name IN
      SELECT format('%I.%I', schemaname, tablename) FROM pg_tables t
      WHERE schemaname = current_schema() AND tablename <> 'schema_migrations'
    LOOP
      EXECUTE 'DELETE FROM ' || name;
    END LOOP;
    IF to_regclass('ownership') IS NOT NULL THEN
      INSERT INTO ownership (epoch, name, clean) VALUES (0, '', true);  -- As its migration does.
    END IF;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = current_schema();
  END
  $$)sql";

/// Names of schemas whose tables are there and empty.
std::vector<std::string>& idle_schemas(bool has_instance) {
  static std::array<std::vector<std::string>, 2> idle;
  return idle.at(has_instance ? 1 : 0);
}

std::string new_schema() {
  static int made = 0;
  return "test_" + std::to_string(++made);
}

}  // namespace

PostgresDatabase::PostgresDatabase(const Route& route, Tables tables)
    : PostgresDatabase(route, tables, false) {}

PostgresDatabase::PostgresDatabase(const Route& route, Tables tables, bool has_instance)
    : tables_(tables) {
  options.conninfo = route();
  if (has_instance) {
    options.instances = {{"other", of_instance()}};
  }
  auto& idle = idle_schemas(has_instance);
  if (tables == Tables::none || idle.empty()) {
    options.schema = new_schema();
    return;
  }
  options.schema = std::move(idle.back());
  idle.pop_back();
}

std::unique_ptr<PostgresDatabase> PostgresDatabase::with_instance(Tables tables) {
  return std::unique_ptr<PostgresDatabase>{new PostgresDatabase{straight, tables, true}};
}

PostgresDatabase::~PostgresDatabase() {
  if (tables_ == Tables::none) {
    drop_schemas(options.schema + "(_[0-9a-f]{32})?");
    return;
  }
  drop_schemas(options.schema + "_[0-9a-f]{32}");
  empty_tables();
  idle_schemas(!options.instances.empty()).push_back(options.schema);
}

void PostgresDatabase::empty_tables() const {
  const std::string there = "SET search_path = " + options.schema + ";";
  shared_postgres().run(there + emptying);
  if (!options.instances.empty()) {
    shared_postgres().run(there + emptying, "other");
  }
}

void PostgresDatabase::drop_schemas(const std::string& names) const {
  for (const char* database : {"postgres", "other"}) {
    const std::string all = shared_postgres().run(
        "SELECT string_agg(quote_ident(nspname), ', ') FROM pg_namespace WHERE nspname ~ '^" +
            names + "$'",
        database);
    if (!all.empty()) {
      shared_postgres().run("DROP SCHEMA " + all + " CASCADE", database);
    }
    if (options.instances.empty()) {
      return;
    }
  }
}

std::string PostgresDatabase::of_instance() {
  static const bool made = [] {
    shared_postgres().run("CREATE DATABASE other");
    return true;
  }();
  static_cast<void>(made);
  return shared_postgres().conninfo("other");
}

std::string PostgresDatabase::run_at(const Placement& where, TenantId tenant,
                                     const std::string& sql) const {
  std::string schema = options.schema;
  if (where.isolation == Isolation::dedicated_schema) {
    schema.append("_").append(to_string(tenant));
    std::erase(schema, '-');
  }
  return shared_postgres().run("SET search_path = " + schema + "; " + sql,
                               where.instance.empty() ? "postgres" : where.instance);
}

std::string PostgresDatabase::run(const std::string& sql) const {
  return shared_postgres().run("SET search_path = " + options.schema + "; " + sql);
}

std::string PostgresDatabase::straight() {
  return shared_postgres().conninfo();
}

namespace {

auto with_tables(const PostgresDatabase::Route& route) {
  return [=] { return std::make_unique<PostgresDatabase>(route, PostgresDatabase::Tables::empty); };
}

}  // namespace

std::vector<StoreKind> all_stores() {
  const auto through_pgbouncer = [] { return shared_pgbouncer().conninfo("postgres"); };
  return {
      {"Postgres", with_tables(PostgresDatabase::straight)},
      {"PostgresThroughPgbouncer", with_tables(through_pgbouncer)},
  };
}

std::vector<StoreKind> all_places() {
  auto kinds = all_stores();
  kinds.push_back({"PostgresOwnSchema",
                   with_tables(PostgresDatabase::straight),
                   {Isolation::dedicated_schema}});
  kinds.push_back({"PostgresInstance",
                   [] { return PostgresDatabase::with_instance(PostgresDatabase::Tables::empty); },
                   {Isolation::dedicated_instance, "other"}});
  return kinds;
}

}  // namespace sluice::test
