// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
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

  explicit PostgresDatabase(const Route& route = straight);
  ~PostgresDatabase() override;
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  Result<StoreFactory> open(ShardCount shards) override { return open_postgres(options, shards); }

  /// Runs statements in it, past the store; answers the first field.
  std::string run(const std::string& sql) const;

  static std::string straight();

  PostgresOptions options;
};

}  // namespace sluice::test
