// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "actors/tenant/analytics/usage_records.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about the usage of all tenants of one place.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.
/// Cost       What is about a range reads each of its rows: those of one hour or day lie together.

/// The tenants of a place whose rows count: rows of others may be left over from moves.
struct TenantsMeant {
  bool only = false;  ///< These; otherwise all but these.
  std::vector<TenantId> tenants{};
};

/// Without their names.
[[nodiscard]] std::vector<TopTenant> select_top(Transaction& transaction, const TopQuery& query,
                                                const TenantsMeant& meant);
/// Adds slug, name and tier; those that are gone are left out.
void name_top(Transaction& transaction, std::vector<TopTenant>& tenants);
/// Those of the tier among these.
[[nodiscard]] std::vector<TenantId> select_of_tier(Transaction& transaction,
                                                   const std::vector<TenantId>& tenants,
                                                   const std::string& tier);
[[nodiscard]] std::vector<UsagePoint> select_usage_of_all(Transaction& transaction,
                                                          const PlatformUsageQuery& query,
                                                          const TenantsMeant& meant);
/// `next` is of this place; nothing: it has no more.
[[nodiscard]] BusyPage select_busy(Transaction& transaction, const BusyQuery& query,
                                   const TenantsMeant& meant);

/// The open minutes that these are, unless their meters have later ones.
void end_open_usage(Transaction& transaction, std::span<const UsageRow> closed,
                    std::span<const UsageRow> open);
/// Whether there may be more.
[[nodiscard]] bool forget_usage(Transaction& transaction, const UsageForgetting& what);

}  // namespace sluice::postgres
