// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/member_change.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice {

/// What the audit says of each change: the action, the subject, and as JSON the fields that are
/// different. Pure; whoever records it adds `author` and `at`.

[[nodiscard]] AuditDraft audit_of_creation(const TenantDefinition& created,
                                           const Member* owner = nullptr);
/// `keys` are those that name it: what becomes of them is told by id and name.
[[nodiscard]] AuditDraft audit_of_purge(const TenantDefinition& purged,
                                        std::span<const ApiKey> keys);
/// `exceeded` is what the tenant has too much of once it is made.
[[nodiscard]] AuditDraft audit_of_change(const Change& change, const TenantDefinition& before,
                                         const TenantDefinition& after,
                                         std::span<const ExceededLimit> exceeded = {});
/// `before` and `concerned` are what `change_members` made the change of.
[[nodiscard]] AuditDraft audit_of_members(const MemberEvent& event, const TenantDefinition& before,
                                          std::span<const Member> concerned,
                                          const MemberChange& change);
/// In the platform's chain. Null: there was none, or is none any more.
[[nodiscard]] AuditDraft audit_of_tier(const Tier* before, const Tier* after);
[[nodiscard]] AuditDraft audit_of_meter(const Meter& meter);
/// In the chain of the tenant that the key is for, if that is one; otherwise the platform's. The
/// hash of its secret is not told.
[[nodiscard]] AuditDraft audit_of_key(AuditAction action, const ApiKey& key);
/// `limit` is empty where a grant is voided.
[[nodiscard]] AuditDraft audit_of_credit(TenantId tenant, std::string_view limit, EntryId id,
                                         const CreditChange& change);
/// `suppressed` is how many others of the same caller were not recorded since.
[[nodiscard]] AuditDraft audit_of_denial(TenantId tenant, std::string_view what,
                                         std::uint64_t suppressed);

}  // namespace sluice
