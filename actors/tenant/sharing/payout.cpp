// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/payout.hpp"

#include <string>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {

static_assert(cost_micros_max <= Amount::max_raw / payout_lines_max);

bool is_due(const UnpaidPool& pool, PayoutSchedule schedule) noexcept {
  return pool.schedule == schedule && pool.owner_micros > 0 &&
         pool.owner_micros >= pool.minimum_payout_micros;
}

std::vector<DuePayout> due_payouts(std::span<const UnpaidPool> pools, PayoutSchedule schedule) {
  std::vector<DuePayout> due;
  for (const UnpaidPool& pool : pools) {
    if (!is_due(pool, schedule)) {
      continue;
    }
    if (due.empty() || due.back().owner != pool.owner || due.back().currency != pool.currency) {
      due.push_back({pool.owner, pool.currency, {}});
    }
    due.back().policies.push_back(pool.policy);
  }
  return due;
}

Payout payout_of(const DuePayout& due, PayoutSchedule schedule, WallTime through,
                 std::span<const UnpaidLine> lines, WallTime now) {
  SLUICE_INVARIANT(!lines.empty() && lines.size() <= payout_lines_max);
  Payout payout{.key = {due.owner, due.currency, 0},
                .schedule = schedule,
                .through = through,
                .lines = static_cast<std::uint32_t>(lines.size()),
                .made_at = now};
  for (const UnpaidLine& line : lines) {
    payout.amount_micros += line.owner_micros;
  }
  return payout;
}

Result<Done> validate_payout_reference(std::string_view reference) {
  if (const auto objection = object_to_prose(reference, payout_reference_characters_max)) {
    return Fault{FaultCode::invalid_argument, std::string{"reference: "}.append(*objection)};
  }
  return Done{};
}

}  // namespace sluice
