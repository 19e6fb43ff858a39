// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/window_count.hpp"

namespace sluice {

/// A limit that a check met.
struct ConsideredLimit {
  LimitReading reading{};  ///< As the check found it, before it took anything.
  Amount amount{};         ///< What the check asked of it, all in all.
  Verdict verdict = Verdict::fits;
  bool shadow = false;  ///< It is never in anybody's way.
  /// How long until the amount could fit; nothing if it fits, or if no passing of time helps.
  std::optional<Duration> wait{};
  friend bool operator==(const ConsideredLimit&, const ConsideredLimit&) = default;
};

/// Why a check was decided as it was, with the numbers of that instant.
struct Explanation {
  DecisionId decision{};
  WallTime at{};
  Mode mode = Mode::normal;
  Outcome outcome = Outcome::unavailable;
  std::vector<ConsideredLimit> limits{};  ///< All that it met, in the order of its charges.
  /// On the resource that it named; one that refuses does so before any limit.
  ShareVerdict sharing = ShareVerdict::none;
  friend bool operator==(const Explanation&, const Explanation&) = default;
};

/// The most explanations that one question is answered with.
inline constexpr std::size_t explanations_told_max = 100;

/// Which of a tenant's explanations are meant.
struct ExplanationQuery {
  TenantId tenant{};
  DecisionId decision{};       ///< Zero: the latest ones.
  std::size_t count_max = 20;  ///< Of the latest ones, 1 to `explanations_told_max`.
};

}  // namespace sluice
