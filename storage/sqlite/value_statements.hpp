// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

/// What the store says to the database about history by the values of labels: of rows that are
/// parts of buckets.
///
/// Role       SQL, and values into and out of it; transactions are the caller's. What is written
///            for a tenant that does not exist is passed over.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class ValueStatements {
public:
  explicit ValueStatements(SqliteConnection& connection);

  /// Appends what is open.
  void open_values(TenantId id, std::vector<UsageBucket>& buckets);
  void put_open(const UsageRow& row);
  /// Counts a minute in its hour and its day, if it is not there yet.
  void add_closed(const UsageRow& row);
  /// The minute is closed: unless the part is of a later one, it is gone.
  void end_open(const UsageRow& closed);

  /// Of a query that has a label: the first `points_max` of what is closed and what is still open,
  /// summed.
  [[nodiscard]] std::vector<UsagePoint> usage(const UsageQuery& query);
  /// Whether there may be more.
  [[nodiscard]] bool forget(const UsageForgetting& what);

private:
  /// Of one length of time.
  struct ValueTable {
    Statement select;
    Statement add;
    Statement forget;
  };
  [[nodiscard]] ValueTable& table_of(Granularity granularity) {
    return values_[static_cast<std::size_t>(granularity)];
  }
  void run_with(Statement& statement, const UsageRow& row, std::uint32_t start);

  SqliteConnection& connection_;
  Statement select_open_;
  Statement put_open_;
  Statement end_open_;
  std::array<ValueTable, 3> values_;  ///< By `Granularity`.
};

}  // namespace sluice
