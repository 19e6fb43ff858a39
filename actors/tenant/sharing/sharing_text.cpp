// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/sharing_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice {

namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 6> resource_type_names{"service", "model",    "dataset",
                                                              "api",     "workflow", "custom"};
constexpr std::array<std::string_view, 4> visibility_names{"private", "tenant", "marketplace",
                                                           "public"};
constexpr std::array<std::string_view, 6> share_permission_names{"read",  "execute", "modify",
                                                                 "share", "delete",  "admin"};
constexpr std::array<std::string_view, 8> condition_kind_names{
    "tier_minimum", "tier_exact",  "region",      "compliance",
    "cost_limit",   "usage_limit", "time_window", "ip_allowlist"};
constexpr std::array<std::string_view, 8> condition_operator_names{"eq", "ne",  "gt", "gte",
                                                                   "lt", "lte", "in", "nin"};
constexpr std::array<std::string_view, 6> sharing_state_names{"pending",   "approved", "rejected",
                                                              "withdrawn", "revoked",  "expired"};
constexpr std::array<std::string_view, 4> pricing_kind_names{"free", "fixed", "usage_based",
                                                             "tiered"};
constexpr std::array<std::string_view, 3> billing_period_names{"day", "week", "month"};
constexpr std::array<std::string_view, 3> payout_schedule_names{"daily", "weekly", "monthly"};

template <class Enum, std::size_t count>
std::string_view name_in(const std::array<std::string_view, count>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t count>
std::optional<Enum> value_in(const std::array<std::string_view, count>& names,
                             std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt
                              : std::optional{static_cast<Enum>(found - names.begin())};
}

}  // namespace

std::string_view to_string(ResourceType type) {
  return name_in(resource_type_names, type);
}
std::string_view to_string(Visibility visibility) {
  return name_in(visibility_names, visibility);
}
std::string_view to_string(SharePermission permission) {
  return name_in(share_permission_names, permission);
}
std::string_view to_string(ConditionKind kind) {
  return name_in(condition_kind_names, kind);
}
std::string_view to_string(ConditionOperator op) {
  return name_in(condition_operator_names, op);
}
std::string_view to_string(SharingState state) {
  return name_in(sharing_state_names, state);
}
std::string_view to_string(PricingKind kind) {
  return name_in(pricing_kind_names, kind);
}
std::string_view to_string(BillingPeriod period) {
  return name_in(billing_period_names, period);
}
std::string_view to_string(PayoutSchedule schedule) {
  return name_in(payout_schedule_names, schedule);
}

std::optional<ResourceType> parse_resource_type(std::string_view name) {
  return value_in<ResourceType>(resource_type_names, name);
}
std::optional<Visibility> parse_visibility(std::string_view name) {
  return value_in<Visibility>(visibility_names, name);
}
std::optional<SharePermission> parse_share_permission(std::string_view name) {
  return value_in<SharePermission>(share_permission_names, name);
}
std::optional<ConditionKind> parse_condition_kind(std::string_view name) {
  return value_in<ConditionKind>(condition_kind_names, name);
}
std::optional<ConditionOperator> parse_condition_operator(std::string_view name) {
  return value_in<ConditionOperator>(condition_operator_names, name);
}
std::optional<SharingState> parse_sharing_state(std::string_view name) {
  return value_in<SharingState>(sharing_state_names, name);
}
std::optional<PricingKind> parse_pricing_kind(std::string_view name) {
  return value_in<PricingKind>(pricing_kind_names, name);
}
std::optional<BillingPeriod> parse_billing_period(std::string_view name) {
  return value_in<BillingPeriod>(billing_period_names, name);
}
std::optional<PayoutSchedule> parse_payout_schedule(std::string_view name) {
  return value_in<PayoutSchedule>(payout_schedule_names, name);
}

std::string to_string(SharePermissions permissions) {
  std::string text;
  for (std::size_t i = 0; i < share_permission_names.size(); ++i) {
    if ((permissions.bits() >> i & 1U) != 0) {
      text.append(text.empty() ? "" : " ").append(share_permission_names[i]);
    }
  }
  return text;
}

Result<SharePermissions> parse_share_permissions(std::string_view text) {
  SharePermissions found;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) {
      continue;
    }
    const auto permission = parse_share_permission(word);
    if (!permission) {
      return Fault{FaultCode::invalid_argument,
                   std::string{"permissions: there is no \""}.append(word).append("\"")};
    }
    found.add(*permission);
  }
  return found;
}

std::string to_string(PolicyId id) {
  return to_string(TenantId{id.high, id.low});
}
std::string to_string(SharingId id) {
  return to_string(TenantId{id.high, id.low});
}
std::optional<PolicyId> parse_policy_id(std::string_view text) {
  const auto id = parse_tenant_id(text);
  return id ? std::optional{PolicyId{id->high, id->low}} : std::nullopt;
}
std::optional<SharingId> parse_sharing_id(std::string_view text) {
  const auto id = parse_tenant_id(text);
  return id ? std::optional{SharingId{id->high, id->low}} : std::nullopt;
}

std::string to_string(const Resource& resource) {
  return std::string{to_string(resource.type)}.append("/").append(resource.id);
}
std::optional<Resource> parse_resource(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto type = parse_resource_type(text.substr(0, slash));
  if (!type || slash == std::string_view::npos) {
    return std::nullopt;
  }
  return Resource{*type, std::string{text.substr(slash + 1)}};
}

}  // namespace sluice
