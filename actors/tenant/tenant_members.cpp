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

Effect Tenant::note_members(const Now& now, Happenings& happenings) {
  if (spending_.rare() == nullptr) {
    return Effect::none;
  }
  const Slots seats = seat_slots(spending_.rare()->seats.meter);
  Slots changed;
  for (std::uint32_t slot = 0; slot < plan_->planned().size(); ++slot) {
    if (!seats.has(slot)) {
      continue;
    }
    const PlannedLimit& limit = plan_->planned()[slot];
    const Counter before = state(slot).counter(limit, now);
    const Taken taken = state(slot).level(limit, seated(slot));
    announce(slot, taken.reached, now, happenings);
    if (state(slot).counter(limit, now) != before) {
      changed.add(slot);
    }
  }
  return mark(changed, {}, now, happenings);
}

Taken Tenant::take_beside_members(std::uint32_t slot, LimitState& state, Amount amount,
                                  const Now& now) {
  const PlannedLimit& limit = plan_->planned()[slot];
  const Taken taken = state.take(limit, amount, now);
  const Amount members = seated(slot);
  if (members == Amount{}) {
    return taken;
  }
  const Taken level = state.level(limit, members);
  const auto reached = static_cast<std::uint8_t>(taken.reached.raw() | level.reached.raw());
  return Taken{ThresholdMask{reached}, taken.over + level.over};
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

Amount Tenant::seated(std::uint32_t slot) const noexcept {
  const Rare* const rare = spending_.rare();
  const bool has_members = rare != nullptr && rare->seats.members > 0;
  return has_members && seat_slots(rare->seats.meter).has(slot) ? Amount{rare->seats.members}
                                                                : Amount{};
}

void Tenant::show_members(std::uint32_t slot, LimitReading& reading) const {
  const Amount members = seated(slot);
  reading.used = reading.used + members;
  reading.held = excess(reading.held, members);
}

}  // namespace sluice
