// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "actors/tenant/store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about members.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

/// The rows of a change; its definition is written before.
void write_members(Transaction& transaction, const MemberChange& change);
[[nodiscard]] std::optional<Member> select_member(Transaction& transaction, TenantId tenant,
                                                  const std::string& user_id);
[[nodiscard]] MemberPage select_members(Transaction& transaction, const MemberQuery& query);
[[nodiscard]] TenantsOfPage select_tenants_of(Transaction& transaction,
                                              const TenantsOfQuery& query);

}  // namespace sluice::postgres
