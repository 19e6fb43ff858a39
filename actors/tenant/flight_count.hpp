// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/size_terms.hpp"

namespace sluice {

/// What a limit on what is in flight remembers beside what is held: which thresholds were reached
/// and not fallen below since. So one that is reached is told of once, and again only after less
/// was in flight.
struct FlightCount {
  ThresholdMask reached{};

  /// So much is in flight by now. Thresholds that were not reached before.
  ThresholdMask follow(const SizeTerms& terms, Amount held) noexcept {
    const ThresholdMask before = std::exchange(reached, terms.reached(held));
    return newly(before, reached);
  }
};

}  // namespace sluice
