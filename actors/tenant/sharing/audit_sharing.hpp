// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/verdict.hpp"

namespace sluice {

/// What the audit says about sharing. Pure; whoever records it adds `author` and `at`.

/// Of a step of a request, in the chains of both: first in that of the one who acts, which is nil
/// where time does. `before` is null for a new one.
[[nodiscard]] std::vector<AuditDraft> audit_of_access(const SharingRequest* before,
                                                      const SharingRequest& after, TenantId actor);

/// A use that an owner does not let a tenant have.
struct DeniedUse {
  TenantId owner{};
  TenantId consumer{};
  Resource resource{};
  SharePermission permission = SharePermission::execute;
  ShareVerdict verdict = ShareVerdict::no_grant;
  friend bool operator==(const DeniedUse&, const DeniedUse&) = default;
};
/// Whether this refusal is one: not that a condition does not hold, or that something has ended.
[[nodiscard]] bool is_denied_use(ShareVerdict verdict) noexcept;
/// In the owner's chain, by the tenant that tried. `suppressed`: how many before it are not told.
[[nodiscard]] AuditDraft audit_of_denied_use(const DeniedUse& use, std::uint64_t suppressed);

/// The author as another tenant's chain has him: of a member only whose he is, since who works for
/// one tenant, and from where, is nothing that another is told.
[[nodiscard]] Author author_for(const Author& author, TenantId actor, TenantId chain);

}  // namespace sluice
