// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about customisations and domains.
#include "storage/postgres/customisation_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"

namespace sluice::postgres {

Result<Customised> PostgresStore::customisation(TenantId tenant) {
  return read_of<Customised>(tenant, Part::managed, [&](Transaction& transaction) {
    Customised found{.custom = select_customisation(transaction, tenant)};
    transaction.enter(options_.schema);
    found.domains = select_domains(transaction, tenant);
    return found;
  });
}

// How many domains there are in all is asked before it is confined to the tenant.
Result<Done> PostgresStore::change_customisation(const Deed& deed,
                                                 const CustomisationChange& change) {
  const auto placement = locate(change.tenant);
  if (!placement.ok()) {
    return placement.fault();
  }
  const auto at = reach(placement.value(), change.tenant, Part::managed);
  if (!at.ok()) {
    return at.fault();
  }
  return write_as<Done>(deed, [&](Transaction& transaction) -> Result<Done> {
    if (auto room = check_room_for(transaction, change); !room.ok()) {
      return room;
    }
    transaction.confine_to(change.tenant);
    if (change.put) {
      transaction.enter(at.value().schema);
    }
    return write_customisation(transaction, change);
  });
}

Result<std::vector<HostedDomain>> PostgresStore::hosted_domains() {
  return read<std::vector<HostedDomain>>(select_hosted);
}

Result<std::vector<HostedDomain>> PostgresStore::pending_domains(WallTime added_before,
                                                                 std::size_t count_max) {
  return read<std::vector<HostedDomain>>([&](Transaction& transaction) {
    return select_pending(transaction, added_before, count_max);
  });
}

}  // namespace sluice::postgres
