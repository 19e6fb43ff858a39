// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/conditions.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What a policy may be, and to whom it is there. Pure; a fault names the field, as in
/// `policy.conditions[2].value`.

/// Checks every field, and that it is not too much to be stored.
[[nodiscard]] Result<Done> validate(const SharingPolicy& policy);
/// `[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}`.
[[nodiscard]] bool is_resource_id(std::string_view id);

/// The policy as it will be stored: checked, with the next version and the times. Of the wish its
/// times and version do not count. A wish with the nil id is for a new one, which gets the `fresh`
/// id; otherwise `stored` is what there is of its id, or null. One of another owner is as if it
/// were not there.
[[nodiscard]] Result<SharingPolicy> put_policy(const SharingPolicy* stored, PolicyWish wish,
                                               PolicyId fresh, WallTime now);

/// Whether the tenant is on this policy's list of those whom nothing is given.
[[nodiscard]] bool blocks(const SharingPolicy& policy, TenantId tenant);
/// Whether others than the owner may see that it is there, and ask. It asks nothing about how the
/// tenant stands.
[[nodiscard]] bool is_visible(const SharingPolicy& policy, TenantId tenant);
[[nodiscard]] bool has_expired(const SharingPolicy& policy, WallTime now);
/// Whether a request that may be made is approved at once.
[[nodiscard]] bool approves_at_once(const SharingPolicy& policy);

/// Whether the tenant may ask for access now: it sees the policy, is active, and is what the
/// conditions ask for that are about itself; and the policy has not expired. What it may not see is
/// `not_found`, as if it were not there.
[[nodiscard]] Result<Done> may_request(const SharingPolicy& policy,
                                       const TenantDefinition& consumer, const TierCatalogue& tiers,
                                       WallTime now);

/// Whether its conditions on a use hold, of one that is the first of its grant and used none yet.
[[nodiscard]] Result<Done> meets_conditions_of_use(const SharingPolicy& policy, UseFacts use,
                                                   const TierCatalogue& tiers);

/// What others than the owner are told of it: not who else may have it, or whom he blocks, nor what
/// he agreed on with the platform.
[[nodiscard]] SharingPolicy shown_to_others(SharingPolicy policy);

/// The answer to whoever names what is not there, or not for him.
[[nodiscard]] Fault no_policy(PolicyId id);

/// In the owner's chain. Null: there was none, or is none any more.
[[nodiscard]] AuditDraft audit_of_policy(const SharingPolicy* before, const SharingPolicy* after);

}  // namespace sluice
