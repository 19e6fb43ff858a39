// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/gcra.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/size_terms.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/window_count.hpp"

namespace sluice {

/// A credit rule with what deciding needs worked out: a size of zero that grants lift, so that
/// every unit they do not cover is above it.
struct CreditTerms : SizeTerms {
  CreditTerms(const CreditRule& rule, const Limit& limit)
      : SizeTerms(Amount{}, limit), period(rule.period) {}
  Period period;
};

/// The state of prepaid credit between two changes of its grants: what was used in this period,
/// what grants have left, and what they could not pay. Only one of the last two is above zero. It
/// is settled which grant pays when something changes (`CreditAccount`).
struct CreditCount {
  Amount used{};
  Amount balance{};
  Amount owed{};
  WallTime until{};  ///< The next change: a grant starts or ends, a day or the period is over.

  [[nodiscard]] bool over(WallTime now) const noexcept {
    return now >= until && until != wall_time_never;
  }
  /// What is left uncovered of everything held and this amount.
  [[nodiscard]] Amount uncovered(Amount held, Amount amount) const noexcept {
    return excess(held + amount, balance);
  }
  [[nodiscard]] Verdict verdict(const CreditTerms& terms, Amount held,
                                Amount amount) const noexcept {
    const Amount beyond = uncovered(held, amount);
    return beyond == Amount{} || terms.fits(owed, beyond) ? Verdict::fits : Verdict::full;
  }
  [[nodiscard]] Amount room(const CreditTerms& terms, Amount held) const noexcept {
    return excess(balance, held) + terms.room(owed + uncovered(held, Amount{}));
  }
  [[nodiscard]] Amount remaining(Amount held) const noexcept { return excess(balance, held); }
  /// All that grants paid in this period, and what they have left.
  [[nodiscard]] Amount size() const noexcept { return excess(used, owed) + balance; }
  /// Of that, what is paid.
  [[nodiscard]] Amount burnt() const noexcept { return excess(size(), balance); }
  /// One bit for each threshold whose share of the size is burnt; none while there is no size.
  [[nodiscard]] ThresholdMask reached(const CreditTerms& terms) const noexcept {
    const Amount given = size();
    std::uint8_t bits = 0;
    if (given > Amount{}) {
      constexpr std::uint64_t whole = 100;
      const Parts left = Parts{balance.raw()} * whole;
      std::uint8_t bit = 1;
      for (const Percent share : terms.thresholds()) {
        const bool is_reached = left <= Parts{given.raw()} * (whole - share.raw());
        if (!is_reached) {
          break;  // They ascend.
        }
        bits = static_cast<std::uint8_t>(bits | bit);
        bit = static_cast<std::uint8_t>(bit << 1U);
      }
    }
    return ThresholdMask{bits};
  }
  Taken take(Amount amount) noexcept {
    const Amount beyond = excess(amount, balance);
    balance = excess(balance, amount);
    owed = owed + beyond;
    used = used + amount;
    return Taken{ThresholdMask{}, beyond};
  }
};

}  // namespace sluice
