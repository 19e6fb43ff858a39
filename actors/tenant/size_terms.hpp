// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/limit.hpp"

namespace sluice {

/// The size of a limit with what deciding needs worked out: enforcement, soft limit, overage and
/// thresholds.
///
/// Role       A value; says what an amount used means under this limit.
/// Threading  Immutable.
/// Ownership  Owns all.
/// Units      Of the limit's meter.
/// Errors     The limit must be valid; otherwise a broken invariant.
/// Cost       Comparisons, but for `price`, which divides.
class SizeTerms {
public:
  /// Without a size everything fits.
  SizeTerms(std::optional<Amount> size, const Limit& limit);

  [[nodiscard]] bool bounded() const noexcept { return bounded_; }
  [[nodiscard]] Amount size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t soft_limit() const noexcept { return soft_limit_; }
  /// Whether what is left is spread over the window from the soft limit on.
  [[nodiscard]] bool paces() const noexcept { return paces_; }
  /// By what is enforced, not by the size.
  [[nodiscard]] bool fits(Amount used, Amount amount) const noexcept {
    // Both are below 2^63; the plain sum cannot wrap, where a saturated one would seem to fit.
    return used.raw() + amount.raw() <= ceiling_;
  }
  /// What still fits.
  [[nodiscard]] Amount room(Amount used) const noexcept {
    return ceiling_ == out_of_reach ? Amount::max() : excess(Amount{ceiling_}, used);
  }
  /// An unlimited window has all that can be counted.
  [[nodiscard]] Amount remaining(Amount used) const noexcept { return excess(size_, used); }
  [[nodiscard]] bool passes_soft_limit(Amount used) const noexcept {
    return used.raw() >= soft_limit_;
  }
  /// What so many units above the size cost, rounded up; in millionths, at most 2^63-1.
  [[nodiscard]] std::uint64_t price(Amount over) const noexcept;

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
  /// The bits under this limit of what was fired under another.
  [[nodiscard]] ThresholdMask translate(ThresholdMask fired, const SizeTerms& other) const;

private:
  [[nodiscard]] ThresholdMask count_reached(Amount used) const noexcept;

  static constexpr std::uint64_t out_of_reach = std::numeric_limits<std::uint64_t>::max();

  Amount size_;            ///< `Amount::max()` if unlimited.
  std::uint64_t ceiling_;  ///< What may be used at most: the size, or what overage makes of it.
  std::uint64_t soft_limit_ = out_of_reach;
  std::uint64_t price_micros_ = 0;
  std::uint64_t price_per_ = 1;
  bool bounded_;
  bool paces_;
  std::uint8_t threshold_count_ = 0;
  std::array<Percent, thresholds_per_limit_max> percents_{};
  /// The least amounts that reach each threshold.
  std::array<std::uint64_t, thresholds_per_limit_max> marks_{};
};

}  // namespace sluice
