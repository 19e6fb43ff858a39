// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/shared_uses.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// Version 15: what was used under each grant in each hour. What somebody is paid for outlives both
/// tenants, so it refers to neither. Entries may be of the state shared (8): the text of their
/// constraint is edited as in version 5.
inline constexpr std::string_view shared_hours_schema = R"sql(
CREATE TABLE shared_hours (
  grant_id  BLOB NOT NULL CHECK (length(grant_id) = 16),
  hour      INTEGER NOT NULL CHECK (hour BETWEEN 1 AND 4294967295),
  policy    BLOB NOT NULL CHECK (length(policy) = 16),
  consumer  BLOB NOT NULL CHECK (length(consumer) = 16),
  owner     BLOB NOT NULL CHECK (length(owner) = 16),
  uses      INTEGER NOT NULL CHECK (uses >= 0),
  units     INTEGER NOT NULL CHECK (units >= 0),
  denied    INTEGER NOT NULL CHECK (denied >= 0),
  PRIMARY KEY (grant_id, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX shared_hours_by_owner ON shared_hours (owner, hour);
CREATE INDEX shared_hours_by_consumer ON shared_hours (consumer, hour);

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, 'state BETWEEN 0 AND 7', 'state BETWEEN 0 AND 8')
WHERE type = 'table' AND name = 'entries';

PRAGMA writable_schema = RESET;
)sql";

/// What the store says to the database about uses of what is shared.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class SharedHourStatements {
public:
  explicit SharedHourStatements(SqliteConnection& connection);

  /// An hour only grows, whether it is open or closed: the greater numbers stand, so writing it
  /// twice, or in another order, is writing it once.
  void put(const SharedHourRow& row);
  [[nodiscard]] SharedUsePage uses(const SharedUseQuery& query);
  [[nodiscard]] std::vector<SharedHourRow> hours(const SharedUsageQuery& query);

private:
  Statement put_;
  Statement select_hours_;
  std::array<Statement, 8> select_uses_;  ///< By side, and then by `SharedStretch`.
};

}  // namespace sluice
