// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/migrations.hpp"

#include <string>

#include "actors/tenant/meter.hpp"
#include "storage/postgres/tier_statements.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* applied_table = R"sql(
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version     integer PRIMARY KEY CHECK (version >= 1),
    title       text NOT NULL,
    checksum    bytea NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
  ))sql";

/// Whoever changes the tables of one schema waits for others who do.
void take_turns(Transaction& transaction, const std::string& schema) {
  transaction.run("SELECT pg_advisory_xact_lock(hashtextextended($1 || '.migrations', 0))", schema);
}

Fault foreign(int version, const std::string& title) {
  return Fault{FaultCode::data_damaged, "migration " + std::to_string(version) + " (" + title +
                                            ") of the database is not the one of this sluiced"};
}

/// Checks that what was applied is the beginning of what we have, and says how much that is.
Result<std::size_t> count_applied(Transaction& transaction,
                                  const std::vector<MigrationText>& migrations) {
  const pqxx::result table = transaction.run("SELECT to_regclass('schema_migrations') IS NOT NULL");
  if (!table[0][0].as<bool>()) {
    return std::size_t{0};
  }
  const pqxx::result rows =
      transaction.run("SELECT version, title, checksum FROM schema_migrations ORDER BY version");
  for (const auto& row : rows) {
    const auto version = row[0].as<std::size_t>();
    if (version > migrations.size()) {
      return Fault{FaultCode::invalid_argument,
                   "the database has schema version " + rows.back()[0].as<std::string>() +
                       ", written by a newer sluiced; this one knows versions up to " +
                       std::to_string(migrations.size())};
    }
    const MigrationText& ours = migrations[version - 1];
    const pqxx::result same = transaction.run(
        "SELECT sha256(convert_to($1, 'UTF8')) = $2::bytea AND $3 = $4", std::string{ours.sql},
        row[2].as<std::string>(), std::string{ours.title}, row[1].as<std::string>());
    if (version != static_cast<std::size_t>(row.num()) + 1 || !same[0][0].as<bool>()) {
      return foreign(static_cast<int>(version), row[1].as<std::string>());
    }
  }
  return static_cast<std::size_t>(rows.size());
}

/// Applies the first migration that is pending; nothing if none is.
Result<std::optional<Migration>> apply_next(Transaction& transaction, const std::string& schema,
                                            const std::vector<MigrationText>& migrations) {
  take_turns(transaction, schema);
  // Asked for, because "IF NOT EXISTS" wants the right to make one even if there is one.
  const pqxx::result there =
      transaction.run("SELECT count(*) FROM pg_namespace WHERE nspname = $1", schema);
  if (there[0][0].as<int>() == 0) {
    transaction.script("CREATE SCHEMA \"" + schema + '"');
  }
  const Result<std::size_t> applied = count_applied(transaction, migrations);
  if (!applied.ok()) {
    return applied.fault();
  }
  if (applied.value() == migrations.size()) {
    return std::optional<Migration>{};
  }
  const MigrationText& next = migrations[applied.value()];
  const int version = static_cast<int>(applied.value()) + 1;
  transaction.script(applied_table);
  transaction.script(std::string{next.sql});
  transaction.run(
      "INSERT INTO schema_migrations (version, title, checksum)"
      " VALUES ($1, $2, sha256(convert_to($3, 'UTF8')))",
      version, std::string{next.title}, std::string{next.sql});
  return std::optional{Migration{version, std::string{next.title}}};
}

}  // namespace

Result<std::vector<Migration>> pending_of(Session& session,
                                          const std::vector<MigrationText>& migrations,
                                          const std::string& schema) {
  using Pending = std::vector<Migration>;
  const Scope scope{schema, std::nullopt};
  return session.transact<Pending>(Transaction::Kind::read, scope, [&](Transaction& transaction) {
    const Result<std::size_t> applied = count_applied(transaction, migrations);
    if (!applied.ok()) {
      return Result<Pending>{applied.fault()};
    }
    Pending pending;
    for (std::size_t at = applied.value(); at < migrations.size(); ++at) {
      pending.push_back({static_cast<int>(at) + 1, std::string{migrations[at].title}});
    }
    return Result<Pending>{std::move(pending)};
  });
}

Result<std::vector<Migration>> apply_pending(Session& session, const std::string& schema,
                                             const std::vector<MigrationText>& migrations) {
  std::vector<Migration> applied;
  while (true) {
    auto next = session.transact<std::optional<Migration>>(
        Transaction::Kind::write, Scope{schema, std::nullopt},
        [&](Transaction& transaction) { return apply_next(transaction, schema, migrations); });
    if (!next.ok()) {
      return next.fault();
    }
    if (!next.value()) {
      return applied;
    }
    applied.push_back(std::move(*next.value()));
  }
}

Result<Done> furnish(Session& session, ShardCount shards) {
  return session.transact<Done>(
      Transaction::Kind::write, [&](Transaction& transaction) -> Result<Done> {
        const pqxx::result made = transaction.run(
            "INSERT INTO meta (shards) VALUES ($1) ON CONFLICT (one) DO NOTHING RETURNING shards",
            shards.raw());
        if (!made.empty()) {
          transaction.run("INSERT INTO shards (shard) SELECT generate_series(0, $1::int - 1)",
                          shards.raw());
          for (const Meter& meter : default_meters()) {
            transaction.run("INSERT INTO meters (id, name, unit) VALUES ($1, $2, $3)",
                            meter.id.raw(), meter.name, meter.unit);
          }
        }
        const pqxx::result without =
            transaction.run("UPDATE meta SET has_tiers = true WHERE NOT has_tiers");
        if (without.affected_rows() == 1) {
          for (const Tier& tier : shipped_tiers()) {
            if (auto put = put_tier(transaction, tier); !put.ok()) {
              return put;
            }
          }
        }
        transaction.run(
            "SELECT ensure_partitions(current_date, (current_date + interval '1 month')::date)");
        return Done{};
      });
}

}  // namespace sluice::postgres
