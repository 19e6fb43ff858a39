// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/schema.hpp"

#include <array>
#include <string>
#include <string_view>

#include "actors/tenant/meter.hpp"

namespace sluice {

namespace {

constexpr std::int64_t application_id = 0x536c6365;  // "Slce"

// Each text takes the tables from the version before to its own. They only ever grow at the end: a
// text that was released is never changed.
//
// Ids are 16 bytes, most significant first, so that the order of the bytes is the order of the ids.
// Times are nanoseconds since 1970 (`_ns`). The tables are clustered by tenant: everything that
// loading a tenant needs lies together. That names of limits are unique within their tenant is
// decided by the tenant, which alone changes them; an index for it would be the largest thing here.
constexpr std::string_view version_1 = R"sql(
CREATE TABLE meta (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  shards  INTEGER NOT NULL CHECK (shards BETWEEN 1 AND 65535)
) STRICT;

CREATE TABLE meters (
  id    INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 65535),
  name  TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 63),
  unit  TEXT NOT NULL
) STRICT;

CREATE TABLE tenants (
  id                  BLOB PRIMARY KEY CHECK (length(id) = 16),
  slug                TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 3 AND 63),
  name                TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  tier                TEXT NOT NULL CHECK (length(tier) BETWEEN 1 AND 32),
  timezone            TEXT NOT NULL CHECK (timezone <> ''),
  billing_anchor_day  INTEGER NOT NULL CHECK (billing_anchor_day BETWEEN 1 AND 31),
  created_at_ns       INTEGER NOT NULL,
  updated_at_ns       INTEGER NOT NULL,
  version             INTEGER NOT NULL CHECK (version >= 1),
  last_limit_id       INTEGER NOT NULL CHECK (last_limit_id BETWEEN 0 AND 4294967295)
) STRICT, WITHOUT ROWID;

CREATE INDEX tenants_by_tier ON tenants (tier, id);

CREATE TABLE limits (
  tenant       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id           INTEGER NOT NULL CHECK (id BETWEEN 1 AND 4294967295),
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
  meter        INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  enforcement  TEXT NOT NULL CHECK (enforcement IN ('block', 'alert')),
  period       TEXT CHECK (period IN ('minute', 'hour', 'day', 'week', 'month', 'year', 'never')),
  size         INTEGER CHECK (size >= 0),
  rate_amount  INTEGER CHECK (rate_amount >= 0),
  rate_per_ns  INTEGER CHECK (rate_per_ns >= 1),
  rate_burst   INTEGER CHECK (rate_burst >= 0),
  soft_limit   INTEGER CHECK (soft_limit >= 0),
  thresholds   BLOB NOT NULL CHECK (length(thresholds) <= 8),
  PRIMARY KEY (tenant, id),
  CONSTRAINT window_or_rate CHECK (
    CASE WHEN period IS NULL
      THEN size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
      ELSE rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
    END)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
  tenant    BLOB NOT NULL,
  limit_id  INTEGER NOT NULL,
  used      INTEGER NOT NULL CHECK (used >= 0),
  until_ns  INTEGER NOT NULL,
  fired     INTEGER NOT NULL CHECK (fired BETWEEN 0 AND 255),
  PRIMARY KEY (tenant, limit_id),
  FOREIGN KEY (tenant, limit_id) REFERENCES limits (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)sql";

// Who owns the database, how far its shards are stored, and usage.
//
// What `ownership` guards needs no lease: the lock of the data directory lets one server at a time
// open the file. Usage is kept by whole minutes since 1970 (up to the last one that a `WallTime`
// can hold). A minute is written once and then added to its hour and its day, so each of them can
// be kept for as long as somebody likes. What was used outlives its limit, so nothing here refers
// to `limits`. The key of `closed_windows` has the latest ones of a tenant at one end.
constexpr std::string_view version_2 = R"sql(
CREATE TABLE ownership (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  epoch   INTEGER NOT NULL CHECK (epoch >= 0),
  server  TEXT CHECK (length(server) BETWEEN 1 AND 63),
  name    TEXT NOT NULL,
  clean   INTEGER NOT NULL CHECK (clean IN (0, 1)),
  CONSTRAINT somebody_owns CHECK (clean = 1 OR server IS NOT NULL)
) STRICT;

INSERT INTO ownership (one, epoch, server, name, clean) VALUES (1, 0, NULL, '', 1);

CREATE TABLE shards (
  shard     INTEGER PRIMARY KEY CHECK (shard BETWEEN 0 AND 65534),
  epoch     INTEGER NOT NULL CHECK (epoch >= 0),
  sequence  INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT;

CREATE TABLE open_usage (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  minute     INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed BETWEEN 0 AND 4294967295),
  denied     INTEGER NOT NULL CHECK (denied BETWEEN 0 AND 4294967295),
  throttled  INTEGER NOT NULL CHECK (throttled BETWEEN 0 AND 4294967295),
  PRIMARY KEY (tenant, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_minutes (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed >= 0),
  denied     INTEGER NOT NULL CHECK (denied >= 0),
  throttled  INTEGER NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_hours (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed >= 0),
  denied     INTEGER NOT NULL CHECK (denied >= 0),
  throttled  INTEGER NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed >= 0),
  denied     INTEGER NOT NULL CHECK (denied >= 0),
  throttled  INTEGER NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_windows (
  tenant       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  limit_id     INTEGER NOT NULL CHECK (limit_id BETWEEN 1 AND 4294967295),
  ended_at_ns  INTEGER NOT NULL,
  meter        INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  used         INTEGER NOT NULL CHECK (used >= 1),
  PRIMARY KEY (tenant, ended_at_ns, limit_id)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array migrations{version_1, version_2};

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
  return static_cast<std::int64_t>(migrations.size());
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
  for (auto step = static_cast<std::size_t>(version); step < migrations.size(); ++step) {
    connection.execute(std::string{migrations[step]});
  }
  connection.execute("PRAGMA user_version = " + std::to_string(schema_version()));
  if (version == 0) {
    seed(connection, shards);
  }
  add_shards(connection);
  transaction.commit();
  return Done{};
}

}  // namespace sluice
