// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>

#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice::text {

/// What is told of the history of usage, as rows for a spreadsheet (see `Csv`). Amounts are exact,
/// in the unit of their meter, instants as `format_instant` has them; a field is empty where there
/// is nothing to tell.

/// What a meter is called.
using MeterName = std::function<std::string(MeterId)>;

[[nodiscard]] std::string csv_of(std::span<const UsagePoint> points, const MeterName& name_of);
/// The final counts of windows; limits of the tenant that are gone have a number and no name.
[[nodiscard]] std::string csv_of(std::span<const ClosedWindow> windows,
                                 const TenantDefinition& tenant, const MeterName& name_of);
[[nodiscard]] std::string csv_of(const Forecast& forecast, const MeterName& name_of);
[[nodiscard]] std::string csv_of(const UnusualUsage& unusual, const MeterName& name_of);
[[nodiscard]] std::string csv_of(const TopTenants& top);
/// Of the points if there are some, otherwise of the meters.
[[nodiscard]] std::string csv_of(const UsageStatistics& statistics, const MeterName& name_of);

}  // namespace sluice::text
