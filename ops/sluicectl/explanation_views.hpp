// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/explanation.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/table.hpp"

namespace sluice::ctl {

/// Why some checks of a tenant were decided as they were.
struct ExplainedChecks {
  TenantDefinition tenant;
  std::vector<Explanation> explanations;
};

/// As in documents.hpp and views.hpp. The tenant has the names of the limits; without it, or if a
/// limit is gone, there is only its number.
[[nodiscard]] Json document_of(const Explanation& explanation, const TenantDefinition* tenant,
                               ServerLink& link);
[[nodiscard]] Json document_of(const ExplainedChecks& checks, ServerLink& link);
/// A row for each limit that was met.
[[nodiscard]] std::string view_of(const Explanation& explanation, const TenantDefinition* tenant,
                                  ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const ExplainedChecks& checks, ServerLink& link, Style style);

}  // namespace sluice::ctl
