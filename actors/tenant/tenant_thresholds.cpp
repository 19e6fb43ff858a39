// SPDX-License-Identifier: Apache-2.0
// How a tenant tells that usage reached a threshold.
#include <chrono>

#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

// Of a labelled limit the counter that the request at hand meets, if it has one of its own.
EntryId Tenant::counter_met(std::uint32_t slot) const {
  if (!plan_->planned()[slot].labelled || spending_.rare() == nullptr) {
    return EntryId{};
  }
  const Cells::Met& met = spending_.rare()->cells.met(slot);
  return met.cell != nullptr ? met.cell->id : EntryId{};
}

namespace {

/// How much of what, and of which counter: of credit, what grants gave stands for one, so that it
/// is told again once they gave more.
struct Level {
  Amount used;
  Amount size;
  EntryId counter;
};

Level level_of(const PlannedLimit& limit, const LimitState& state, const LimitReading& reading,
               EntryId counter) {
  if (limit.credit() != nullptr) {
    const Amount size = state.credit().size();
    return {state.credit().burnt(), size, EntryId{0, size.raw()}};
  }
  return {limit.is_concurrency() ? reading.held : reading.used, limit.size_terms()->size(),
          counter};
}

}  // namespace

void Tenant::announce(std::uint32_t slot, ThresholdMask reached, const Now& now,
                      Happenings& happenings) const {
  if (reached == ThresholdMask{}) {
    return;
  }
  const PlannedLimit& limit = plan_->planned()[slot];
  LimitReading reading;
  state(slot).read(limit, held(slot), now, reading);
  show_members(slot, reading);
  const Level level = level_of(limit, state(slot), reading, counter_met(slot));
  const auto thresholds = limit.size_terms()->thresholds();
  const WallTime end = state(slot).counter(limit, now).until;
  constexpr std::chrono::hours hour{1};
  const WallTime until =
      end != wall_time_never ? end : std::chrono::floor<std::chrono::hours>(now.wall) + hour;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    if ((reached.raw() >> i & 1) != 0) {
      happenings.crossed.push_back({id_, limit.id, limit.meter, thresholds[i], level.used,
                                    level.size, until, level.counter, now.wall});
    }
  }
}

}  // namespace sluice
