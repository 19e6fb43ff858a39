// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about sharing.
///
/// Errors     As in `Store`. Throws what pqxx throws, and `DamagedRow`.
/// Cost       A few round trips for each request and consumer that changes.

using DefinitionOf = std::function<TenantDefinition&(TenantId)>;
/// Puts grants to who holds them, in their order; `ids` is an array of those that are wanted.
void select_grants(Transaction& transaction, const std::string& ids,
                   const DefinitionOf& definition_of);
[[nodiscard]] std::vector<SharingPolicy> select_policies(Transaction& transaction);
[[nodiscard]] std::optional<SharingPolicy> select_policy(Transaction& transaction, PolicyId id);
[[nodiscard]] SharingPage select_requests(Transaction& transaction, const SharingQuery& query);
[[nodiscard]] std::optional<SharingRequest> select_request(Transaction& transaction, SharingId id);
[[nodiscard]] bool select_was_revoked(Transaction& transaction, PolicyId policy, TenantId consumer);
[[nodiscard]] SharingDue select_due_sharing(Transaction& transaction, WallTime by,
                                            std::size_t count_max);

/// Whose policy a change writes; nothing if it writes none. Asks what only who sees all tenants can
/// tell, whether a new policy may be and whose one is, so it comes before any confinement.
[[nodiscard]] Result<std::optional<TenantId>> policy_owner(Transaction& transaction,
                                                           const SharingChange& change);
/// Confined to the owner for what is the owner's, and then to each consumer for what is his.
[[nodiscard]] Result<Done> write_sharing(Transaction& transaction, const SharingChange& change,
                                         std::optional<TenantId> owner);

}  // namespace sluice::postgres
