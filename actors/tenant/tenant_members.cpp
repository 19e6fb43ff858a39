// SPDX-License-Identifier: Apache-2.0
// How members take their places on the gauges of a meter.
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

void Tenant::seat(Seats seats) {
  const Slots taken = seat_slots(seats.meter);
  if (spending_.rare() == nullptr && (taken.empty() || seats.members == 0)) {
    return;
  }
  Rare& own = rare();
  const Slots left = seat_slots(own.seats.meter);
  for (std::uint32_t slot = 0; slot < plan_->planned().size(); ++slot) {
    if (left.has(slot)) {
      own.ledger.let_go(slot, Amount{own.seats.members});
    }
    if (taken.has(slot)) {
      own.ledger.hold(slot, Amount{seats.members});
    }
  }
  own.seats = seats;
}

std::uint32_t Tenant::members() const noexcept {
  const Rare* const rare = spending_.rare();
  return rare == nullptr ? 0 : rare->seats.members;
}

bool Tenant::has_seat(MeterId meter, const Now& now) const {
  const Slots asked = seat_slots(meter);
  for (std::uint32_t slot = 0; slot < plan_->planned().size(); ++slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (asked.has(slot) && !limit.shadow &&
        state(slot).verdict(limit, held(slot), Amount{1}, now) != Verdict::fits) {
      return false;
    }
  }
  return true;
}

Slots Tenant::seat_slots(MeterId meter) const noexcept {
  Slots found;
  const Plan::SlotRange slots = plan_->slots_of(meter);
  for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (limit.is_gauge() && !limit.labelled) {
      found.add(slot);
    }
  }
  return found;
}

void Tenant::show_members(std::uint32_t slot, LimitReading& reading) const {
  const Rare* const rare = spending_.rare();
  if (rare != nullptr && rare->seats.members > 0 && seat_slots(rare->seats.meter).has(slot)) {
    const Amount seated{rare->seats.members};
    reading.used = reading.used + seated;
    reading.held = excess(reading.held, seated);
  }
}

}  // namespace sluice
