// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "bench/load_tenants.hpp"
#include "storage/directory/data_directory.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/tenant_statements.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/sqlite/statements.hpp"

// Fills a data directory or a database with the tenants of a load before a server starts on it: a
// server commits each tenant by itself, which takes far too long for a million.

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

struct SeedOptions {
  std::string directory;
  std::string postgres;
  std::uint32_t tenants = 10'000;
};

constexpr ShardCount shards{256};
constexpr std::uint32_t chunk_tenants_max = 10'000;

/// Makes the tenants one after the other.
class Founder {
public:
  static Result<Founder> make() {
    Result<std::vector<Limit>> limits = preset_limits(LimitPreset::six, default_meters());
    return limits.ok() ? Result<Founder>{Founder{std::move(limits).value()}} : limits.fault();
  }
  [[nodiscard]] Result<TenantDefinition> tenant(std::uint32_t index) const {
    return found(load_tenant(LimitPreset::six, TenantIndex{index}, limits_), default_meters(),
                 now_);
  }

private:
  explicit Founder(std::vector<Limit> limits) : limits_(std::move(limits)) {}

  std::vector<Limit> limits_;
  WallTime now_{std::chrono::system_clock::now().time_since_epoch()};
};

Result<Done> insert_all(const std::string& database, const SeedOptions& options,
                        const Founder& founder) {
  SqliteConnection connection{database, SqliteConnection::Missing::refuse, 1s};
  // Nobody else reads the file yet, and one that is half written is thrown away.
  connection.execute("PRAGMA synchronous = OFF");
  Statements statements{connection};
  Transaction transaction{connection, Transaction::Kind::write};
  for (std::uint32_t i = 0; i < options.tenants; ++i) {
    const auto tenant = founder.tenant(i);
    if (!tenant.ok()) {
      return tenant.fault();
    }
    statements.insert_tenant(tenant.value());
    const IdBytes key = bytes_of(tenant.value().id);
    for (const Limit& limit : tenant.value().limits) {
      statements.put_limit(key, limit);
    }
  }
  transaction.commit();
  return Done{};
}

Result<Done> seed_sqlite(const SeedOptions& options, const Founder& founder) {
  const auto directory = DataDirectory::hold(options.directory, ClockKind::real);
  if (!directory.ok()) {
    return directory.fault();
  }
  const auto stores = open_sqlite(directory.value().database(), shards);
  if (!stores.ok()) {
    return stores.fault();
  }
  return insert_all(directory.value().database(), options, founder);
}

Result<Done> seed_postgres(const SeedOptions& options, const Founder& founder) {
  PostgresOptions database;
  database.conninfo = options.postgres;
  database.statement_timeout = database.call_timeout = 1h;
  if (const auto migrated = migrate_postgres(database, shards); !migrated.ok()) {
    return migrated.fault();
  }
  postgres::Session session{postgres::complete_conninfo(database).value(), database};
  std::vector<TenantDefinition> chunk;
  for (std::uint32_t i = 0; i < options.tenants; ++i) {
    auto tenant = founder.tenant(i);
    if (!tenant.ok()) {
      return tenant.fault();
    }
    chunk.push_back(std::move(tenant).value());
    if (chunk.size() < chunk_tenants_max && i + 1 < options.tenants) {
      continue;
    }
    const auto inserted = session.transact<Done>(postgres::Transaction::Kind::write,
                                                 [&](postgres::Transaction& transaction) {
                                                   postgres::insert_tenants(transaction, chunk);
                                                   return Done{};
                                                 });
    if (!inserted.ok()) {
      return inserted;
    }
    chunk.clear();
  }
  return Done{};
}

Result<Done> seed(const SeedOptions& options) {
  const Result<Founder> founder = Founder::make();
  if (!founder.ok()) {
    return founder.fault();
  }
  return options.postgres.empty() ? seed_sqlite(options, founder.value())
                                  : seed_postgres(options, founder.value());
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{
      "Fills a data directory, or a PostgreSQL database, with tenants of six limits each, for "
      "sluice-load --existing --limits six."};
  sluice::bench::SeedOptions options;
  auto* where = app.add_option_group("where")->require_option(1);
  where->add_option("--data-directory", options.directory, "To fill; made if need be");
  where->add_option("--postgres", options.postgres, "Database to fill, as libpq names it");
  app.add_option("--tenants", options.tenants, "How many")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    const auto seeded = sluice::bench::seed(options);
    if (!seeded.ok()) {
      fmt::print(stderr, "seed-tenants: {}\n", seeded.fault().context);
      return 1;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "seed-tenants: {}\n", error.what());
    return 1;
  }
  return 0;
}
