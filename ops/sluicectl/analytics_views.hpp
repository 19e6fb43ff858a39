// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/table.hpp"
#include "protocol/text/usage_csv.hpp"

namespace sluice::ctl {

/// What is told of the history of usage: as tables and as documents. Rows of CSV are
/// of protocol/text/usage_csv.hpp.

/// Tenants, and what they were asked to be ranked by.
struct Ranking {
  TopQuery query;
  TopTenants top;
};

[[nodiscard]] std::string view_of(const Forecast& forecast, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const UnusualUsage& unusual, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const Ranking& ranking, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const UsageStatistics& statistics, ServerLink& link, Style style);

[[nodiscard]] Json document_of(const Forecast& forecast, ServerLink& link);
[[nodiscard]] Json document_of(const UnusualUsage& unusual, ServerLink& link);
[[nodiscard]] Json document_of(const Ranking& ranking, ServerLink& link);
[[nodiscard]] Json document_of(const UsageStatistics& statistics, ServerLink& link);

/// As the server of the link calls them.
[[nodiscard]] text::MeterName meter_names(ServerLink& link);

[[nodiscard]] std::string_view to_string(TopBy by);
/// Of such a name; `used` for any other.
[[nodiscard]] TopBy top_by_from(std::string_view name);

}  // namespace sluice::ctl
