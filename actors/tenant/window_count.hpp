// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/amount.hpp"
#include "actors/tenant/calendar.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace sluice {

/// A window rule with what deciding needs worked out.
///
/// Role       A value; says what an amount used means under this rule.
/// Threading  Immutable.
/// Ownership  Owns all.
/// Units      Of the limit's meter.
/// Errors     The limit must be valid; otherwise a broken invariant.
/// Cost       Comparisons.
class WindowTerms {
public:
  WindowTerms(const WindowRule& rule, const Limit& limit);

  [[nodiscard]] Period period() const noexcept { return period_; }
  [[nodiscard]] bool bounded() const noexcept { return bounded_; }
  [[nodiscard]] Amount size() const noexcept { return size_; }
  [[nodiscard]] bool fits(Amount used, Amount amount) const noexcept {
    // Both are below 2^63; the plain sum cannot wrap, where a saturated one would seem to fit.
    return !bounded_ || used.raw() + amount.raw() <= size_.raw();
  }
  /// An unlimited window has all that can be counted.
  [[nodiscard]] Amount remaining(Amount used) const noexcept { return excess(size_, used); }
  [[nodiscard]] bool passes_soft_limit(Amount used) const noexcept {
    return used.raw() >= soft_limit_;
  }

  [[nodiscard]] std::span<const Percent> thresholds() const noexcept {
    return std::span{percents_}.first(threshold_count_);
  }
  /// One bit for each threshold that so much reaches.
  [[nodiscard]] ThresholdMask reached(Amount used) const noexcept {
    if (used.raw() < marks_[0]) [[likely]] {
      return ThresholdMask{};
    }
    return count_reached(used);
  }
  /// The bits under this rule of what was fired under another.
  [[nodiscard]] ThresholdMask translate(ThresholdMask fired, const WindowTerms& other) const;

private:
  [[nodiscard]] ThresholdMask count_reached(Amount used) const noexcept;

  static constexpr std::uint64_t out_of_reach = std::numeric_limits<std::uint64_t>::max();

  Amount size_;  ///< `Amount::max()` if unlimited.
  std::uint64_t soft_limit_ = out_of_reach;
  Period period_;
  bool bounded_;
  std::uint8_t threshold_count_ = 0;
  std::array<Percent, thresholds_per_limit_max> percents_{};
  /// The least amounts that reach each threshold.
  std::array<std::uint64_t, thresholds_per_limit_max> marks_{};
};

/// The state of one window: what was used, until when that counts, and which thresholds fired.
///
/// A window is rolled forward once its end is reached and never back, so a clock that steps back
/// does not reopen one: what it then admits counts in the window that is open.
struct WindowCount {
  Amount used;
  WallTime end;
  ThresholdMask fired;

  [[nodiscard]] bool over(WallTime now) const noexcept {
    return now >= end && end != wall_time_never;
  }
  /// Starts the window that holds `now`.
  void restart(const WindowTerms& terms, const Calendar& calendar, WallTime now);
  /// Marks the thresholds that are reached; those that were not marked before.
  ThresholdMask fire(const WindowTerms& terms) noexcept {
    const auto fresh = static_cast<std::uint8_t>(terms.reached(used).raw() & ~fired.raw());
    fired = ThresholdMask{static_cast<std::uint8_t>(fired.raw() | fresh)};
    return ThresholdMask{fresh};
  }
};

}  // namespace sluice
