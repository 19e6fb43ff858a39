// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Where the database is, and how long to wait for it.
struct PostgresOptions {
  /// As libpq reads it: `host=... dbname=... sslmode=verify-full` or `postgresql://...`. What it
  /// leaves out comes from libpq's environment variables and files.
  std::string conninfo;
  std::string schema = "sluice";  ///< `[a-z_][a-z0-9_]{0,62}`; all tables are in it.
  /// For each address, in whole seconds (two at least) unless `conninfo` has one of its own.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{5};
  /// After which the server gives a statement up.
  std::chrono::milliseconds statement_timeout = std::chrono::seconds{10};
  /// After which this side gives a call up, also on a server that says nothing any more.
  std::chrono::milliseconds call_timeout = std::chrono::seconds{15};
  /// For a whole run of migrations, instead of the two above.
  std::chrono::milliseconds migration_timeout = std::chrono::minutes{30};
  /// How long nobody tries again after a connection could not be made: from the one to the other,
  /// doubled each time, and a random half less.
  std::chrono::milliseconds reconnect_delay_min = std::chrono::milliseconds{50};
  std::chrono::milliseconds reconnect_delay_max = std::chrono::seconds{2};
  /// Other databases for tenants that have one, by name: connection strings as `conninfo`. At most
  /// `instances_max`; a connection of each thread to each is opened when it is needed and closed
  /// when it was idle for a minute.
  std::map<std::string, std::string> instances{};
};
inline constexpr std::size_t instances_max = 32;

/// Reads `instances` from a file of lines `name = conninfo`; `#` begins a line of comment.
[[nodiscard]] Result<std::map<std::string, std::string>> read_instances(const std::string& path);

/// A numbered step from one state of the tables to the next.
struct Migration {
  int version;
  std::string title;
  std::string where{};  ///< `schema sluice_...`, `instance eu-1`; empty: the schema of the options.
  friend bool operator==(const Migration&, const Migration&) = default;
};

/// The steps that the database lacks, and those of tenants' own schemas and of instances; changes
/// nothing. Errors as `open_postgres`.
[[nodiscard]] Result<std::vector<Migration>> pending_migrations(const PostgresOptions& options);

/// Takes those steps, each in a transaction, and says which they were. A new database gets
/// `shards` and the default meters. Two that do so at once wait for each other. Errors as
/// `open_postgres`.
[[nodiscard]] Result<std::vector<Migration>> migrate_postgres(const PostgresOptions& options,
                                                              ShardCount shards);

/// The store for production: tenants and what they spent, in a PostgreSQL database.
///
/// Role       Brings the tables up to date (which needs rights to make tables only if something is
///            pending) and hands out connections. Works through pgbouncer in transaction mode: it
///            keeps nothing in a session but statements that are prepared, and none where a pooler
///            is between.
/// Threading  The factory may be called from any thread; each `Store` belongs to one thread and has
///            another that only watches its deadlines.
/// Ownership  The factory holds only the options.
/// Errors     `invalid_argument` for options that cannot be, and for a database that a newer
///            sluiced has written; `data_damaged` if migrations are there that were never ours;
///            `unavailable`. A store whose connection broke opens it again with the next call, and
///            answers `unavailable` at once while that is not to be tried.
/// Cost       See docs/postgres.md.
[[nodiscard]] Result<StoreFactory> open_postgres(const PostgresOptions& options,
                                                 ShardCount shards_for_a_new_database);

}  // namespace sluice
