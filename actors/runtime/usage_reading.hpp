// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// What is told of the history of usage, put together from what the store has. Blocks on the store;
/// a page at a time, and so much at most.

/// Points of one tenant that one answer is made of; more are `invalid_argument`.
inline constexpr std::size_t usage_points_read_max = 64 * usage_points_max;

[[nodiscard]] Result<Forecast> read_forecast(Store& store, const TenantUsage& usage);
[[nodiscard]] Result<UnusualUsage> read_unusual(Store& store, TenantId tenant, WallTime now);
/// Of a range that is settled, as the next one.
[[nodiscard]] Result<UsageStatistics> read_statistics(Store& store, const UsageQuery& query);
[[nodiscard]] Result<UsageStatistics> read_platform_usage(Store& store,
                                                          const PlatformUsageQuery& query);

}  // namespace sluice
