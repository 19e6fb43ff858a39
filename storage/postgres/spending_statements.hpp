// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/store.hpp"
#include "actors/tenant/usage.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about what tenants spent. What is written for a tenant or a
/// limit that does not exist is passed over.
///
/// Each kind of row goes out as one statement with one array for each column, in the order of the
/// keys, so that two writers rarely wait for each other in a circle; the database ends a circle,
/// and one of the two is `unavailable`.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

using RecordOf = std::function<TenantRecord&(TenantId)>;
/// Puts counters and buckets to their tenants; `ids` is an array of those that are wanted.
void select_counters(Transaction& transaction, const std::string& ids, const RecordOf& record_of);
void select_open_usage(Transaction& transaction, const std::string& ids, const RecordOf& record_of);

/// Of records in the order of their ids. `DamagedRow` if it is not there.
[[nodiscard]] TenantRecord& find_record(std::span<TenantRecord> records, TenantId id);
/// Puts what these tenants spent to their records, from the tables of this transaction.
void select_spent(Transaction& transaction, std::span<const TenantId> ids,
                  std::span<TenantRecord> records);
[[nodiscard]] std::string array_of(std::span<const TenantId> ids);

/// The last of several rows of one counter is what counts, and so for buckets. Parts of buckets are
/// passed over: see value_statements.hpp.
void put_counters(Transaction& transaction, std::span<const CounterRow> rows);
void put_open_usage(Transaction& transaction, std::span<const UsageRow> rows);
/// Counts minutes that are not there yet in their hours and days. The partitions must exist.
void add_closed_usage(Transaction& transaction, std::span<const UsageRow> rows);
void add_closed_windows(Transaction& transaction, std::span<const WindowRow> rows);

/// The first `points_max` of what is closed and what is still open, summed.
[[nodiscard]] std::vector<UsagePoint> select_usage(Transaction& transaction,
                                                   const UsageQuery& query);
[[nodiscard]] std::vector<ClosedWindow> select_windows(Transaction& transaction, TenantId id);

}  // namespace sluice::postgres
