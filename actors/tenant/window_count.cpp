// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/window_count.hpp"

#include <algorithm>
#include <utility>

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

void WindowCount::unpace(const WindowTerms& terms, Amount taken, Amount amount, Amount back,
                         WallTime now) noexcept {
  if (paced_until <= now || now >= end) {
    return;
  }
  const Amount from = std::max(excess(taken, amount), Amount{terms.soft_limit()});
  const auto paced = [&](Amount sum) { return excess(std::min(sum, terms.size()), from); };
  const Amount left = excess(terms.size(), from);
  const Amount less = excess(paced(taken), paced(excess(taken, back)));
  if (less > Amount{}) {
    const auto rest = static_cast<std::uint64_t>((end - now).count());
    const Parts share = divide(Parts{rest} * less.raw(), left.raw());
    paced_until = std::max(now, paced_until - Duration{static_cast<std::int64_t>(share)});
  }
}

Amount WindowCount::take_back(Amount amount) noexcept {
  const Amount given = std::min(amount, used);
  used = excess(used, given);
  tally = Tally{tally.fired(), excess(tally.over(), given)};
  return given;
}

Taken WindowCount::level(const WindowTerms& terms, Amount beside) noexcept {
  const Amount all = used + beside;
  const Tally before = std::exchange(tally, Tally{terms.reached(all), excess(all, terms.size())});
  const auto fresh = static_cast<std::uint8_t>(tally.fired().raw() & ~before.fired().raw());
  return Taken{ThresholdMask{fresh}, excess(tally.over(), before.over())};
}

Amount WindowCount::give_back(const WindowTerms& terms, Amount amount) noexcept {
  const Amount given = std::min(amount, used);
  used = excess(used, given);
  const auto still = static_cast<std::uint8_t>(tally.fired().raw() & terms.reached(used).raw());
  tally = Tally{ThresholdMask{still}, excess(used, terms.size())};
  return given;
}

}  // namespace sluice
