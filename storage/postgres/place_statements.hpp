// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/placement.hpp"
#include "storage/postgres/places.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about where rows of tenants are.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

// ---- In the central schema

[[nodiscard]] Places::Elsewhere select_elsewhere(Transaction& transaction);
/// Waits for those who are changing the tenant, whose commit may be in doubt.
[[nodiscard]] std::optional<Placement> select_placement(Transaction& transaction, TenantId tenant);
void set_placement(Transaction& transaction, TenantId tenant, const Placement& where);

/// Where rows of a tenant may be that is not there.
struct Leftover {
  TenantId tenant;
  Placement place;
  /// Where the tenant is; nothing if it is no more.
  std::optional<Placement> now{};
};
inline constexpr std::size_t leftovers_at_once = 100;
void put_leftover(Transaction& transaction, TenantId tenant, const Placement& place);
void forget_leftover(Transaction& transaction, TenantId tenant, const Placement& place);
/// Some of them; never the place where its tenant is.
[[nodiscard]] std::vector<Leftover> select_leftovers(Transaction& transaction);

/// Notes in which tenants with a schema of their own somebody is a member. `schema` is where the
/// members of this tenant are; nothing: among those of others, where they are found anyhow.
void index_members(Transaction& transaction, TenantId tenant,
                   const std::optional<std::string>& schema);

// ---- In the place itself

/// What counters and the like of this tenant refer to: itself, and limits of these ids.
void put_referents(Transaction& transaction, const TenantDefinition& definition);
/// Removes the limits, with their counters, that the tenant has no more.
void prune_referents(Transaction& transaction, const TenantDefinition& definition);
void remove_referent(Transaction& transaction, TenantId tenant);

// ---- Of instances

/// The id of the database.
[[nodiscard]] std::string select_database_id(Transaction& transaction);
/// Makes the instance one of the database `center`, and lets nobody write there any more by the
/// right of an earlier epoch. `fenced` if there is a later one; `invalid_argument` if the instance
/// is another's, or is the center itself.
[[nodiscard]] Result<Done> join(Transaction& transaction, const std::string& center, Epoch epoch);
/// `fenced` unless the instance was joined last by this epoch. Holds until the transaction ends.
[[nodiscard]] Result<Done> check_joined(Transaction& transaction, Epoch epoch);

}  // namespace sluice::postgres
