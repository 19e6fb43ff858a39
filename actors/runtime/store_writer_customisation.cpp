// SPDX-License-Identifier: Apache-2.0
// How what tenants customise is changed.
#include <chrono>
#include <utility>

#include "actors/runtime/store_writer.hpp"

namespace sluice {

namespace {
constexpr Duration frees_hosts_every = std::chrono::minutes{1};
/// At once: others wait so long.
constexpr std::size_t hosts_at_once = 64;
}  // namespace

Result<Customised> StoreWriter::customise(Author author, const CustomisationWish& wish) {
  const auto tenant = read(wish.tenant);
  if (!tenant.ok()) {
    return tenant.fault();
  }
  const auto before = store_->customisation(wish.tenant);
  if (!before.ok()) {
    return before.fault();
  }
  auto change = sluice::customise(before.value(), wish, tenant.value(), *shared_.tiers->catalogue(),
                                  shared_.surroundings.clock->now().wall);
  if (!change.ok()) {
    return change.fault();
  }
  const auto written = store_->change_customisation(
      deed_of(audit_of_customisation(before.value(), change.value()), std::move(author)),
      change.value());
  // Of what is in doubt only a removal is taken for done: nobody is led to a host that may be
  // another's by now. Asking again settles the others.
  const bool in_doubt = !written.ok() && written.fault().code == FaultCode::outcome_unknown;
  if (written.ok() || (in_doubt && change.value().removed)) {
    shared_.hosts->publish(wish.tenant, change.value().after.domains);
  }
  return written.ok() ? Result<Customised>{std::move(change).value().after} : written.fault();
}

void StoreWriter::free_reserved_hosts(WallTime now) {
  if (hosts_freed_at_ && now - *hosts_freed_at_ < frees_hosts_every) {
    return;
  }
  const auto pending = store_->pending_domains(now - domain_reserved_for, hosts_at_once);
  if (!pending.ok()) {
    return tell("pending_domains", pending.fault());
  }
  for (const HostedDomain& domain : pending.value()) {
    const auto freed = customise(system_author(), {domain.tenant, RemoveDomain{domain.host}});
    if (!freed.ok()) {
      return tell("free_host", freed.fault());
    }
  }
  if (pending.value().size() < hosts_at_once) {
    hosts_freed_at_ = now;
  }
}

}  // namespace sluice
