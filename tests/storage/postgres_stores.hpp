// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/postgres.hpp"

namespace sluice::test {

/// A database of the shared server with tables of 64 shards; gone when this is.
class PostgresDatabase final : public Database {
public:
  using Route = std::function<std::string(const std::string& database)>;

  /// `route` says how clients get to the database: straight, unless it is given.
  explicit PostgresDatabase(const Route& route = {});
  ~PostgresDatabase() override;
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  Result<StoreFactory> open(ShardCount shards) override { return open_postgres(options, shards); }

  /// Runs statements in it, past the store.
  std::string run(const std::string& sql) const;

  std::string name;
  PostgresOptions options;
};

}  // namespace sluice::test
