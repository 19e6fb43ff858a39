// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about meters and tenants.
///
/// Errors     As in `Store`. Throws what pqxx throws, and `DamagedRow`.
/// Cost       A few round trips for any number of tenants.

[[nodiscard]] ShardCount select_shards(Transaction& transaction);
[[nodiscard]] MeterTable select_meters(Transaction& transaction);
void insert_meter(Transaction& transaction, const Meter& meter);

/// In the order of their ids; without what they spent.
[[nodiscard]] std::vector<TenantRecord> select_definitions(Transaction& transaction,
                                                           std::span<const TenantId> ids);
[[nodiscard]] std::optional<TenantId> select_slug(Transaction& transaction, std::string_view slug);
/// Up to `count` tenants after `after`.
[[nodiscard]] std::vector<TenantDefinition> select_page(Transaction& transaction,
                                                        const TenantQuery& query,
                                                        std::size_t count);
[[nodiscard]] std::vector<DueTenant> select_due(Transaction& transaction, const DueQuery& query);

/// All of them with their limits, or none.
void insert_tenants(Transaction& transaction, std::span<const TenantDefinition> tenants);
[[nodiscard]] Result<Done> replace_tenant(Transaction& transaction, const TenantDefinition& tenant);
[[nodiscard]] Result<Done> delete_tenant(Transaction& transaction, TenantId id);

}  // namespace sluice::postgres
