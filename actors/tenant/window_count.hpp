// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/calendar.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/size_terms.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// How a limit answers an amount.
enum class Verdict : std::uint8_t {
  fits,
  ahead_of_pace,  ///< It fits, but too early: what is left is being spread over the window.
  full,
};

/// What taking an amount brought about.
struct Taken {
  ThresholdMask reached;  ///< Thresholds, for the first time in this window.
  Amount over;            ///< Units of the amount above the size.
};

/// Which thresholds fired in a window and how many units passed its size, in one word. The units
/// saturate at 2^56-1.
class Tally {
public:
  Tally() = default;
  Tally(ThresholdMask fired, Amount over)
      : raw_(saturated(over.raw()) << fired_bits | fired.raw()) {}

  [[nodiscard]] ThresholdMask fired() const noexcept {
    return ThresholdMask{static_cast<std::uint8_t>(raw_)};
  }
  [[nodiscard]] Amount over() const noexcept { return Amount{raw_ >> fired_bits}; }
  /// Marks these thresholds; those that were not marked before.
  ThresholdMask fire(ThresholdMask reached) noexcept {
    const auto fresh = static_cast<std::uint8_t>(reached.raw() & ~fired().raw());
    raw_ |= fresh;
    return ThresholdMask{fresh};
  }
  void add(Amount over_more) noexcept { *this = Tally{fired(), over() + over_more}; }

private:
  static constexpr unsigned fired_bits = 8;
  static constexpr std::uint64_t over_max = (std::uint64_t{1} << 56) - 1;
  static std::uint64_t saturated(std::uint64_t over) { return over < over_max ? over : over_max; }

  std::uint64_t raw_ = 0;
};

/// A window rule with what deciding needs worked out.
struct WindowTerms : SizeTerms {
  WindowTerms(const WindowRule& rule, const Limit& limit)
      : SizeTerms(rule.size, limit), period(rule.period) {}
  Period period;
};

/// The state of one window: what was used, and until when that counts.
///
/// A window is rolled forward once its end is reached and never back, so a clock that steps back
/// does not reopen one: what it then admits counts in the window that is open.
///
/// A paced window spreads what is left from the soft limit on evenly over the rest of its time:
/// after `amount` of what is left, nothing is admitted for that share of the rest. What is given
/// back takes its share of the rest back, as if it had been taken last.
struct WindowCount {
  Amount used{};
  WallTime end{};
  WallTime paced_until{};
  Tally tally{};

  [[nodiscard]] bool over(WallTime now) const noexcept {
    return now >= end && end != wall_time_never;
  }
  /// Starts the window that holds `now`.
  void restart(const WindowTerms& terms, const Calendar& calendar, WallTime now);

  // What is held by reservations counts beside what was used.

  [[nodiscard]] Verdict verdict(const WindowTerms& terms, Amount held, Amount amount,
                                WallTime now) const noexcept {
    if (!terms.fits(used + held, amount)) {
      return Verdict::full;
    }
    return terms.paces() && held_up(terms, held, now) ? Verdict::ahead_of_pace : Verdict::fits;
  }
  /// Whether the pace admits nothing now.
  [[nodiscard]] bool held_up(const WindowTerms& terms, Amount held, WallTime now) const noexcept {
    const Amount taken = used + held;
    return paced_until > now && terms.passes_soft_limit(taken) && taken < terms.size();
  }
  /// Holds up what comes after an amount that is taken beyond `before`.
  void pace(const WindowTerms& terms, Amount before, Amount amount, WallTime now) noexcept;
  /// Of `amount`, the last part of all that is `taken`, so much is given back: the pace goes by
  /// what stays.
  void unpace(const WindowTerms& terms, Amount taken, Amount amount, Amount back,
              WallTime now) noexcept;
  Taken take(const WindowTerms& terms, Amount amount) noexcept {
    const Amount before = used;
    used = used + amount;
    Amount over;
    if (used > terms.size()) [[unlikely]] {
      over = excess(used, std::max(before, terms.size()));
      tally.add(over);
    }
    return Taken{tally.fire(terms.reached(used)), over};
  }
  /// Of a gauge beside which others are counted: what it says of its level follows `used + beside`,
  /// up and down. Thresholds that were not reached before, and units above the size by now.
  Taken level(const WindowTerms& terms, Amount beside) noexcept;
  /// Of a gauge: gives back what was taken, and arms again the thresholds that it falls below.
  /// How much there was to be given back.
  Amount give_back(const WindowTerms& terms, Amount amount) noexcept;
  /// Of a window that starts again: the same, but thresholds fire only once in it.
  Amount take_back(Amount amount) noexcept;
};

}  // namespace sluice
