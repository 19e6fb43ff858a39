// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/window_count.hpp"

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/invariant.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// The least amount that is at least this share of the size.
std::uint64_t mark_of(Amount size, Percent share) {
  return static_cast<std::uint64_t>(divide_up(Parts{size.raw()} * share.raw(), 100));
}

}  // namespace

WindowTerms::WindowTerms(const WindowRule& rule, const Limit& limit)
    : size_(rule.size.value_or(Amount::max())),
      period_(rule.period),
      bounded_(rule.size.has_value()) {
  SLUICE_INVARIANT(limit.thresholds.size() <= thresholds_per_limit_max);
  if (limit.soft_limit) {
    soft_limit_ = limit.soft_limit->raw();
  }
  // Without a size none is ever reached, but what has fired is remembered until there is one again.
  marks_.fill(out_of_reach);
  for (const Percent share : limit.thresholds) {
    percents_[threshold_count_] = share;
    marks_[threshold_count_] = bounded_ ? mark_of(size_, share) : out_of_reach;
    ++threshold_count_;
  }
}

ThresholdMask WindowTerms::count_reached(Amount used) const noexcept {
  // Thresholds ascend, so what is reached is the lowest few.
  const auto end = std::upper_bound(marks_.begin(), marks_.begin() + threshold_count_, used.raw());
  return ThresholdMask{static_cast<std::uint8_t>((1U << (end - marks_.begin())) - 1)};
}

ThresholdMask WindowTerms::translate(ThresholdMask fired, const WindowTerms& other) const {
  std::uint8_t bits = 0;
  const auto ours = thresholds();
  const auto theirs = other.thresholds();
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const auto same = std::find(ours.begin(), ours.end(), theirs[i]);
    if ((fired.raw() >> i & 1) != 0 && same != ours.end()) {
      bits = static_cast<std::uint8_t>(bits | 1U << (same - ours.begin()));
    }
  }
  return ThresholdMask{bits};
}

void WindowCount::restart(const WindowTerms& terms, const Calendar& calendar, WallTime now) {
  const Window window = calendar.window_at(terms.period(), now);
  SLUICE_INVARIANT(window.end > now || window.end == wall_time_never);
  used = Amount{};
  end = window.end;
  fired = ThresholdMask{};
}

}  // namespace sluice
