// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/credit_count.hpp"
#include "actors/tenant/flight_count.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

#include <type_traits>

namespace sluice {

/// What one limit of one tenant remembers.
///
/// Role       Pure state in 32 bytes, without a tag: the limit, which comes in with each call and
///            must be the same one each time, says which kind it is.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  None.
/// Units      Of the limit's meter. Rates go by `Now::steady`, windows and rates that are refilled
///            by interval by `Now::wall`; each is blind to the other clock.
/// Errors     None.
/// Cost       A few instructions, but for a window that starts again (see `Calendar`), and for
///            `read`, `remaining`, `wait` and sliding windows, which divide.
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

  /// Whether this is a calendar's window that has ended, or credit of which something changed.
  [[nodiscard]] bool over(const PlannedLimit& limit, const Now& now) const {
    if (std::holds_alternative<WindowTerms>(limit.terms)) {
      return window_.over(now.wall);
    }
    return limit.credit() != nullptr && credit_.over(now.wall);
  }
  /// Of credit; what goes on beside it is the business of its `CreditAccount`.
  [[nodiscard]] CreditCount& credit() noexcept { return credit_; }
  [[nodiscard]] const CreditCount& credit() const noexcept { return credit_; }
  /// A calendar's window as history would have it if it ended with what was used so far.
  [[nodiscard]] ClosedWindow closed(const PlannedLimit& limit) const;
  /// Units above the size in the window that is open; of credit, what is owed.
  [[nodiscard]] Amount over_size(const PlannedLimit& limit) const {
    if (std::holds_alternative<WindowTerms>(limit.terms)) {
      return window_.tally.over();
    }
    return limit.credit() != nullptr ? credit_.owed : Amount{};
  }
  /// Starts a window that has ended again.
  void roll(const PlannedLimit& limit, const Calendar& calendar, const Now& now) {
    const auto* terms = std::get_if<WindowTerms>(&limit.terms);
    if (terms != nullptr && window_.over(now.wall)) {
      window_.restart(*terms, calendar, now.wall);
    }
    slide(limit, now);
  }
  /// Of a sliding window: goes on to the span that is open now.
  void slide(const PlannedLimit& limit, const Now& now) {
    if (const auto* terms = std::get_if<SlidingTerms>(&limit.terms)) {
      sliding_.advance(*terms, now.wall);
    }
  }

  // The following speak of the window that is open; so call `roll` first.

  /// Whether the amount may be taken whole. Nothing always fits.
  [[nodiscard]] Verdict verdict(const PlannedLimit& limit, Amount held, Amount amount,
                                const Now& now) const {
    if (amount == Amount{}) {
      return Verdict::fits;
    }
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      return window_.verdict(*terms, held, amount, now.wall);
    }
    if (const auto* terms = std::get_if<SlidingTerms>(&limit.terms)) {
      return sliding_.verdict(*terms, held, amount, now.wall);
    }
    if (const auto* terms = std::get_if<ConcurrencyTerms>(&limit.terms)) {
      return terms->fits(held, amount) ? Verdict::fits : Verdict::full;
    }
    if (const CreditTerms* const terms = limit.credit()) {
      return credit_.verdict(*terms, held, amount);
    }
    const auto& terms = *std::get_if<RateTerms>(&limit.terms);
    const bool fits = limit.enforcement != Enforcement::block ||
                      rate_.owed(terms, now) + terms.cost(amount) <= terms.full_burst();
    return fits ? Verdict::fits : Verdict::full;
  }
  /// How long until an amount that does not fit will; `wait_never` if time does not help, or if it
  /// is credit, of which only its account knows.
  [[nodiscard]] Duration wait(const PlannedLimit& limit, Amount held, Amount amount,
                              const Now& now) const;
  /// The most that may be taken now.
  [[nodiscard]] Amount room(const PlannedLimit& limit, Amount held, const Now& now) const;
  /// Spreads what comes after this amount, if the limit throttles.
  void pace(const PlannedLimit& limit, Amount held, Amount amount, const Now& now) {
    const auto* terms = std::get_if<WindowTerms>(&limit.terms);
    if (terms != nullptr && terms->paces()) [[unlikely]] {
      window_.pace(*terms, window_.used + held, amount, now.wall);
    }
  }
  /// Of what is used and held, `amount` was taken, and so much of it is about to be given back.
  void unpace(const PlannedLimit& limit, Amount held, Amount amount, Amount back, const Now& now) {
    const auto* terms = std::get_if<WindowTerms>(&limit.terms);
    if (terms != nullptr && terms->paces()) [[unlikely]] {
      window_.unpace(*terms, window_.used + held, amount, back, now.wall);
    }
  }
  /// Takes the amount, whether or not it fits; sums saturate.
  Taken take(const PlannedLimit& limit, Amount amount, const Now& now) {
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      return window_.take(*terms, amount);
    }
    if (const auto* terms = std::get_if<SlidingTerms>(&limit.terms)) {
      return sliding_.take(*terms, amount, now.wall);
    }
    if (std::holds_alternative<ConcurrencyTerms>(limit.terms)) {
      return Taken{};  // What is over is not in flight.
    }
    if (const CreditTerms* const terms = limit.credit()) {
      const ThresholdMask before = credit_.reached(*terms);
      Taken taken = credit_.take(amount);
      taken.reached = newly(before, credit_.reached(*terms));
      return taken;
    }
    const auto& terms = *std::get_if<RateTerms>(&limit.terms);
    rate_.owe(terms, rate_.owed(terms, now) + terms.cost(amount), now);
    return Taken{};
  }
  /// Of what is in flight, which is so much by now: see `FlightCount::follow`. Nothing of others.
  ThresholdMask follow(const PlannedLimit& limit, Amount held) {
    const auto* terms = std::get_if<ConcurrencyTerms>(&limit.terms);
    return terms == nullptr ? ThresholdMask{} : flight_.follow(*terms, held);
  }
  /// Of a gauge: gives back, down to zero; how much.
  Amount give_back(const PlannedLimit& limit, Amount amount) {
    return window_.give_back(std::get<WindowTerms>(limit.terms), amount);
  }
  /// When something was taken, by either clock.
  struct Past {
    WallTime at;
    Duration ago;
  };
  /// Gives back what was taken then, as far as it still counts: in the window that is open, or the
  /// span before it, down to zero; of a rate as `refund` does. How much, which of a rate is all.
  /// Credit is the business of its account.
  Amount take_back(const PlannedLimit& limit, const Calendar& calendar, Amount held, Amount amount,
                   const Past& past, const Now& now);
  /// Of a gauge, beside which so much is counted: see `WindowCount::level`.
  Taken level(const PlannedLimit& limit, Amount beside) {
    return window_.level(std::get<WindowTerms>(limit.terms), beside);
  }
  /// Of a rate, which was charged then: gives the amount back, as far as it surely has not come
  /// back by itself. What flowed in since may have been wasted on a full burst without the charge.
  void refund(const PlannedLimit& limit, Amount amount, const Past& past, const Now& now);

  [[nodiscard]] bool passes_soft_limit(const PlannedLimit& limit, Amount held,
                                       const Now& now) const {
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      return terms->passes_soft_limit(window_.used + held);
    }
    if (const auto* terms = std::get_if<ConcurrencyTerms>(&limit.terms)) {
      return terms->passes_soft_limit(held);
    }
    const auto* terms = std::get_if<SlidingTerms>(&limit.terms);
    return terms != nullptr && terms->passes_soft_limit(sliding_.used(*terms, now.wall) + held);
  }
  /// Up to the size, whatever is admitted above it.
  [[nodiscard]] Amount remaining(const PlannedLimit& limit, Amount held, const Now& now) const {
    if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
      return terms->remaining(window_.used + held);
    }
    if (const auto* terms = std::get_if<SlidingTerms>(&limit.terms)) {
      return terms->remaining(sliding_.used(*terms, now.wall) + held);
    }
    if (const auto* terms = std::get_if<ConcurrencyTerms>(&limit.terms)) {
      return terms->remaining(held);
    }
    if (limit.credit() != nullptr) {
      return credit_.remaining(held);
    }
    const auto& terms = *std::get_if<RateTerms>(&limit.terms);
    return terms.remaining(rate_.owed(terms, now));
  }
  /// Whether nothing of it would be missed if it started afresh at `now`.
  [[nodiscard]] bool at_rest(const PlannedLimit& limit, const Now& now) const;
  /// Writes all of `reading`, in place: a decision is too often made to copy it once more.
  void read(const PlannedLimit& limit, Amount held, const Now& now, LimitReading& reading) const;
  /// The window's span; for a rate, from now until the burst is full.
  [[nodiscard]] Window window(const PlannedLimit& limit, const Calendar& calendar,
                              const Now& now) const;

private:
  explicit LimitState(WindowCount window) : window_(window) {}
  explicit LimitState(SlidingCount sliding) : sliding_(sliding) {}
  explicit LimitState(ArrivalTime rate) : rate_(rate) {}
  explicit LimitState(CreditCount credit) : credit_(credit) {}
  explicit LimitState(FlightCount flight) : flight_(flight) {}

  union {
    WindowCount window_;
    SlidingCount sliding_;
    ArrivalTime rate_;
    CreditCount credit_;
    FlightCount flight_;
  };
};

static_assert(sizeof(LimitState) == 32 && std::is_trivially_copyable_v<LimitState>);

}  // namespace sluice
