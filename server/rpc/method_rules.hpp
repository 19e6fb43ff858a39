// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "actors/tenant/permission.hpp"

namespace sluice {

/// What a method of `TenantAdmin` or of `Operator` reaches.
enum class Reach : std::uint8_t {
  nothing,   ///< Nothing that anybody could not know.
  tenant,    ///< The tenant that it names, which the credential must cover.
  user,      ///< What is of the user that it names: a member may ask of himself; else as below.
  platform,  ///< What is no one tenant's: the credential must cover all.
};

struct MethodRule {
  std::string_view name;
  Reach reach;
  Permission permission;  ///< Says nothing if it reaches nothing.
  bool answers = true;    ///< With an `Answer`, which can hold a fault.
};

/// By ordinal. A method without a row is refused to everybody who has to show a credential.
inline constexpr std::array tenant_admin_rules{
    MethodRule{"showTenant", Reach::tenant, Permission::tenant_read},
    MethodRule{"editTenant", Reach::tenant, Permission::tenant_write},
    MethodRule{"usage", Reach::tenant, Permission::usage_read},
    MethodRule{"history", Reach::tenant, Permission::usage_read},
    MethodRule{"closedWindows", Reach::tenant, Permission::usage_read},
    MethodRule{"resets", Reach::tenant, Permission::quotas_read},
    MethodRule{"explain", Reach::tenant, Permission::usage_read},
    MethodRule{"whatIf", Reach::tenant, Permission::usage_read},
    MethodRule{"stored", Reach::tenant, Permission::usage_read},
    MethodRule{"meters", Reach::nothing, Permission::tenant_read, false},
    MethodRule{"auditTrail", Reach::tenant, Permission::audit_read},
    MethodRule{"verifyAudit", Reach::tenant, Permission::audit_read},
    MethodRule{"addMember", Reach::tenant, Permission::members_write},
    MethodRule{"acceptInvitation", Reach::tenant, Permission::members_write},
    MethodRule{"changeMember", Reach::tenant, Permission::members_write},
    MethodRule{"removeMember", Reach::tenant, Permission::members_write},
    MethodRule{"transferOwnership", Reach::tenant, Permission::ownership_write},
    MethodRule{"listMembers", Reach::tenant, Permission::members_read},
    MethodRule{"putRole", Reach::tenant, Permission::members_write},
    MethodRule{"removeRole", Reach::tenant, Permission::members_write},
    MethodRule{"listRoles", Reach::tenant, Permission::members_read},
    MethodRule{"tenantsOf", Reach::user, Permission::platform_read},
    MethodRule{"features", Reach::tenant, Permission::tenant_read},
    MethodRule{"showCustomisation", Reach::tenant, Permission::customization_read},
    MethodRule{"putCustomisation", Reach::tenant, Permission::customization_write},
    MethodRule{"addDomain", Reach::tenant, Permission::customization_write},
    MethodRule{"removeDomain", Reach::tenant, Permission::customization_write},
    MethodRule{"listAlerts", Reach::tenant, Permission::usage_read},
    MethodRule{"alertDeliveries", Reach::tenant, Permission::customization_read},
    MethodRule{"sendAlertAgain", Reach::tenant, Permission::customization_write},
    MethodRule{"testWebhook", Reach::tenant, Permission::customization_write},
    MethodRule{"putPolicy", Reach::tenant, Permission::sharing_write},
    MethodRule{"removePolicy", Reach::tenant, Permission::sharing_write},
    MethodRule{"showPolicy", Reach::tenant, Permission::sharing_read},
    MethodRule{"listPolicies", Reach::tenant, Permission::sharing_read},
    MethodRule{"requestAccess", Reach::tenant, Permission::sharing_write},
    MethodRule{"approveAccess", Reach::tenant, Permission::sharing_write},
    MethodRule{"rejectAccess", Reach::tenant, Permission::sharing_write},
    MethodRule{"withdrawAccess", Reach::tenant, Permission::sharing_write},
    MethodRule{"revokeAccess", Reach::tenant, Permission::sharing_write},
    MethodRule{"listAccess", Reach::tenant, Permission::sharing_read},
    MethodRule{"putListing", Reach::tenant, Permission::sharing_write},
    MethodRule{"changeListing", Reach::tenant, Permission::sharing_write},
    MethodRule{"removeListing", Reach::tenant, Permission::sharing_write},
    MethodRule{"showListing", Reach::tenant, Permission::sharing_read},
    MethodRule{"searchListings", Reach::tenant, Permission::sharing_read},
    MethodRule{"rateListing", Reach::tenant, Permission::sharing_write},
    MethodRule{"removeRating", Reach::tenant, Permission::sharing_write},
    MethodRule{"listRatings", Reach::tenant, Permission::sharing_read},
    MethodRule{"sharingStatements", Reach::tenant, Permission::billing_read},
    MethodRule{"sharingPayouts", Reach::tenant, Permission::billing_read},
    MethodRule{"sharingStatistics", Reach::tenant, Permission::sharing_read},
    MethodRule{"forecast", Reach::tenant, Permission::usage_read},
    MethodRule{"unusualUsage", Reach::tenant, Permission::usage_read},
    MethodRule{"usageStatistics", Reach::tenant, Permission::usage_read},
    MethodRule{"listCounters", Reach::tenant, Permission::usage_read},
    MethodRule{"listHolds", Reach::tenant, Permission::usage_read},
};

/// The same of what no member has a capability for.
inline constexpr std::array operator_rules{
    MethodRule{"createTenant", Reach::platform, Permission::platform_write},
    MethodRule{"listTenants", Reach::platform, Permission::platform_read},
    MethodRule{"purgeTenant", Reach::tenant, Permission::platform_write},
    MethodRule{"putLimit", Reach::tenant, Permission::quotas_write},
    MethodRule{"removeLimit", Reach::tenant, Permission::quotas_write},
    MethodRule{"defineMeter", Reach::platform, Permission::platform_write},
    MethodRule{"status", Reach::platform, Permission::platform_read, false},
    MethodRule{"advanceClock", Reach::platform, Permission::platform_write},
    MethodRule{"setWallClock", Reach::platform, Permission::platform_write},
    MethodRule{"putOverride", Reach::tenant, Permission::quotas_write},
    MethodRule{"removeOverride", Reach::tenant, Permission::quotas_write},
    MethodRule{"giveCredit", Reach::tenant, Permission::billing_write},
    MethodRule{"voidCredit", Reach::tenant, Permission::billing_write},
    MethodRule{"resetCredit", Reach::tenant, Permission::billing_write},
    MethodRule{"changeLife", Reach::tenant, Permission::platform_write},
    MethodRule{"createKey", Reach::platform, Permission::keys_write},
    MethodRule{"revokeKey", Reach::platform, Permission::keys_write},
    MethodRule{"listKeys", Reach::platform, Permission::keys_read},
    MethodRule{"listTiers", Reach::platform, Permission::platform_read},
    MethodRule{"putTier", Reach::platform, Permission::platform_write},
    MethodRule{"removeTier", Reach::platform, Permission::platform_write},
    MethodRule{"changeTier", Reach::tenant, Permission::billing_write},
    MethodRule{"applyTier", Reach::platform, Permission::platform_write},
    MethodRule{"setFeature", Reach::tenant, Permission::platform_write},
    MethodRule{"clearFeature", Reach::tenant, Permission::platform_write},
    MethodRule{"verifyDomain", Reach::tenant, Permission::platform_write},
    MethodRule{"moveTenant", Reach::tenant, Permission::platform_write},
    MethodRule{"featureListing", Reach::platform, Permission::platform_write},
    MethodRule{"markPayoutPaid", Reach::tenant, Permission::platform_write},
    MethodRule{"reportPayment", Reach::tenant, Permission::billing_write},
    MethodRule{"topTenants", Reach::platform, Permission::platform_read},
    MethodRule{"platformStatistics", Reach::platform, Permission::platform_read},
};

}  // namespace sluice
