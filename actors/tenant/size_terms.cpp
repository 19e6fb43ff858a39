// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/size_terms.hpp"

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/invariant.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// The least amount that is at least this share of the size.
std::uint64_t mark_of(Amount size, Percent share) {
  return static_cast<std::uint64_t>(divide_up(Parts{size.raw()} * share.raw(), 100));
}

/// Nothing means that everything fits.
std::optional<Amount> ceiling_of(Amount size, const Limit& limit) {
  if (limit.overage) {
    return limit.overage->cap ? std::optional{size + *limit.overage->cap} : std::nullopt;
  }
  switch (limit.enforcement) {
    case Enforcement::block:
    case Enforcement::throttle:
      return size;
    case Enforcement::alert:
    case Enforcement::overage:
      return std::nullopt;
  }
  SLUICE_INVARIANT(false);
}

}  // namespace

SizeTerms::SizeTerms(std::optional<Amount> size, const Limit& limit)
    : size_(size.value_or(Amount::max())),
      ceiling_(out_of_reach),
      bounded_(size.has_value()),
      paces_(bounded_ && limit.enforcement == Enforcement::throttle) {
  SLUICE_INVARIANT(limit.thresholds.size() <= thresholds_per_limit_max);
  if (const auto ceiling = bounded_ ? ceiling_of(size_, limit) : std::nullopt) {
    ceiling_ = ceiling->raw();
  }
  if (limit.soft_limit) {
    soft_limit_ = limit.soft_limit->raw();
  }
  if (limit.overage) {
    price_micros_ = limit.overage->price_micros;
    price_per_ = limit.overage->per.raw();
  }
  // Without a size none is ever reached, but what has fired is remembered until there is one again.
  marks_.fill(out_of_reach);
  for (const Percent share : limit.thresholds) {
    percents_[threshold_count_] = share;
    marks_[threshold_count_] = bounded_ ? mark_of(size_, share) : out_of_reach;
    ++threshold_count_;
  }
}

std::uint64_t SizeTerms::price(Amount over) const noexcept {
  const Parts micros = divide_up(Parts{over.raw()} * price_micros_, price_per_);
  return static_cast<std::uint64_t>(std::min(micros, Parts{Amount::max_raw}));
}

ThresholdMask SizeTerms::count_reached(Amount used) const noexcept {
  // Thresholds ascend, so what is reached is the lowest few.
  const auto end = std::upper_bound(marks_.begin(), marks_.begin() + threshold_count_, used.raw());
  return ThresholdMask{static_cast<std::uint8_t>((1U << (end - marks_.begin())) - 1)};
}

ThresholdMask SizeTerms::translate(ThresholdMask fired, const SizeTerms& other) const {
  std::uint8_t bits = 0;
  const auto ours = thresholds();
  const auto theirs = other.thresholds();
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const auto same = std::find(ours.begin(), ours.end(), theirs[i]);
    if ((fired.raw() >> i & 1) != 0 && same != ours.end()) {
      bits = static_cast<std::uint8_t>(bits | 1U << (same - ours.begin()));
    }
  }
  return ThresholdMask{bits};
}

}  // namespace sluice
