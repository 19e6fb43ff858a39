// SPDX-License-Identifier: Apache-2.0
// Why a tenant decides as it does.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

// Windows that are over start again here as they would in the decision; what is decided does not
// depend on who looks first.
Effect Tenant::explain(std::span<const Charge> charges, const Now& now, Happenings& happenings) {
  happenings.explained = true;
  happenings.considered.clear();
  Slots restarted;
  each_meter_met(charges, *plan_, [&](const Plan::SlotRange& slots, Amount amount) {
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      if (!applies(slot)) {
        continue;
      }
      if (bring_up_to(now, slot, happenings)) {
        restarted.add(slot);
      }
      happenings.considered.push_back(consider(slot, amount, now));
    }
  });
  return mark(restarted, {}, now, happenings);
}

ConsideredLimit Tenant::consider(std::uint32_t slot, Amount amount, const Now& now) const {
  const PlannedLimit& limit = plan_->planned()[slot];
  Decision told;  // If this limit decided.
  read(slot, now, told);
  ConsideredLimit considered{told.reading, amount,
                             state(slot).verdict(limit, held(slot), amount, now), limit.shadow};
  if (considered.verdict != Verdict::fits) {
    const Duration needed = wait(slot, amount, now);
    considered.wait = needed == wait_never ? std::nullopt : std::optional{needed};
  }
  return considered;
}

}  // namespace sluice
