// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/postgres.hpp"

namespace sluice::test {

/// A schema of a test's own on the shared server, which is made much faster than a database.
class PostgresDatabase final : public Database {
public:
  /// Says how clients get to the server.
  using Route = std::function<std::string()>;
  /// Whether its tables are there before it is opened.
  enum class Tables : std::uint8_t {
    none,
    /// As a test before this one left them, without rows: for those who go through the store alone.
    /// Migrating takes ten times as long as most of them.
    empty,
  };

  explicit PostgresDatabase(const Route& route = straight, Tables tables = Tables::none);
  ~PostgresDatabase() override;
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  Result<StoreFactory> open(ShardCount shards) override { return open_postgres(options, shards); }

  /// Runs statements in it, past the store; answers the first field.
  std::string run(const std::string& sql) const;

  static std::string straight();
  /// With the instance `other`: another database of the same server, where every test has a schema
  /// of the name that it has here.
  static std::unique_ptr<PostgresDatabase> with_instance(Tables tables = Tables::none);
  static std::string of_instance();
  /// Runs statements in the schema that a tenant has for itself, or in the instance.
  std::string run_at(const Placement& where, TenantId tenant, const std::string& sql) const;

  PostgresOptions options;

private:
  PostgresDatabase(const Route& route, Tables tables, bool has_instance);
  void empty_tables() const;
  /// Wherever their name is one of these.
  void drop_schemas(const std::string& names) const;

  Tables tables_;
};

}  // namespace sluice::test
