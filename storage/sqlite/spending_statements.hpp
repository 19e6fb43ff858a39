// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/usage.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

/// What the store says to the database about what tenants spent, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's. What is written
///            for a tenant or limit that does not exist is passed over.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class SpendingStatements {
public:
  explicit SpendingStatements(SqliteConnection& connection);

  [[nodiscard]] std::vector<Counter> counters(TenantId id);
  [[nodiscard]] std::vector<UsageBucket> open_usage(TenantId id);
  void put_counter(const CounterRow& row);
  void put_open_usage(const UsageRow& row);
  /// Counts a minute in its hour and its day, if it is not there yet.
  void add_closed_usage(const UsageRow& row);
  void add_closed_window(const WindowRow& row);

  /// The first `points_max` of what is closed and what is still open, summed.
  [[nodiscard]] std::vector<UsagePoint> usage(const UsageQuery& query);
  [[nodiscard]] std::vector<ClosedWindow> windows(TenantId id);

private:
  /// Of one length of time.
  struct UsageTable {
    Statement select;
    Statement add;
  };
  [[nodiscard]] UsageTable& table_of(Granularity granularity);
  void add_to(UsageTable& table, const IdBytes& tenant, const UsageBucket& bucket,
              std::uint32_t start);
  /// Open buckets of the query whose minute is not closed.
  [[nodiscard]] std::vector<UsagePoint> open_points(const UsageQuery& query);

  SqliteConnection& connection_;
  Statement select_counters_;
  Statement update_counter_;
  Statement insert_counter_;
  Statement select_open_;
  Statement select_open_not_closed_;
  Statement put_open_;
  Statement insert_window_;
  Statement insert_payment_;
  Statement select_windows_;
  std::array<UsageTable, 3> usage_;  ///< By `Granularity`.
};

}  // namespace sluice
