// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace sluice::test {

/// Who is let through, of these: gateways for all (G) and for tenant 1 (g); operators who may do
/// everything (A), read everything (R), or do everything in tenant 1 (T); members of tenant 1, by
/// role: owner, admin, member, viewer. `*`: everybody, without a credential, too.
using HttpAccessRules = std::map<std::string, std::string>;
inline const HttpAccessRules http_access_to_tenants{
    {"POST /v1/check", "GgAT"},
    {"POST /v1/checks", "GgAT"},
    {"POST /v1/peek", "GgAT"},
    {"POST /v1/record", "GgAT"},
    {"POST /v1/release", "GgAT"},
    {"POST /v1/reserve", "GgAT"},
    {"POST /v1/extend", "GgAT"},
    {"POST /v1/commit", "GgAT"},
    {"POST /v1/cancel", "GgAT"},
    {"POST /v1/lease", "GgAT"},
    {"GET /v1/auth", "GgAT"},
    {"POST /v1/auth", "GgAT"},
    {"GET /v1/hosts/{host}", "GgAT"},
    {"GET /v1/meters", "GgAT"},
    {"GET /v1/resources/{type}/{resource}", "GgAT"},
    {"POST /v1/clock", "A"},
    {"GET /api/v1/tenants", "AR"},
    {"POST /api/v1/tenants", "A"},
    {"GET /api/v1/tenants/{tenant}", "ARToamv"},
    {"PUT /api/v1/tenants/{tenant}", "AToa"},
    {"DELETE /api/v1/tenants/{tenant}", "AT"},
    {"POST /api/v1/tenants/{tenant}/suspend", "AT"},
    {"POST /api/v1/tenants/{tenant}/upgrade", "AT"},
    {"POST /api/v1/tenants/{tenant}/reactivate", "AT"},
    {"GET /api/v1/tenants/{tenant}/export", "ART"},
    {"GET /api/v1/tenants/{tenant}/quotas", "ARToamv"},
    {"PUT /api/v1/tenants/{tenant}/quotas/{type}", "AT"},
    {"DELETE /api/v1/tenants/{tenant}/quotas/{type}", "AT"},
    {"GET /api/v1/tenants/{tenant}/usage", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/windows", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/counters", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/reservations", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/audit", "ARToa"},
    {"GET /api/v1/tenants/{tenant}/statistics", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/forecast", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/unusual", "ARToamv"},
    {"GET /api/v1/analytics/top", "AR"},
    {"GET /api/v1/tenants/{tenant}/members", "ARToam"},
    {"POST /api/v1/tenants/{tenant}/members", "AToa"},
    {"DELETE /api/v1/tenants/{tenant}/members/{userId}", "AToa"},
    {"GET /api/v1/tenants/{tenant}/customization", "ARToam"},
    {"PUT /api/v1/tenants/{tenant}/customization", "AToa"},
    {"GET /api/v1/users/{userId}/tenants", "ARoamv"},
    {"POST /api/v1/tenants/{tenant}/move", "AT"},
    {"POST /api/v1/tenants/{tenant}/payments", "AT"},
    {"POST /api/v1/tenants/{tenant}/webhooks/test", "AToa"},
    {"GET /api/v1/alerts", "AR"},
    {"GET /api/v1/alerts/deliveries", "AR"},
    {"POST /api/v1/alerts/{id}/resend", "A"},
    {"GET /api/v1/tenants/{tenant}/alerts", "ARToamv"},
    {"GET /api/v1/tenants/{tenant}/alerts/deliveries", "ARToam"},
    {"POST /api/v1/tenants/{tenant}/alerts/{id}/resend", "AToa"},
    {"GET /api/v1/meters", "AR"},
    {"POST /api/v1/meters", "A"},
    {"POST /api/v1/operator/{method}", "ARToamv"},
    {"GET /openapi.json", "*"},
    {"GET /healthz", "*"},
    {"GET /readyz", "*"},
    {"GET /version", "*"},
    {"GET /metrics", "AR"},
};
inline const HttpAccessRules http_access_to_sharing{
    {"POST /api/v1/sharing/policies", "AToa"},
    {"GET /api/v1/sharing/policies", "ARToam"},
    {"GET /api/v1/sharing/policies/{policy}", "ARToam"},
    {"PUT /api/v1/sharing/policies/{policy}", "AToa"},
    {"DELETE /api/v1/sharing/policies/{policy}", "AToa"},
    {"POST /api/v1/sharing/policies/{policy}/request-access", "AToa"},
    {"GET /api/v1/sharing/requests", "ARToam"},
    {"POST /api/v1/sharing/requests/{request}/approve", "AToa"},
    {"POST /api/v1/sharing/requests/{request}/reject", "AToa"},
    {"POST /api/v1/sharing/requests/{request}/withdraw", "AToa"},
    {"POST /api/v1/sharing/requests/{request}/revoke", "AToa"},
    {"GET /api/v1/sharing/statements", "ARTo"},
    {"GET /api/v1/sharing/payouts", "ARTo"},
    {"POST /api/v1/sharing/payouts/{currency}/{number}/paid", "A"},
    {"GET /api/v1/sharing/statistics", "ARToam"},
    {"GET /api/v1/marketplace/listings", "ARToam"},
    {"POST /api/v1/marketplace/listings", "AToa"},
    {"GET /api/v1/marketplace/listings/{listing}", "ARToam"},
    {"PUT /api/v1/marketplace/listings/{listing}", "AToa"},
    {"DELETE /api/v1/marketplace/listings/{listing}", "AToa"},
    {"POST /api/v1/marketplace/listings/{listing}/publish", "AToa"},
    {"POST /api/v1/marketplace/listings/{listing}/unpublish", "AToa"},
    {"PUT /api/v1/marketplace/listings/{listing}/featured", "A"},
    {"GET /api/v1/marketplace/listings/{listing}/ratings", "ARToam"},
    {"PUT /api/v1/marketplace/listings/{listing}/rating", "AToa"},
    {"DELETE /api/v1/marketplace/listings/{listing}/rating", "AToa"},
};

/// By method and path, of every route there is.
[[nodiscard]] inline HttpAccessRules http_access_rules() {
  HttpAccessRules all = http_access_to_tenants;
  all.insert(http_access_to_sharing.begin(), http_access_to_sharing.end());
  return all;
}
inline constexpr std::string_view http_callers = "GgARToamv";

}  // namespace sluice::test
