// SPDX-License-Identifier: Apache-2.0
// How definitions are written, with what refers to them elsewhere.
#include <utility>

#include "storage/postgres/key_statements.hpp"
#include "storage/postgres/member_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/tenant_statements.hpp"

namespace sluice::postgres {

Result<Done> PostgresStore::create(const Deed& deed, const TenantDefinition& definition) {
  return write_new(deed, definition, nullptr);
}

Result<Done> PostgresStore::replace(const Deed& deed, const TenantDefinition& definition) {
  return write_changed(deed, definition, nullptr);
}

Result<Done> PostgresStore::change_members(const Deed& deed, const MemberChange& change) {
  const TenantDefinition& definition = change.definition;
  return definition.version == Version{1} ? write_new(deed, definition, &change)
                                          : write_changed(deed, definition, &change);
}

// The place is made before, and is a leftover until the tenant is there.
Result<Done> PostgresStore::write_new(const Deed& deed, const TenantDefinition& definition,
                                      const MemberChange* members) {
  const TenantId id = definition.id;
  const Placement& to = definition.placement;
  const auto insert = [&](Transaction& transaction) {
    insert_tenants(transaction, {&definition, 1});
    if (members != nullptr) {
      write_members(transaction, *members);
    }
    return Done{};
  };
  if (to.isolation == Isolation::shared) {
    return write_of<Done>(id, deed, insert);
  }
  const auto from = locate(id);
  if (!from.ok() || from.value() != Placement{}) {
    return from.ok() ? Fault{FaultCode::already_exists, "id is taken"} : from.fault();
  }
  Rest rest = Rest::some;
  while (rest == Rest::some) {
    const auto prepared = prepare_move(deed.epoch, definition, to);
    if (!prepared.ok()) {
      return prepared.fault();
    }
    rest = prepared.value();
  }
  move_.reset();
  return switching(id, {}, to, [&] {
    return write_as<Done>(deed, [&](Transaction& transaction) -> Result<Done> {
      forget_leftover(transaction, id, to);
      transaction.confine_to(id);
      insert_tenants(transaction, {&definition, 1});
      set_placement(transaction, id, to);
      if (members == nullptr) {
        return Done{};
      }
      if (to.isolation == Isolation::dedicated_schema) {
        transaction.enter(schema_of(options_.schema, id));
      }
      write_members(transaction, *members);
      transaction.enter(options_.schema);
      index_members(transaction, id,
                    to.isolation == Isolation::dedicated_schema
                        ? std::optional{schema_of(options_.schema, id)}
                        : std::nullopt);
      return Done{};
    });
  });
}

// In an instance, what is new is there before the definition says it, and what is gone goes after.
Result<Done> PostgresStore::write_changed(const Deed& deed, const TenantDefinition& definition,
                                          const MemberChange* members) {
  const TenantId id = definition.id;
  const Result<Placement> where = locate(id);
  if (!where.ok()) {
    return where.fault();
  }
  const bool has_instance = where.value().isolation == Isolation::dedicated_instance;
  const bool has_schema = where.value().isolation == Isolation::dedicated_schema;
  const auto at = reach(where.value(), id, Part::spent);
  if (!at.ok()) {
    return at.fault();
  }
  if (has_instance) {
    const auto written = write_at<Done>(at.value(), deed.epoch, [&](Transaction& transaction) {
      put_referents(transaction, definition);
      return Done{};
    });
    if (!written.ok()) {
      return written;
    }
  }
  Result<Done> written = write_of<Done>(id, deed, [&](Transaction& transaction) -> Result<Done> {
    if (auto replaced = replace_tenant(transaction, definition); !replaced.ok()) {
      return replaced;
    }
    if (has_schema && members != nullptr) {
      index_change(transaction, *members);
    }
    if (has_schema) {
      transaction.enter(at.value().schema);
      put_referents(transaction, definition);
      prune_referents(transaction, definition);
    }
    if (members != nullptr) {
      write_members(transaction, *members);
    }
    return Done{};
  });
  if (written.ok() && has_instance) {
    // What stays of a limit that is gone is not loaded, and goes with the next change.
    static_cast<void>(write_at<Done>(at.value(), deed.epoch, [&](Transaction& transaction) {
      prune_referents(transaction, definition);
      return Done{};
    }));
  }
  return written;
}

Result<Done> PostgresStore::remove(const Deed& deed, TenantId id) {
  const Result<Placement> where = locate(id);
  if (!where.ok()) {
    return where.fault();
  }
  const Placement from = where.value();
  if (move_ && move_->tenant == id) {
    move_.reset();  // Or what it has copied would be kept for it.
  }
  const auto remove_from_center = [&] {
    return write_as<Done>(deed, [&](Transaction& transaction) {
      if (from.isolation != Isolation::shared) {
        put_leftover(transaction, id, from);
      }
      uncover(transaction, id);
      transaction.confine_to(id);
      return delete_tenant(transaction, id);
    });
  };
  return from.isolation == Isolation::shared ? remove_from_center()
                                             : switching(id, from, {}, remove_from_center);
}

}  // namespace sluice::postgres
