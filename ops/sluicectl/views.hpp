// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/resets.hpp"
#include "actors/tenant/store.hpp"
#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/credit_statement.hpp"
#include "ops/sluicectl/history.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/table.hpp"
#include "ops/sluicectl/what_if.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::ctl {

/// What people see without --json. `link` is asked for the names of meters only.
[[nodiscard]] std::string view_of(const TenantDefinition& tenant, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const TenantPage& page, Style style);
[[nodiscard]] std::string view_of_limits(const TenantDefinition& tenant, ServerLink& link,
                                         Style style);
[[nodiscard]] std::string view_of(const client::UsageReport& usage, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const MeterTable& meters, Style style);
[[nodiscard]] std::string view_of(const ServerStatus& status, Style style);
[[nodiscard]] std::string view_of(const History& history, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const PastWindows& past, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const ResetPreview& preview, Style style);
[[nodiscard]] std::string view_of(const CreditStatement& statement, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const WhatIfFindings& findings, ServerLink& link, Style style);

[[nodiscard]] std::string view_of(const TierCatalogue& tiers, Style style);
[[nodiscard]] std::string view_of(const Tier& tier, ServerLink& link, Style style);
[[nodiscard]] std::string view_of(const TenantFeatures& features, Style style);
/// What a tenant exceeds after its tier was changed; empty if nothing.
[[nodiscard]] std::string view_of_exceeded(const TierChanged& changed, ServerLink& link,
                                           Style style);
/// `seats=5 sso=true`
[[nodiscard]] std::string features_line(const Features& features);

/// The overrides of these limits, with an empty line before them; nothing if there are none.
[[nodiscard]] std::string view_of_overrides(const std::vector<Limit>& limits,
                                            const std::string& timezone, ServerLink& link,
                                            Style style);

/// Null if the limit is gone, or the tenant is not known.
[[nodiscard]] const Limit* find_limit(LimitId id, const TenantDefinition* tenant);

/// Units above a size, and what they cost; a dash for nothing.
[[nodiscard]] Cell overage_cell(Amount over, AmountUnit unit);
[[nodiscard]] Cell price_cell(std::uint64_t micros);

/// `10k / month`, `unlimited / day`, `50 / 1s, burst 100`, which may end in `, refill interval`,
/// `100 in any 1m`,
/// `10 at once, for 30s`, `credit / month`.
[[nodiscard]] std::string view_of(const Rule& rule, AmountUnit unit);

}  // namespace sluice::ctl
