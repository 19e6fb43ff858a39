// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/amount.hpp"
#include "actors/tenant/gcra.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/size_terms.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/window_count.hpp"

namespace sluice {

/// A sliding rule with what deciding needs worked out.
struct SlidingTerms : SizeTerms {
  SlidingTerms(const SlidingRule& rule, const Limit& limit)
      : SizeTerms(rule.size, limit), span(rule.span) {}
  Duration span;
};

/// The state of one sliding window: what was used in the present span and in the one before.
///
/// Spans are cut at multiples of their length since 1970. What counts at `now` is all of the
/// present one and of the previous one the share that is not yet past, rounded up: as if what was
/// spent in the previous span had been spread evenly over it. The idea is Cloudflare's ("How we
/// built rate limiting capable of scaling to millions of domains", 2017); the arithmetic here is
/// exact. Spans go forward only, so that a clock that steps back brings nothing back.
struct SlidingCount {
  Amount current;
  WallTime end;
  Amount previous{};
  Tally tally{};

  [[nodiscard]] static SlidingCount fresh(const SlidingTerms& terms, WallTime now);
  /// Goes on to the span that holds `now`.
  void advance(const SlidingTerms& terms, WallTime now) {
    if (now >= end && end != wall_time_never) [[unlikely]] {
      start_next(terms, now);
    }
  }
  [[nodiscard]] Amount used(const SlidingTerms& terms, WallTime now) const;
  [[nodiscard]] Verdict verdict(const SlidingTerms& terms, Amount held, Amount amount,
                                WallTime now) const {
    return terms.fits(used(terms, now) + held, amount) ? Verdict::fits : Verdict::full;
  }
  /// How long until the amount fits, if nothing else is taken meanwhile.
  [[nodiscard]] Duration wait(const SlidingTerms& terms, Amount held, Amount amount,
                              WallTime now) const;
  /// When nothing of what was used counts any more.
  [[nodiscard]] WallTime resets_at(const SlidingTerms& terms) const;
  Taken take(const SlidingTerms& terms, Amount amount, WallTime now);
  /// Gives back what was taken then, as far as that still counts. How much of it.
  Amount take_back(const SlidingTerms& terms, Amount amount, WallTime begun);

private:
  void start_next(const SlidingTerms& terms, WallTime now);
};

}  // namespace sluice
