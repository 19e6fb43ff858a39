// SPDX-License-Identifier: Apache-2.0
#include "bench/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::bench {

void Histogram::record(Duration value, std::uint64_t times) noexcept {
  const Duration held = std::clamp(value, Duration::zero(), value_max);
  const auto raw = static_cast<std::uint64_t>(held.count());
  counts_[bucket_of(raw)] += times;
  count_ += times;
  sum_ += raw * times;
  max_ = std::max(max_, held);
}

void Histogram::merge(const Histogram& other) noexcept {
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    counts_[bucket] += other.counts_[bucket];
  }
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

Duration Histogram::mean() const noexcept {
  return Duration{count_ == 0 ? 0 : static_cast<std::int64_t>(sum_ / count_)};
}

Duration Histogram::at(Quantile share) const noexcept {
  const double wanted = std::ceil(share.raw() * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_ + 1);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) {
      return std::min(Duration{static_cast<std::int64_t>(highest_in(bucket))}, max_);
    }
  }
  return max_;
}

std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
  if (value < sub_count) {
    return value;
  }
  // The value shifted down to [sub_count, 2 * sub_count) says which bucket of its power of two.
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
  return shift * sub_count + (value >> shift);
}

std::uint64_t Histogram::highest_in(std::size_t bucket) noexcept {
  if (bucket < sub_count) {
    return bucket;
  }
  const std::size_t shift = bucket / sub_count - 1;
  const std::uint64_t lead = bucket - shift * sub_count;
  return ((lead + 1) << shift) - 1;
}

}  // namespace sluice::bench
