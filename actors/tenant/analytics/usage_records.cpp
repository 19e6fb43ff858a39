// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/usage_records.hpp"

#include <string>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

Result<TopQuery> settled(TopQuery asked, WallTime now) {
  if (asked.count < 1 || asked.count > top_tenants_max) {
    return Fault{FaultCode::invalid_argument,
                 "count: is not from 1 to " + std::to_string(top_tenants_max)};
  }
  if (!asked.meter && (asked.by == TopBy::used || asked.by == TopBy::overage)) {
    return Fault{FaultCode::invalid_argument,
                 "meter: must be said; amounts of different meters do not add up"};
  }
  auto range = settled_for_all(asked.range, now);
  if (!range.ok()) {
    return range.fault();
  }
  asked.range = range.value();
  return asked;
}

Result<PlatformUsageQuery> settled(PlatformUsageQuery asked, WallTime now) {
  if (asked.points_max > usage_points_max) {
    return Fault{FaultCode::invalid_argument,
                 "pointsMax: is not from 0 to " + std::to_string(usage_points_max)};
  }
  auto range = settled_for_all(asked.range, now);
  if (!range.ok()) {
    return range.fault();
  }
  asked.range = range.value();
  return asked;
}

std::uint64_t sum_of(const TopTenant& tenant, TopBy by) noexcept {
  switch (by) {
    case TopBy::used:
      return tenant.used.raw();
    case TopBy::allowed:
      return tenant.allowed;
    case TopBy::denied:
      return tenant.denied;
    case TopBy::throttled:
      return tenant.throttled;
    case TopBy::overage:
      return tenant.overage.raw();
  }
  SLUICE_INVARIANT(!"a ranking outside of its enum");
}

bool ranks_before(const TopTenant& a, const TopTenant& b, TopBy by) noexcept {
  return std::pair{sum_of(b, by), a.id} < std::pair{sum_of(a, by), b.id};
}

}  // namespace sluice
