// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/policy.hpp"

namespace sluice {

/// What people, stores and the audit call the choices of sharing. A name is stored, and never
/// changes.

[[nodiscard]] std::string_view to_string(ResourceType type);
[[nodiscard]] std::string_view to_string(Visibility visibility);
[[nodiscard]] std::string_view to_string(SharePermission permission);
[[nodiscard]] std::string_view to_string(ConditionKind kind);
[[nodiscard]] std::string_view to_string(ConditionOperator op);
[[nodiscard]] std::string_view to_string(SharingState state);
[[nodiscard]] std::string_view to_string(PricingKind kind);
[[nodiscard]] std::string_view to_string(BillingPeriod period);
[[nodiscard]] std::string_view to_string(PayoutSchedule schedule);
[[nodiscard]] std::optional<ResourceType> parse_resource_type(std::string_view name);
[[nodiscard]] std::optional<Visibility> parse_visibility(std::string_view name);
[[nodiscard]] std::optional<SharePermission> parse_share_permission(std::string_view name);
[[nodiscard]] std::optional<ConditionKind> parse_condition_kind(std::string_view name);
[[nodiscard]] std::optional<ConditionOperator> parse_condition_operator(std::string_view name);
[[nodiscard]] std::optional<SharingState> parse_sharing_state(std::string_view name);
[[nodiscard]] std::optional<PricingKind> parse_pricing_kind(std::string_view name);
[[nodiscard]] std::optional<BillingPeriod> parse_billing_period(std::string_view name);
[[nodiscard]] std::optional<PayoutSchedule> parse_payout_schedule(std::string_view name);

/// The names with blanks between, in the order of `SharePermission`.
[[nodiscard]] std::string to_string(SharePermissions permissions);
/// Reads the same; names may repeat and come in any order. The fault names what is none of them.
[[nodiscard]] Result<SharePermissions> parse_share_permissions(std::string_view text);

/// As of tenants: `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`; anything else, and nil, is nothing.
[[nodiscard]] std::string to_string(PolicyId id);
[[nodiscard]] std::string to_string(SharingId id);
[[nodiscard]] std::optional<PolicyId> parse_policy_id(std::string_view text);
[[nodiscard]] std::optional<SharingId> parse_sharing_id(std::string_view text);

/// `model/gpt-x`.
[[nodiscard]] std::string to_string(const Resource& resource);
/// Reads the same; whether the id is valid is not looked at.
[[nodiscard]] std::optional<Resource> parse_resource(std::string_view text);

}  // namespace sluice
