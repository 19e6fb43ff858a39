// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/member.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "server/http/json.hpp"
#include "server/http/members.hpp"

namespace sluice::http {

/// What the management interface reads and writes of tenants. Keys are camelCase and stay as they
/// are.
///
///   amounts     Exact, in the unit of their meter, null for "unlimited"; on input also as people
///               write them, such as `10k`, `1GB`, `10h`.
///   times       RFC 3339 in UTC; null for "never".

/// A quota that is wished for: a limit, by its name.
struct QuotaWish {
  std::optional<std::string> meter{};
  std::optional<std::string> kind{};
  std::optional<Json> limit{};
  std::optional<std::string> period{};
  std::optional<std::string> per{};
  std::optional<Json> burst{};
  std::optional<std::string> refill{};
  std::optional<std::string> enforcement{};
  std::optional<Json> soft_limit{};
  std::optional<bool> shadow{};
  std::optional<std::vector<std::string>> history_by{};
};
[[nodiscard]] std::span<const Member<QuotaWish>> members_of_quota();
/// The limit after the change; what the wish leaves out stays as `current` has it, if there is one.
[[nodiscard]] Result<Limit> limit_from(const QuotaWish& wish, const std::string& name,
                                       const Limit* current, const MeterTable& meters);

/// A tenant that is wished for, or a change of one: what is not there stays.
struct TenantWish {
  EditTenant fields{};
  std::optional<Version> version{};  ///< Of a change: it holds only for this one.
  // Of a new tenant:
  std::optional<TenantId> id{};
  Placement placement{};
  TrialDays trial_days{0};
  std::vector<std::pair<std::string, QuotaWish>> quotas{};  ///< By their names.
  std::optional<sluice::Member> owner{};
};
/// `shared`, `dedicated_schema` or `dedicated_instance=NAME`.
[[nodiscard]] Wrong read_placement(const Json& value, Placement& into);
[[nodiscard]] Wrong read_version(const Json& value, std::optional<Version>& into);
[[nodiscard]] std::span<const Member<TenantWish>> members_of_new_tenant();
[[nodiscard]] std::span<const Member<TenantWish>> members_of_tenant_change();
/// With the defaults for what was not said.
[[nodiscard]] Result<TenantDefinition> draft_from(const TenantWish& wish, const MeterTable& meters);

/// Its number if there is no such meter.
[[nodiscard]] std::string meter_name(MeterId id, const MeterTable& meters);

/// With the features that it has by its tier.
[[nodiscard]] Json document_of(const TenantDefinition& tenant, const MeterTable& meters,
                               const TierCatalogue& tiers);
[[nodiscard]] Json document_of(const TierChanged& changed, const MeterTable& meters,
                               const TierCatalogue& tiers);
[[nodiscard]] Json document_of(const LimitUsage& usage, const MeterTable& meters);
[[nodiscard]] Json document_of(const Meter& meter);

}  // namespace sluice::http
