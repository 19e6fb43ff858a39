// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/usage_range.hpp"

#include <algorithm>
#include <string>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// A little more than what people ask for: a day, a month, a year.
constexpr std::int64_t minutes_of_all_max = 1'500;
constexpr std::int64_t hours_of_all_max = 800;
constexpr std::int64_t days_of_all_max = 400;

Duration usual_span(Granularity granularity) noexcept {
  switch (granularity) {
    case Granularity::minute:
      return std::chrono::hours{24};
    case Granularity::hour:
      return std::chrono::hours{7 * 24};
    case Granularity::day:
      return std::chrono::hours{30 * 24};
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

}  // namespace

Duration length_of(Granularity granularity) noexcept {
  switch (granularity) {
    case Granularity::minute:
      return std::chrono::minutes{1};
    case Granularity::hour:
      return std::chrono::hours{1};
    case Granularity::day:
      return std::chrono::hours{24};
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

WallTime bucket_start(WallTime instant, Granularity granularity) noexcept {
  const Duration since = std::max(instant.time_since_epoch(), Duration{0});
  return WallTime{since - since % length_of(granularity)};
}

std::int64_t buckets_max(Granularity granularity) noexcept {
  switch (granularity) {
    case Granularity::minute:
      return minutes_of_all_max;
    case Granularity::hour:
      return hours_of_all_max;
    case Granularity::day:
      return days_of_all_max;
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

Result<UsageRange> settled(UsageRange asked, WallTime now) {
  if (asked.to == wall_time_never) {
    asked.to = now + Duration{1};
  }
  if (asked.from <= WallTime{}) {
    const WallTime to = std::max(asked.to, WallTime{});
    asked.from = to - std::min(usual_span(asked.granularity), to.time_since_epoch());
  }
  if (asked.from >= asked.to) {
    return Fault{FaultCode::invalid_argument, "from: is not before the end of the range"};
  }
  return asked;
}

Result<UsageRange> settled_for_all(UsageRange asked, WallTime now) {
  auto range = settled(asked, now);
  if (!range.ok()) {
    return range;
  }
  // The first bucket may begin before `from`, and then is not in it; so this is not too few.
  const std::int64_t most = buckets_max(asked.granularity);
  if (range.value().to - range.value().from > most * length_of(asked.granularity)) {
    return Fault{FaultCode::invalid_argument,
                 "from: the range has more than " + std::to_string(most) + " buckets"};
  }
  return range;
}

}  // namespace sluice
