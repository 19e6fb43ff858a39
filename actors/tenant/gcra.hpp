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
        by_interval_(rule.refill == Refill::interval),
        full_burst_(cost(rule.burst)) {
    SLUICE_INVARIANT(rule.amount > Amount{} && rule.burst > Amount{});
    SLUICE_INVARIANT(rule.per > Duration{} && rule.per <= rate_period_max);
  }

  [[nodiscard]] Amount burst() const noexcept { return burst_; }
  [[nodiscard]] Parts full_burst() const noexcept { return full_burst_; }
  /// Whether all that comes in comes at the steps, and none between them.
  [[nodiscard]] bool by_interval() const noexcept { return by_interval_; }
  /// The step that was open then: when it began. Not before 1970.
  [[nodiscard]] WallTime step_at(WallTime instant) const noexcept {
    const Duration since = instant.time_since_epoch();
    return WallTime{since - since % Duration{static_cast<std::int64_t>(parts_per_unit_)}};
  }
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
  /// How long until so many parts have passed, rounded up to the nanosecond; by interval, in whole
  /// steps.
  [[nodiscard]] Duration time(Parts parts) const noexcept {
    const Parts a_step = Parts{parts_per_nanosecond_} * parts_per_unit_;
    const Parts nanoseconds = by_interval_ ? (parts + (a_step - 1)) / a_step * parts_per_unit_
                                           : divide_up(parts, parts_per_nanosecond_);
    constexpr auto longest = static_cast<std::uint64_t>(Duration::max().count());
    return Duration{static_cast<std::int64_t>(std::min(nanoseconds, Parts{longest}))};
  }
  [[nodiscard]] Duration refill_time() const noexcept { return time(full_burst_); }

  /// Whether one is worth the other, part for part.
  [[nodiscard]] bool same_pace(const RateTerms& other) const noexcept {
    return parts_per_nanosecond_ == other.parts_per_nanosecond_ &&
           parts_per_unit_ == other.parts_per_unit_ && by_interval_ == other.by_interval_;
  }

private:
  std::uint64_t parts_per_nanosecond_;
  std::uint64_t parts_per_unit_;
  Amount burst_;
  bool by_interval_;
  Parts full_burst_;
};

/// The state of one rate: its theoretical arrival time, in parts, as two words.
///
/// A rate that is refilled by interval is the same at a clock that stands still within a step: the
/// wall clock, cut to the step that is open, and never before the one of the last charge. There all
/// is whole units, because a step is worth `amount` of them.
class ArrivalTime {
public:
  ArrivalTime() = default;  ///< Nothing was ever charged.

  // By a rule that is refilled greedily the steady clock is all that is looked at.

  /// What is owed at `now`: from nothing to a full burst.
  [[nodiscard]] Parts owed(const RateTerms& terms, const Now& now) const noexcept {
    return owed(terms, present(terms, now));
  }
  /// What was owed as of `step`.
  [[nodiscard]] Parts owed_at_step(const RateTerms& terms) const noexcept {
    return owed(terms, Instant{step_.time_since_epoch()});
  }
  /// By interval, the step of the last charge.
  [[nodiscard]] WallTime step() const noexcept { return step_; }
  /// Makes so much owed at `now`; as below.
  void owe(const RateTerms& terms, Parts owed, const Now& now) noexcept {
    const Instant present = this->present(terms, now);
    owe(terms, owed, present);
    step_ = terms.by_interval() ? WallTime{present.time_since_epoch()} : step_;
  }
  /// How long from `now` until so many of the parts that are owed have come in.
  [[nodiscard]] Duration time(const RateTerms& terms, Parts parts, const Now& now) const noexcept {
    const Duration whole = terms.time(parts);
    if (!terms.by_interval() || parts == Parts{0}) {
      return whole;
    }
    // Steps count from the begin of the present one, which may lie ahead of the clock.
    const Duration begun = present(terms, now).time_since_epoch();
    constexpr Duration longest = Duration::max();
    const Duration end = whole > longest - begun ? longest : begun + whole;
    return end - std::max(now.wall.time_since_epoch(), Duration{});
  }
  /// What came in since `then`, on the clock that the rule goes by.
  [[nodiscard]] Parts earned_since(const RateTerms& terms, WallTime then, Duration ago,
                                   const Now& now) const noexcept {
    if (!terms.by_interval()) {
      return terms.earned_in(ago);
    }
    const Duration step = terms.step_at(std::max(then, WallTime{})).time_since_epoch();
    return terms.earned_in(std::max(present(terms, now).time_since_epoch() - step, Duration{}));
  }
  /// The same under another rule: part for part if the pace stays, otherwise unit for unit.
  [[nodiscard]] ArrivalTime carried(const RateTerms& from, const RateTerms& to,
                                    const Now& now) const noexcept {
    const Parts owed = this->owed(from, now);
    ArrivalTime next;
    next.step_ = step_;
    next.owe(to, from.same_pace(to) ? owed : to.cost(from.units(owed)), now);
    return next;
  }

  // The same by one clock alone.

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
  [[nodiscard]] Instant present(const RateTerms& terms, const Now& now) const noexcept {
    return terms.by_interval()
               ? Instant{terms.step_at(std::max(now.wall, step_)).time_since_epoch()}
               : now.steady;
  }

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
  WallTime step_{};
};

}  // namespace sluice
