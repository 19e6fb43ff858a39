// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// A limit's usage reached a threshold for the first time in its window; of what is in flight, or
/// burnt of credit, for the first time since there was less of it.
struct ThresholdCrossed {
  TenantId tenant;
  LimitId limit;
  MeterId meter;
  Percent threshold;
  Amount used;
  Amount size;
  /// When the window ends; of credit, when something about its grants changes next. What has no end
  /// (a gauge, what is in flight) arms its thresholds again and again; there it is the end of the
  /// hour, so that each is told once an hour at the most.
  WallTime until{};
  /// Of a limit with a counter for each combination of labels: which. Of credit, what grants gave:
  /// once it is more, the same threshold is told again.
  EntryId counter{};
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
