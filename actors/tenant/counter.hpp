// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// One bit for each threshold of a limit that has been reported in the current window, the lowest
/// first. It goes with the limit's list of thresholds: when that changes, `Tenant::adopt` moves the
/// bits, by percent.
using ThresholdMask = Strong<struct ThresholdMaskTag, std::uint8_t>;

/// Those of `after` that are not among `before`.
[[nodiscard]] constexpr ThresholdMask newly(ThresholdMask before, ThresholdMask after) noexcept {
  return ThresholdMask{static_cast<std::uint8_t>(after.raw() & ~before.raw())};
}

/// The state of one limit as it is stored: absolute, so that writing it twice is writing it once.
/// For a window `used` is what was spent and `until` when the window ends; for a sliding one the
/// same of the present span; for what is in flight, neither; for a rate `until` is the theoretical
/// arrival time on the wall clock, rounded up, and `used` is zero, but for one that is refilled by
/// interval: there `used` is what is missing as of the step in `paced_until`. For credit `until` is
/// when something about its grants changes.
struct Counter {
  LimitId limit;
  Amount used;
  WallTime until;
  ThresholdMask fired;
  Amount over{};           ///< Units that passed the size in this window; of credit, what is owed.
  Amount previous{};       ///< Of a sliding window: what was spent in the span before; of credit,
                           ///< what grants have left.
  WallTime paced_until{};  ///< Of a throttled window: nothing is admitted before; of credit, when
                           ///< its grants were settled last; of a rate by interval, its step.
  friend bool operator==(const Counter&, const Counter&) = default;
};

}  // namespace sluice
