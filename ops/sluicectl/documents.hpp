// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/resets.hpp"
#include "actors/tenant/store.hpp"
#include "ops/sluicectl/credit_statement.hpp"
#include "ops/sluicectl/history.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/what_if.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::ctl {

/// What somebody wrote for a place; otherwise a `Failure` that names the option.
[[nodiscard]] Placement placement_from(const std::string& text, const std::string& option);

/// What --json prints. Keys are snake_case and stay as they are; new ones come last.
///
///   ids         UUID text; a limit's id is its number in the tenant.
///   amounts     Exact, in the unit of their meter; null for "unlimited", and in
///               usage for a limit that has a counter for each combination of labels.
///   times       `..._at` is RFC 3339 in UTC and `..._at_ns` the same in nanoseconds since 1970;
///               null for "never". Durations are `..._ns`.
///   prices      `price_micros`, in millionths of the tenant's currency.
///
/// `link` is asked for the names of meters only.
[[nodiscard]] Json document_of(const Meter& meter);
[[nodiscard]] Json document_of(const Limit& limit, ServerLink& link);
[[nodiscard]] Json document_of(const TenantDefinition& tenant, ServerLink& link);
[[nodiscard]] Json document_of(const TenantPage& page, ServerLink& link);
[[nodiscard]] Json document_of(const client::UsageReport& usage, ServerLink& link);
[[nodiscard]] Json document_of(const ServerStatus& status);
[[nodiscard]] Json document_of(const History& history, ServerLink& link);
[[nodiscard]] Json document_of(const PastWindows& past, ServerLink& link);
[[nodiscard]] Json document_of(const ResetPreview& preview);
[[nodiscard]] Json document_of(const CreditStatement& statement, ServerLink& link);
[[nodiscard]] Json document_of(const WhatIfFindings& findings, ServerLink& link);
[[nodiscard]] Json document_of(const Features& features);
[[nodiscard]] Json document_of(const Tier& tier, ServerLink& link);
[[nodiscard]] Json document_of(const TenantFeatures& features);
[[nodiscard]] Json document_of(const TierChanged& changed, ServerLink& link);
[[nodiscard]] Json document_of(const Failure& failure);

/// Writes what was agreed about a grant.
void put_terms(Json& into, const GrantTerms& terms);

/// Writes `name_at` and `name_at_ns`, both null for "never".
void put_instant(Json& into, const std::string& name, WallTime instant);

}  // namespace sluice::ctl
