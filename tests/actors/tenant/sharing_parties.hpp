// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice::sharing_parties {

/// Two tenants, and what one shares: what specifications of sharing begin with.

inline constexpr WallTime sharing_noon{std::chrono::hours{12}};
inline constexpr TenantId sharer{1, 1};
inline constexpr TenantId asker{2, 2};
inline constexpr TenantId bystander{3, 3};
inline constexpr PolicyId shared_policy_id{7, 7};

inline TenantDefinition party(TenantId id) {
  TenantDefinition tenant;
  tenant.id = id;
  tenant.tier = "starter";
  tenant.version = Version{4};
  return tenant;
}

inline SharePermissions allowing(SharePermission one) {
  SharePermissions permissions;
  permissions.add(one);
  return permissions;
}
inline SharePermissions allowing(SharePermission one, SharePermission other) {
  SharePermissions permissions = allowing(one);
  permissions.add(other);
  return permissions;
}

/// Of sharer, for everybody who asks.
inline SharingPolicy policy_of_sharer() {
  SharingPolicy policy;
  policy.id = shared_policy_id;
  policy.owner = sharer;
  policy.resource = {ResourceType::model, "gpt-x"};
  policy.visibility = Visibility::marketplace;
  policy.permissions = allowing(SharePermission::read, SharePermission::execute);
  policy.created_at = sharing_noon;
  policy.updated_at = sharing_noon;
  policy.version = Version{1};
  return policy;
}

inline RequestAccess asked_by(TenantId consumer, std::uint64_t number) {
  RequestAccess wish;
  wish.id = SharingId{9, number};
  wish.consumer = consumer;
  wish.policy = shared_policy_id;
  return wish;
}

/// The catalogue that the platform ships.
inline const TierCatalogue& sharing_tiers() {
  static const TierCatalogue shipped = shipped_tiers();
  return shipped;
}

}  // namespace sluice::sharing_parties
