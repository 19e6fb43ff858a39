// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/window_count.hpp"

#include <algorithm>

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {

void WindowCount::restart(const WindowTerms& terms, const Calendar& calendar, WallTime now) {
  const Window window = calendar.window_at(terms.period, now);
  SLUICE_INVARIANT(window.end > now || window.end == wall_time_never);
  *this = WindowCount{.end = window.end};
}

void WindowCount::pace(const WindowTerms& terms, Amount before, Amount amount,
                       WallTime now) noexcept {
  const Amount from = std::max(before, Amount{terms.soft_limit()});
  const Amount left = excess(terms.size(), from);
  const Amount taken = std::min(excess(before + amount, from), left);
  if (taken > Amount{} && now < end) {
    const auto rest = static_cast<std::uint64_t>((end - now).count());
    const Parts share = divide_up(Parts{rest} * taken.raw(), left.raw());
    paced_until = now + Duration{static_cast<std::int64_t>(share)};
  }
}

Amount WindowCount::give_back(const WindowTerms& terms, Amount amount) noexcept {
  const Amount given = std::min(amount, used);
  used = excess(used, given);
  const auto still = static_cast<std::uint8_t>(tally.fired().raw() & terms.reached(used).raw());
  tally = Tally{ThresholdMask{still}, excess(used, terms.size())};
  return given;
}

}  // namespace sluice
