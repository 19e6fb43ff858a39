// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "actors/tenant/strong.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::bench {

/// A share of all recorded values, 0 to 1.
using Quantile = Strong<struct QuantileTag, double>;

/// Counts latencies so that every percentile can be told afterwards, in memory that is fixed.
///
/// Each power of two is cut into 128 buckets of equal width (the idea of Gil Tene's HdrHistogram),
/// so a value read back is at most 1/128 above the one recorded, from nanoseconds to minutes.
///
/// Role       What a load generator measures into; merged over callers at the end.
/// Threading  Confined.
/// Ownership  Holds its counts by value: 35 KiB, of which a run touches a few hundred bytes.
/// Units      Durations in nanoseconds. Longer ones than `value_max` count as `value_max`; negative
///            ones as zero.
/// Errors     None.
/// Cost       `record` is a handful of instructions and one increment.
class Histogram {
public:
  static constexpr Duration value_max{(std::int64_t{1} << 40) - 1};  ///< 18 minutes.

  void record(Duration value) noexcept { record(value, 1); }
  /// The same value so many times.
  void record(Duration value, std::uint64_t times) noexcept;
  void merge(const Histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] Duration max() const noexcept { return max_; }
  [[nodiscard]] Duration mean() const noexcept;
  /// The least value that so large a share of all recorded ones does not pass; zero if nothing was
  /// recorded.
  [[nodiscard]] Duration at(Quantile share) const noexcept;

private:
  static constexpr unsigned sub_bits = 7;
  static constexpr std::size_t sub_count = std::size_t{1} << sub_bits;
  static constexpr std::size_t bucket_count = (40 - sub_bits + 1) * sub_count;

  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t highest_in(std::size_t bucket) noexcept;

  std::array<std::uint64_t, bucket_count> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  Duration max_{};
};

}  // namespace sluice::bench
