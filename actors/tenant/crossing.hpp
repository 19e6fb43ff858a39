// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// A limit's usage reached a threshold for the first time in its window.
struct ThresholdCrossed {
  TenantId tenant;
  LimitId limit;
  MeterId meter;
  Percent threshold;
  Amount used;
  Amount size;
  /// When the window ends. What has no end (a gauge) arms its thresholds again and again; there it
  /// is the end of the hour, so that each is told once an hour at the most.
  WallTime until{};
  EntryId counter{};  ///< Of a limit with a counter for each combination of labels: which.
  WallTime at{};
  friend bool operator==(const ThresholdCrossed&, const ThresholdCrossed&) = default;
};

/// Whether both are one condition: it is told once.
[[nodiscard]] inline bool is_same_condition(const ThresholdCrossed& a, const ThresholdCrossed& b) {
  return a.tenant == b.tenant && a.limit == b.limit && a.threshold == b.threshold &&
         a.until == b.until && a.counter == b.counter;
}

/// How many of one tenant wait for the store; further ones are not told.
inline constexpr std::size_t crossings_waiting_max = 1'024;
/// How many one decision can bring about.
inline constexpr std::size_t crossings_per_decision_max =
    limits_per_tenant_max * thresholds_per_limit_max;

}  // namespace sluice
