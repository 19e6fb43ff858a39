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
/// Of all tenants, those with a schema of their own beside `center` as well.
[[nodiscard]] TenantsOfPage select_tenants_of(Transaction& transaction, const TenantsOfQuery& query,
                                              const std::string& center);
/// Notes the change for `select_tenants_of`, of a tenant with a schema of its own.
void index_change(Transaction& transaction, const MemberChange& change);

}  // namespace sluice::postgres
