// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>

#include "actors/tenant/invariant.hpp"

namespace sluice {

/// How much of a meter: a count of the meter's unit, from 0 to 2^63-1 (what every store and every
/// language behind the wire can hold).
///
/// Its arithmetic is a decision: `+` saturates, and subtraction is spelt `excess(a, b)`, which is
/// never below zero, so no reader wonders about wrap-around.
class Amount {
public:
  constexpr Amount() = default;
  constexpr explicit Amount(std::uint64_t raw) : raw_(raw) { SLUICE_INVARIANT(raw <= max_raw); }

  static constexpr std::uint64_t max_raw = std::numeric_limits<std::int64_t>::max();
  static constexpr Amount max() { return Amount{max_raw}; }

  [[nodiscard]] constexpr std::uint64_t raw() const noexcept { return raw_; }

  friend constexpr Amount operator+(Amount a, Amount b) noexcept {
    // Both are below 2^63, so the sum cannot wrap before it is clamped.
    return Amount{std::min(a.raw_ + b.raw_, max_raw)};
  }
  /// What `a` has beyond `b`; zero if it has nothing beyond.
  friend constexpr Amount excess(Amount a, Amount b) noexcept {
    return Amount{a.raw_ > b.raw_ ? a.raw_ - b.raw_ : 0};
  }
  friend constexpr auto operator<=>(Amount, Amount) = default;

private:
  std::uint64_t raw_ = 0;
};

}  // namespace sluice
