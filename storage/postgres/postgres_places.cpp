// SPDX-License-Identifier: Apache-2.0
// How the store finds the place of a tenant, and loads it from there.
#include <algorithm>
#include <utility>

#include "storage/postgres/migrations.hpp"
#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/spending_statements.hpp"
#include "storage/postgres/tenant_statements.hpp"

namespace sluice::postgres {

Result<Placement> PostgresStore::locate(TenantId tenant) {
  const auto found = places_->find(tenant, options_.call_timeout);
  if (!found) {
    return Fault{FaultCode::unavailable,
                 "the rows of tenant " + to_string(tenant) + " are being brought to another place"};
  }
  if (!found->in_doubt) {
    return found->placement;
  }
  auto stored = write<std::optional<Placement>>(
      [&](Transaction& transaction) { return select_placement(transaction, tenant); });
  if (!stored.ok()) {
    return stored.fault();
  }
  Placement placement = stored.value().value_or(Placement{});
  places_->settle(tenant, placement);
  return placement;
}

Result<Done> PostgresStore::settle_doubts() {
  for (const TenantId tenant : places_->doubtful()) {
    if (const auto located = locate(tenant); !located.ok()) {
      return located.fault();
    }
  }
  return Done{};
}

Result<PostgresStore::Reached> PostgresStore::reach(const Placement& placement, TenantId tenant,
                                                    Part part) {
  switch (placement.isolation) {
    case Isolation::shared:
      break;
    case Isolation::dedicated_schema:
      return Reached{&session_, schema_of(options_.schema, tenant), {}};
    case Isolation::dedicated_instance:
      if (part == Part::spent) {
        return reach_instance(placement.instance);
      }
      break;
  }
  return center();
}

Result<PostgresStore::Reached> PostgresStore::reach_instance(const std::string& name) {
  const auto session = instances_.session(name);
  if (!session.ok()) {
    return session.fault();
  }
  Reached at{session.value(), options_.schema, name};
  if (places_->is_ready(name)) {
    return at;
  }
  const Epoch epoch = places_->epoch();
  const auto id = read<std::string>(select_database_id);
  if (!id.ok()) {
    return id.fault();
  }
  if (const auto applied = apply_pending(*at.session, options_.schema, embedded_migrations());
      !applied.ok()) {
    return in_instance(name, applied.fault());
  }
  if (const auto furnished = furnish(*at.session, ShardCount{1}); !furnished.ok()) {
    return in_instance(name, furnished.fault());
  }
  const auto joined = at.session->transact<Done>(
      Transaction::Kind::write,
      [&](Transaction& transaction) { return join(transaction, id.value(), epoch); });
  if (!joined.ok()) {
    return in_instance(name, joined.fault());
  }
  places_->ready(name, epoch);
  return at;
}

Result<Done> PostgresStore::switching(TenantId tenant, const Placement& from, const Placement& to,
                                      const std::function<Result<Done>()>& action) {
  places_->close(tenant);
  Result<Done> done = action();
  if (!done.ok() && done.fault().code == FaultCode::outcome_unknown) {
    places_->settle(tenant, std::nullopt);
  } else {
    places_->settle(tenant, done.ok() ? to : from);
  }
  return done;
}

std::vector<std::vector<TenantId>> PostgresStore::apart(std::span<const TenantId> ids) {
  const auto elsewhere = places_->elsewhere();
  if (elsewhere == nullptr) {
    return {std::vector<TenantId>(ids.begin(), ids.end())};
  }
  std::map<std::string, std::vector<TenantId>> by_instance;
  for (const TenantId id : ids) {
    const auto at = elsewhere->find(id);
    by_instance[at == elsewhere->end() ? std::string{} : at->second.instance].push_back(id);
  }
  std::vector<std::vector<TenantId>> lists;
  for (auto& [instance, list] : by_instance) {
    lists.push_back(std::move(list));
  }
  return lists;
}

Result<std::vector<TenantRecord>> PostgresStore::load(std::span<const TenantId> ids) {
  using Records = std::vector<TenantRecord>;
  if (ids.empty()) {
    return Records{};
  }
  return while_settled<Records>([&]() -> Result<Records> {
    auto records = load_center(ids);
    if (!records.ok()) {
      return records;
    }
    std::set<std::string> instances;
    for (const TenantRecord& record : records.value()) {
      instances.insert(record.definition.placement.instance);
    }
    instances.erase("");
    for (const std::string& instance : instances) {
      if (const auto loaded = load_spent(instance, records.value()); !loaded.ok()) {
        return loaded.fault();
      }
    }
    return records;
  });
}

Result<std::vector<TenantDefinition>> PostgresStore::definitions(std::span<const TenantId> ids) {
  return read<std::vector<TenantDefinition>>([&](Transaction& transaction) {
    std::vector<TenantDefinition> definitions;
    for (TenantRecord& record : select_definitions(transaction, ids)) {
      definitions.push_back(std::move(record.definition));
    }
    return definitions;
  });
}

/// With what those spent that are not in an instance. Where each is, is said by what is read.
Result<std::vector<TenantRecord>> PostgresStore::load_center(std::span<const TenantId> ids) {
  Scope scope;
  if (ids.size() == 1) {
    scope.tenant = ids.front();
  }
  return session_.transact<std::vector<TenantRecord>>(
      Transaction::Kind::read, scope, [&](Transaction& transaction) {
        std::vector<TenantRecord> records = select_definitions(transaction, ids);
        std::vector<TenantId> shared;
        std::vector<TenantId> with_schema;
        for (const TenantRecord& record : records) {
          const Isolation isolation = record.definition.placement.isolation;
          if (isolation == Isolation::shared) {
            shared.push_back(record.definition.id);
          } else if (isolation == Isolation::dedicated_schema) {
            with_schema.push_back(record.definition.id);
          }
        }
        if (!shared.empty()) {
          select_spent(transaction, shared, records);
        }
        for (const TenantId id : with_schema) {
          transaction.enter(schema_of(options_.schema, id));
          select_spent(transaction, {&id, 1}, records);
        }
        return records;
      });
}

Result<Done> PostgresStore::load_spent(const std::string& instance,
                                       std::span<TenantRecord> records) {
  std::vector<TenantId> ids;
  for (const TenantRecord& record : records) {
    if (record.definition.placement.instance == instance) {
      ids.push_back(record.definition.id);
    }
  }
  const auto at = reach_instance(instance);
  if (!at.ok()) {
    return at.fault();
  }
  Scope scope;
  if (ids.size() == 1) {
    scope.tenant = ids.front();
  }
  return told<Done>(at.value(), at.value().session->transact<Done>(
                                    Transaction::Kind::read, scope, [&](Transaction& transaction) {
                                      select_spent(transaction, ids, records);
                                      return Done{};
                                    }));
}

Result<Done> PostgresStore::found_place(Epoch epoch, const TenantDefinition& definition,
                                        const Placement& to) {
  if (to.isolation == Isolation::shared) {
    return Done{};
  }
  if (to.isolation == Isolation::dedicated_schema) {
    const auto applied =
        apply_pending(session_, schema_of(options_.schema, definition.id), embedded_migrations());
    if (!applied.ok()) {
      return applied.fault();
    }
  }
  const auto at = reach(to, definition.id, Part::spent);
  if (!at.ok()) {
    return at.fault();
  }
  return write_at<Done>(at.value(), epoch, [&](Transaction& transaction) {
    put_referents(transaction, definition);
    return Done{};
  });
}

}  // namespace sluice::postgres
