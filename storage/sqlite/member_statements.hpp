// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "actors/tenant/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about members, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class MemberStatements {
public:
  explicit MemberStatements(SqliteConnection& connection);

  void put(TenantId tenant, const Member& member);
  void remove(TenantId tenant, std::string_view user_id);
  [[nodiscard]] std::optional<Member> find(TenantId tenant, std::string_view user_id);
  [[nodiscard]] MemberPage page(const MemberQuery& query);
  [[nodiscard]] TenantsOfPage tenants_of(const TenantsOfQuery& query);

private:
  Statement put_;
  Statement delete_;
  Statement find_;
  Statement page_;
  Statement tenants_of_;
};

}  // namespace sluice
