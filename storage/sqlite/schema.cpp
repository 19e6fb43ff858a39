// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/schema.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "actors/tenant/meter.hpp"
#include "storage/sqlite/schema_versions.hpp"
#include "storage/sqlite/tier_statements.hpp"

namespace sluice {

namespace {

constexpr std::int64_t application_id = 0x536c6365;  // "Slce"

Result<Done> check_owner(SqliteConnection& connection) {
  if (connection.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    return Done{};
  }
  if (connection.integer("PRAGMA application_id") != application_id) {
    return Fault{FaultCode::data_damaged, "the file is a database, but not one of Sluice"};
  }
  const std::int64_t version = connection.integer("PRAGMA user_version");
  if (version < 1) {
    return Fault{FaultCode::data_damaged,
                 "the database has the impossible schema version " + std::to_string(version)};
  }
  if (version > schema_version()) {
    return Fault{FaultCode::invalid_argument,
                 "the database has schema version " + std::to_string(version) +
                     ", written by a newer sluiced; this one knows versions up to " +
                     std::to_string(schema_version())};
  }
  return Done{};
}

void seed(SqliteConnection& connection, ShardCount shards) {
  Statement{connection, "INSERT INTO meta (one, shards) VALUES (1, ?1)"}.run(shards.raw());
  Statement insert{connection, "INSERT INTO meters (id, name, unit) VALUES (?1, ?2, ?3)"};
  for (const Meter& meter : default_meters()) {
    insert.run(meter.id.raw(), std::string_view{meter.name}, std::string_view{meter.unit});
  }
  connection.execute("PRAGMA application_id = " + std::to_string(application_id));
}

bool has_tiers(SqliteConnection& connection) {
  return connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'tiers'") == 1;
}

/// Of a file that is new to them.
void add_shipped_tiers(SqliteConnection& connection) {
  TierStatements statements{connection};
  for (const Tier& tier : shipped_tiers()) {
    statements.put(tier);
  }
}

/// Every shard gets its row, of which nothing is stored yet. Not in a migration, because a new file
/// learns how many shards it has only after them.
void add_shards(SqliteConnection& connection) {
  connection.execute(R"sql(
    WITH RECURSIVE numbers (shard) AS (
      SELECT 0 UNION ALL SELECT shard + 1 FROM numbers, meta WHERE shard + 1 < meta.shards)
    INSERT OR IGNORE INTO shards (shard, epoch, sequence) SELECT shard, 0, 0 FROM numbers)sql");
}

}  // namespace

std::int64_t schema_version() {
  return static_cast<std::int64_t>(schema_versions().size());
}

Result<Done> prepare_schema(SqliteConnection& connection, ShardCount shards) {
  if (Result<Done> owner = check_owner(connection); !owner.ok()) {
    return owner;
  }
  // Readers go on while the write-behind commits. Kept in the file, and not settable within a
  // transaction.
  connection.execute("PRAGMA journal_mode = WAL");
  Transaction transaction{connection, Transaction::Kind::write};
  const std::int64_t version = connection.integer("PRAGMA user_version");
  if (version >= schema_version()) {
    return check_owner(connection);  // Again: another process may have been here meanwhile.
  }
  const bool had_tiers = has_tiers(connection);
  for (auto step = static_cast<std::size_t>(version); step < schema_versions().size(); ++step) {
    connection.execute(std::string{schema_versions()[step]});
  }
  connection.execute("PRAGMA user_version = " + std::to_string(schema_version()));
  if (version == 0) {
    seed(connection, shards);
  }
  if (!had_tiers) {
    add_shipped_tiers(connection);
  }
  add_shards(connection);
  transaction.commit();
  return Done{};
}

}  // namespace sluice
