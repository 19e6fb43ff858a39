// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/live_page.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/table.hpp"

namespace sluice::ctl {

/// What is told of counters by label, and of what is open: as tables and as documents.

/// All pages of either.
struct LiveCounters {
  TenantDefinition tenant;
  std::vector<LabelCounter> counters{};
  WallTime at{};
};
struct OpenHolds {
  TenantDefinition tenant;
  std::vector<OpenHold> holds{};
  WallTime at{};
};

/// By limit, of each first where most is taken.
[[nodiscard]] std::string view_of(const LiveCounters& live, ServerLink& link, Style style);
/// First what ends first; a row for each meter.
[[nodiscard]] std::string view_of(const OpenHolds& open, ServerLink& link, Style style);

/// In the order in which the server has them.
[[nodiscard]] Json document_of(const LiveCounters& live, ServerLink& link);
[[nodiscard]] Json document_of(const OpenHolds& open, ServerLink& link);

}  // namespace sluice::ctl
