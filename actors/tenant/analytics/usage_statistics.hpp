// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "actors/tenant/usage.hpp"

namespace sluice {

/// Sums and peaks of one meter within a range, or of a part of it.
struct MeterStatistics {
  MeterId meter{};
  std::uint64_t buckets = 0;  ///< With anything in them.
  Amount used{};
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t throttled = 0;
  Amount overage{};
  std::uint64_t price_micros = 0;  ///< Of one tenant; saturates.
  Amount peak_used{};
  WallTime peak_start{};  ///< The first bucket with as much.
  PartRef part{};
  friend bool operator==(const MeterStatistics&, const MeterStatistics&) = default;
};
/// Of a million checks, how many were denied or throttled; rounded down, 0 of none.
[[nodiscard]] std::uint32_t denied_ppm(const MeterStatistics& meter) noexcept;

struct UsageStatistics {
  std::vector<MeterStatistics> meters{};  ///< By id, and by part.
  std::vector<UsagePoint> points{};       ///< Of all tenants; by start, then meter.
  bool complete = true;                   ///< Whether these are all points, if any were wanted.
  WallTime from{};
  WallTime to{};
  friend bool operator==(const UsageStatistics&, const UsageStatistics&) = default;
};

/// Parts that one answer tells: of meters by the values of a label.
inline constexpr std::size_t statistics_parts_max = 2'000;

/// Adds up points, each bucket of a meter, or of its part, once, the earlier ones first.
///
/// Role       Pure.
/// Threading  Confined.
/// Ownership  Owns its sums.
/// Units      As the points.
/// Errors     None; sums stop at their greatest value.
/// Cost       A search by meter for each point.
class StatisticsTally {
public:
  /// Keeps the first `points_kept_max` points as well.
  explicit StatisticsTally(std::size_t points_kept_max) : points_kept_max_(points_kept_max) {}

  void add(const UsagePoint& point);
  [[nodiscard]] UsageStatistics take();

private:
  std::size_t points_kept_max_;
  std::map<std::pair<MeterId, PartRef>, MeterStatistics> meters_;
  UsageStatistics told_;
};

}  // namespace sluice
