// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/store.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// The codec of what is told of the history of usage; what codec.hpp says holds. The tenant of a
/// call the wire has by its name.

[[nodiscard]] Result<Forecast> decode_forecast(wire::Forecast::Reader in);
void encode_forecast(const Forecast& forecast, wire::Forecast::Builder out);

[[nodiscard]] Result<TopQuery> decode_top_query(wire::Operator::TopTenantsParams::Reader in);
void encode_top_query(const TopQuery& query, wire::Operator::TopTenantsParams::Builder out);
/// The granularity is not told.
[[nodiscard]] Result<TopTenants> decode_top(wire::TopTenants::Reader in);
void encode_top(const TopTenants& top, TopBy by, wire::TopTenants::Builder out);

[[nodiscard]] Result<UnusualUsage> decode_unusual(wire::UnusualUsage::Reader in);
void encode_unusual(const UnusualUsage& unusual, wire::UnusualUsage::Builder out);

[[nodiscard]] Result<UsageQuery> decode_statistics_asked(
    wire::TenantAdmin::UsageStatisticsParams::Reader in);
void encode_statistics_asked(const UsageQuery& query,
                             wire::TenantAdmin::UsageStatisticsParams::Builder out);
[[nodiscard]] Result<PlatformUsageQuery> decode_platform_query(
    wire::Operator::PlatformStatisticsParams::Reader in);
void encode_platform_query(const PlatformUsageQuery& query,
                           wire::Operator::PlatformStatisticsParams::Builder out);
[[nodiscard]] Result<UsageStatistics> decode_usage_statistics(wire::UsageStatistics::Reader in);
void encode_usage_statistics(const UsageStatistics& told, wire::UsageStatistics::Builder out);

}  // namespace sluice
