// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/amount.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

#include <algorithm>
#include <cstdint>

namespace sluice {

/// GCRA, the token bucket that needs only one number: the theoretical arrival time, up to which
/// everything admitted so far would keep the steady rate busy. What lies between now and then is
/// owed, and at most a full burst may be owed.
///
/// Time and amounts meet in *parts*, so that every term is an integer and nothing is ever rounded:
/// with `amount` for each `per`, one nanosecond has `amount` parts and one unit costs `per` parts.
/// No valid rule can overflow 128 bits: an instant is below 2^64 ns of at most 2^63 parts, and a
/// full burst costs at most 2^63 units x 2^55 parts.
__extension__ typedef unsigned __int128 Parts;

static_assert(static_cast<std::uint64_t>(rate_period_max.count()) < std::uint64_t{1} << 55);

/// The quotient, without the slow 128-bit division where it is not needed.
[[nodiscard]] inline Parts divide(Parts dividend, std::uint64_t divisor) noexcept {
  if (dividend >> 64 == 0) [[likely]] {
    return static_cast<std::uint64_t>(dividend) / divisor;
  }
  return dividend / divisor;
}

[[nodiscard]] inline Parts divide_up(Parts dividend, std::uint64_t divisor) noexcept {
  return divide(dividend + (divisor - 1), divisor);
}

/// A wait that no passing of time ends.
inline constexpr Duration wait_never = Duration::max();

/// A rate rule with what deciding needs worked out.
///
/// Role       A value; says what an amount owed means under this rule.
/// Threading  Immutable.
/// Ownership  None.
/// Units      Parts, as explained above.
/// Errors     The rule must be valid; otherwise a broken invariant.
/// Cost       Multiplications; divisions where a number for people comes out.
class RateTerms {
public:
  explicit RateTerms(const RateRule& rule)
      : parts_per_nanosecond_(rule.amount.raw()),
        parts_per_unit_(static_cast<std::uint64_t>(rule.per.count())),
        burst_(rule.burst),
        full_burst_(cost(rule.burst)) {
    SLUICE_INVARIANT(rule.amount > Amount{} && rule.burst > Amount{});
    SLUICE_INVARIANT(rule.per > Duration{} && rule.per <= rate_period_max);
  }

  [[nodiscard]] Amount burst() const noexcept { return burst_; }
  [[nodiscard]] Parts full_burst() const noexcept { return full_burst_; }
  /// Parts from the beginning of all time to this instant.
  [[nodiscard]] Parts at(Instant instant) const noexcept {
    // Flipping the sign bit maps the earliest instant to 0 and keeps the order.
    const auto raw = static_cast<std::uint64_t>(instant.time_since_epoch().count());
    return Parts{raw ^ (std::uint64_t{1} << 63)} * parts_per_nanosecond_;
  }
  [[nodiscard]] Parts cost(Amount amount) const noexcept {
    return Parts{amount.raw()} * parts_per_unit_;
  }
  /// What is owed after so much time without charges has passed instead of a full burst's.
  [[nodiscard]] Parts earned_in(Duration elapsed) const noexcept {
    return Parts{static_cast<std::uint64_t>(elapsed.count())} * parts_per_nanosecond_;
  }

  /// Whole units that could be charged at once.
  [[nodiscard]] Amount remaining(Parts owed) const noexcept {
    return Amount{static_cast<std::uint64_t>(divide(full_burst_ - owed, parts_per_unit_))};
  }
  /// Units behind what is owed, the started one included.
  [[nodiscard]] Amount units(Parts owed) const noexcept {
    return Amount{static_cast<std::uint64_t>(divide_up(owed, parts_per_unit_))};
  }
  /// How long until so many parts have passed, rounded up to the nanosecond.
  [[nodiscard]] Duration time(Parts parts) const noexcept {
    const Parts nanoseconds = divide_up(parts, parts_per_nanosecond_);
    constexpr auto longest = static_cast<std::uint64_t>(Duration::max().count());
    return Duration{static_cast<std::int64_t>(std::min(nanoseconds, Parts{longest}))};
  }
  [[nodiscard]] Duration refill_time() const noexcept { return time(full_burst_); }

  /// Whether one is worth the other, part for part.
  [[nodiscard]] bool same_pace(const RateTerms& other) const noexcept {
    return parts_per_nanosecond_ == other.parts_per_nanosecond_ &&
           parts_per_unit_ == other.parts_per_unit_;
  }

private:
  std::uint64_t parts_per_nanosecond_;
  std::uint64_t parts_per_unit_;
  Amount burst_;
  Parts full_burst_;
};

/// The state of one rate: its theoretical arrival time, in parts, as two words.
class ArrivalTime {
public:
  ArrivalTime() = default;  ///< Nothing was ever charged.

  /// What is owed at `now`: from nothing to a full burst.
  [[nodiscard]] Parts owed(const RateTerms& terms, Instant now) const noexcept {
    const Parts arrival = (Parts{high_} << 64) | low_;
    const Parts present = terms.at(now);
    return arrival > present ? std::min(arrival - present, terms.full_burst()) : Parts{0};
  }
  /// Makes so much owed at `now`. More than a full burst is cut to it: a rate that only alerts does
  /// not run up a debt that would outlast its burst.
  void owe(const RateTerms& terms, Parts owed, Instant now) noexcept {
    const Parts arrival = terms.at(now) + std::min(owed, terms.full_burst());
    high_ = static_cast<std::uint64_t>(arrival >> 64);
    low_ = static_cast<std::uint64_t>(arrival);
  }

private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace sluice
