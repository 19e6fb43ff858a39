// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/time.hpp"

#include <type_traits>

namespace sluice {

/// What one limit of one tenant remembers.
///
/// Role       Pure state in 24 bytes, without a tag: the limit, which comes in with each call and
///            must be the same one each time, says whether it is a window or a rate.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  None.
/// Units      Of the limit's meter. Rates go by `Now::steady`, windows by `Now::wall`; each is
///            blind to the other clock.
/// Errors     None.
/// Cost       A few instructions, but for a window that starts again (see `Calendar`) and for
///            `read`, `remaining` and `wait`, which divide.
class LimitState {
public:
  LimitState() : window_{} {}

  /// Unused at `now`.
  static LimitState fresh(const PlannedLimit& limit, const Calendar& calendar, const Now& now);
  static LimitState restored(const PlannedLimit& limit, const Counter& counter, const Now& now);
  /// What is used goes on counting under a changed limit and calendar.
  [[nodiscard]] LimitState carried(const PlannedLimit& from, const Calendar& from_calendar,
                                   const PlannedLimit& to, const Calendar& to_calendar,
                                   const Now& now) const;
  [[nodiscard]] Counter counter(const PlannedLimit& limit, const Now& now) const;

  /// Whether this is a window that has ended.
  [[nodiscard]] bool over(const PlannedLimit& limit, const Now& now) const {
    return std::holds_alternative<WindowTerms>(limit.terms) && window_.over(now.wall);
  }
  /// Of a window: when it ends.
  [[nodiscard]] WallTime end() const { return window_.end; }
  /// Starts the window again if it has ended. Whether it had.
  bool roll(const PlannedLimit& limit, const Calendar& calendar, const Now& now) {
    const auto* terms = std::get_if<WindowTerms>(&limit.terms);
    if (terms == nullptr || !window_.over(now.wall)) [[likely]] {
      return false;
    }
    window_.restart(*terms, calendar, now.wall);
    return true;
  }

  // The following speak of the window that is open; so call `roll` first.

  /// Whether the amount may be taken whole. Nothing always fits.
  [[nodiscard]] bool fits(const PlannedLimit& limit, Amount amount, const Now& now) const {
    if (amount == Amount{}) {
      return true;
    }
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      return terms->fits(window_.used, amount);
    }
    const auto& terms = *std::get_if<RateTerms>(&limit.terms);
    return rate_.owed(terms, now.steady) + terms.cost(amount) <= terms.full_burst();
  }
  /// How long until an amount that does not fit will; `wait_never` if time does not help.
  [[nodiscard]] Duration wait(const PlannedLimit& limit, Amount amount, const Now& now) const;
  /// Takes the amount, whether or not it fits; sums saturate. The thresholds that this reached.
  ThresholdMask take(const PlannedLimit& limit, Amount amount, const Now& now) {
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      window_.used = window_.used + amount;
      return window_.fire(*terms);
    }
    const auto& terms = *std::get_if<RateTerms>(&limit.terms);
    rate_.owe(terms, rate_.owed(terms, now.steady) + terms.cost(amount), now.steady);
    return ThresholdMask{};
  }

  [[nodiscard]] bool passes_soft_limit(const PlannedLimit& limit) const {
    const auto* terms = std::get_if<WindowTerms>(&limit.terms);
    return terms != nullptr && terms->passes_soft_limit(window_.used);
  }
  [[nodiscard]] Amount remaining(const PlannedLimit& limit, const Now& now) const {
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      return terms->remaining(window_.used);
    }
    const auto& terms = *std::get_if<RateTerms>(&limit.terms);
    return terms.remaining(rate_.owed(terms, now.steady));
  }
  /// What was used of a window.
  [[nodiscard]] Amount used() const { return window_.used; }
  /// Writes all of `reading`, in place: a decision is too often made to copy it once more.
  void read(const PlannedLimit& limit, const Now& now, LimitReading& reading) const;
  /// The window's span; for a rate, from now until the burst is full.
  [[nodiscard]] Window window(const PlannedLimit& limit, const Calendar& calendar,
                              const Now& now) const;

private:
  explicit LimitState(WindowCount window) : window_(window) {}
  explicit LimitState(ArrivalTime rate) : rate_(rate) {}

  union {
    WindowCount window_;
    ArrivalTime rate_;
  };
};

static_assert(sizeof(LimitState) == 24 && std::is_trivially_copyable_v<LimitState>);

}  // namespace sluice
