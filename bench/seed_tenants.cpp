// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "actors/tenant/definition.hpp"
#include "bench/load_tenants.hpp"
#include "storage/directory/data_directory.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/sqlite/statements.hpp"

// Fills a data directory with the tenants of a load before a server starts on it: a server commits
// each tenant by itself, which takes far too long for a million.

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

struct SeedOptions {
  std::string directory;
  std::uint32_t tenants = 10'000;
};

Result<Done> insert_all(const std::string& database, const SeedOptions& options) {
  const Result<std::vector<Limit>> limits = preset_limits(LimitPreset::six, default_meters());
  if (!limits.ok()) {
    return limits.fault();
  }
  SqliteConnection connection{database, SqliteConnection::Missing::refuse, 1s};
  // Nobody else reads the file yet, and one that is half written is thrown away.
  connection.execute("PRAGMA synchronous = OFF");
  Statements statements{connection};
  Transaction transaction{connection, Transaction::Kind::write};
  const WallTime now{std::chrono::system_clock::now().time_since_epoch()};
  for (std::uint32_t i = 0; i < options.tenants; ++i) {
    const auto tenant =
        found(load_tenant(LimitPreset::six, TenantIndex{i}, limits.value()), default_meters(), now);
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

Result<Done> seed(const SeedOptions& options) {
  const auto directory = DataDirectory::hold(options.directory, DataDirectory::Clock::real);
  if (!directory.ok()) {
    return directory.fault();
  }
  const auto stores = open_sqlite(directory.value().database(), ShardCount{256});
  if (!stores.ok()) {
    return stores.fault();
  }
  return insert_all(directory.value().database(), options);
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{
      "Fills a data directory with tenants of six limits each, for sluice-load --existing "
      "--limits six."};
  sluice::bench::SeedOptions options;
  app.add_option("--data-directory", options.directory, "To fill; made if need be")->required();
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
