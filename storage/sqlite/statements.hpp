// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

/// What the store says to the database about meters and tenants, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's. What tenants spend
///            is in `SpendingStatements`.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class Statements {
public:
  explicit Statements(SqliteConnection& connection);

  [[nodiscard]] MeterTable meters();
  void insert_meter(const Meter& meter);

  /// Without its limits.
  [[nodiscard]] std::optional<TenantDefinition> tenant(TenantId id);
  [[nodiscard]] std::vector<Limit> limits(TenantId id);
  [[nodiscard]] std::optional<TenantId> find_slug(std::string_view slug);
  /// Up to `count` tenants after `after`, without their limits.
  [[nodiscard]] std::vector<TierCount> tenant_counts();
  [[nodiscard]] std::vector<TenantDefinition> page(const TenantQuery& query, std::size_t count);
  [[nodiscard]] std::vector<DueTenant> due(const DueQuery& query);

  void insert_tenant(const TenantDefinition& tenant);
  /// False if there is no such tenant, or its version is not the one before.
  [[nodiscard]] bool update_tenant(const TenantDefinition& tenant);
  [[nodiscard]] bool delete_tenant(TenantId id);
  void put_limit(const IdBytes& tenant, const Limit& limit);
  void delete_limit(const IdBytes& tenant, LimitId limit);

private:
  SqliteConnection& connection_;
  Statement select_meters_;
  Statement insert_meter_;
  Statement select_tenant_;
  Statement select_limits_;
  Statement select_slug_;
  Statement select_page_;
  Statement select_page_of_tier_;
  Statement select_due_;
  Statement insert_tenant_;
  Statement update_tenant_;
  Statement delete_tenant_;
  Statement put_limit_;
  Statement delete_limit_;
};

}  // namespace sluice
