// SPDX-License-Identifier: Apache-2.0
// How the center, tenants' own schemas and instances are kept at one version.
#include "storage/postgres/place_migrations.hpp"

#include <memory>
#include <string>
#include <utility>

#include "actors/tenant/placement.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/instances.hpp"
#include "storage/postgres/migrations.hpp"
#include "storage/postgres/place_statements.hpp"

namespace sluice::postgres {

namespace {

using Steps = std::vector<Migration>;

/// A connection for changing tables, which takes as long as it takes.
Result<std::unique_ptr<Session>> migrator(const PostgresOptions& options) {
  Result<std::string> conninfo = complete_conninfo(options);
  if (!conninfo.ok()) {
    return conninfo.fault();
  }
  PostgresOptions patient = options;
  patient.statement_timeout = patient.call_timeout = options.migration_timeout;
  return std::make_unique<Session>(std::move(conninfo).value(), std::move(patient));
}

void append(Steps& steps, Steps more, const std::string& where) {
  for (Migration& step : more) {
    step.where = where;
    steps.push_back(std::move(step));
  }
}

/// The schemas of tenants that have their own; none before the center knows of such.
Result<std::vector<std::string>> own_schemas(Session& session, const std::string& center) {
  using Schemas = std::vector<std::string>;
  return session.transact<Schemas>(
      Transaction::Kind::read, [&](Transaction& transaction) -> Result<Schemas> {
        Schemas schemas;
        const pqxx::result known = transaction.run("SELECT to_regclass('leftovers') IS NOT NULL");
        if (!known.at(0)[0].as<bool>()) {
          return schemas;
        }
        for (const auto& [tenant, placement] : select_elsewhere(transaction)) {
          if (placement.isolation == Isolation::dedicated_schema) {
            schemas.push_back(schema_of(center, tenant));
          }
        }
        return schemas;
      });
}

/// One look at each schema, because nearly always nothing is to be done.
Result<Done> migrate_schemas(Session& session, const PostgresOptions& options, Steps& steps) {
  const auto schemas = own_schemas(session, options.schema);
  if (!schemas.ok()) {
    return schemas.fault();
  }
  const auto newest = static_cast<int>(embedded_migrations().size());
  for (const std::string& schema : schemas.value()) {
    const auto version = session.transact<int>(
        Transaction::Kind::read, Scope{schema, std::nullopt}, [](Transaction& transaction) {
          const pqxx::result found =
              transaction.run("SELECT coalesce(max(version), 0) FROM schema_migrations");
          return found.at(0)[0].as<int>();
        });
    if (!version.ok()) {
      return version.fault();
    }
    if (version.value() != newest) {
      auto applied = apply_pending(session, schema, embedded_migrations());
      if (!applied.ok()) {
        return applied.fault();
      }
      append(steps, std::move(applied).value(), "schema " + schema);
    }
  }
  return Done{};
}

Result<Steps> migrate_one(Session& session, const PostgresOptions& options, ShardCount shards) {
  Result<Steps> applied = apply_pending(session, options.schema, embedded_migrations());
  if (!applied.ok()) {
    return applied;
  }
  if (const Result<Done> furnished = furnish(session, shards); !furnished.ok()) {
    return furnished.fault();
  }
  return applied;
}

/// Does it with a connection to each instance.
template <class Action>
Result<Steps> in_each_instance(const PostgresOptions& options, Unreachable unreachable,
                               Action action) {
  Steps steps;
  for (const auto& [name, conninfo] : options.instances) {
    const auto instance = options_of_instance(options, name);
    if (!instance.ok()) {
      return instance.fault();
    }
    const auto session = migrator(instance.value());
    auto done = session.ok() ? action(*session.value()) : Result<Steps>{session.fault()};
    if (!done.ok() && done.fault().code == FaultCode::unavailable &&
        unreachable == Unreachable::is_passed_over) {
      continue;
    }
    if (!done.ok()) {
      return in_instance(name, done.fault());
    }
    append(steps, std::move(done).value(), "instance " + name);
  }
  return steps;
}

}  // namespace

Result<std::vector<Migration>> migrate_all(const PostgresOptions& options, ShardCount shards,
                                           Unreachable unreachable) {
  const auto session = migrator(options);
  if (!session.ok()) {
    return session.fault();
  }
  Result<Steps> applied = migrate_one(*session.value(), options, shards);
  if (!applied.ok()) {
    return applied;
  }
  Steps steps = std::move(applied).value();
  if (const auto migrated = migrate_schemas(*session.value(), options, steps); !migrated.ok()) {
    return migrated.fault();
  }
  auto others = in_each_instance(options, unreachable, [&](Session& instance) {
    return migrate_one(instance, options, ShardCount{1});
  });
  if (!others.ok()) {
    return others.fault();
  }
  for (Migration& step : others.value()) {
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace sluice::postgres

namespace sluice {

Result<std::vector<Migration>> pending_migrations(const PostgresOptions& options) {
  using namespace postgres;
  const auto session = migrator(options);
  if (!session.ok()) {
    return session.fault();
  }
  auto steps = pending_of(*session.value(), embedded_migrations());
  if (!steps.ok()) {
    return steps;
  }
  const auto schemas = own_schemas(*session.value(), options.schema);
  if (!schemas.ok()) {
    return schemas.fault();
  }
  for (const std::string& schema : schemas.value()) {
    auto pending = pending_of(*session.value(), embedded_migrations(), schema);
    if (!pending.ok()) {
      return pending;
    }
    append(steps.value(), std::move(pending).value(), "schema " + schema);
  }
  auto others = in_each_instance(options, Unreachable::is_a_fault, [](Session& instance) {
    return pending_of(instance, embedded_migrations());
  });
  if (!others.ok()) {
    return others;
  }
  for (Migration& step : others.value()) {
    steps.value().push_back(std::move(step));
  }
  return steps;
}

Result<std::vector<Migration>> migrate_postgres(const PostgresOptions& options, ShardCount shards) {
  return postgres::migrate_all(options, shards, postgres::Unreachable::is_a_fault);
}

}  // namespace sluice
