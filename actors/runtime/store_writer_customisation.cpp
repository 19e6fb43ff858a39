// SPDX-License-Identifier: Apache-2.0
// How what tenants customise is changed.
#include <utility>

#include "actors/runtime/store_writer.hpp"

namespace sluice {

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

}  // namespace sluice
