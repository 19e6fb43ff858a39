// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/usage_statistics.hpp"

#include <limits>
#include <utility>

namespace sluice {
namespace {

__extension__ typedef unsigned __int128 WideChecks;

void add_checks(std::uint64_t& sum, std::uint64_t more) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  sum = sum > most - more ? most : sum + more;
}

}  // namespace

std::uint32_t denied_ppm(const MeterStatistics& meter) noexcept {
  constexpr std::uint32_t million = 1'000'000;
  const WideChecks refused = WideChecks{meter.denied} + meter.throttled;
  const WideChecks all = refused + meter.allowed;
  return all == 0 ? 0 : static_cast<std::uint32_t>(refused * million / all);
}

void StatisticsTally::add(const UsagePoint& point) {
  const MeterStatistics none{.meter = point.meter, .part = point.part};
  MeterStatistics& of = meters_.try_emplace({point.meter, point.part}, none).first->second;
  ++of.buckets;
  of.used = of.used + point.used;
  add_checks(of.allowed, point.allowed);
  add_checks(of.denied, point.denied);
  add_checks(of.throttled, point.throttled);
  of.overage = of.overage + point.overage;
  of.price_micros = (Amount{of.price_micros} + Amount{point.price_micros}).raw();
  if (of.buckets == 1 || point.used > of.peak_used) {
    of.peak_used = point.used;
    of.peak_start = point.start;
  }
  if (told_.points.size() < points_kept_max_) {
    told_.points.push_back(point);
  } else {
    told_.complete = points_kept_max_ == 0;
  }
}

UsageStatistics StatisticsTally::take() {
  told_.meters.reserve(meters_.size());
  for (const auto& [of, statistics] : meters_) {
    told_.meters.push_back(statistics);
  }
  meters_.clear();
  return std::exchange(told_, {});
}

}  // namespace sluice
