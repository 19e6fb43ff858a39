// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/analytics/usage_records.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

/// What the store says to the database about the usage of all tenants.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
/// Cost       What is about a range reads each of its rows.
class UsageStatements {
public:
  explicit UsageStatements(SqliteConnection& connection);

  /// The minute is closed: unless the bucket of its meter is a later one, it is gone.
  void end_open(TenantId tenant, const UsageBucket& closed);

  [[nodiscard]] std::vector<TopTenant> top(const TopQuery& query);
  [[nodiscard]] std::vector<UsagePoint> of_all(const PlatformUsageQuery& query);
  [[nodiscard]] BusyPage busy(const BusyQuery& query);
  /// Whether there may be more.
  [[nodiscard]] bool forget(const UsageForgetting& what);

private:
  using EachBucket = std::function<void(TenantId, const UsagePoint&)>;
  void each_bucket(const UsageRange& range, std::optional<MeterId> meter, const std::string& tier,
                   const EachBucket& each);
  void compare(ComparedHour& hour);
  void name(TopTenant& tenant);
  [[nodiscard]] bool forget(Statement& statement, WallTime before);

  SqliteConnection& connection_;
  Statement end_open_;
  Statement of_hour_;
  Statement hour_;
  Statement first_day_;
  Statement name_;
  Statement forget_minutes_;
  Statement forget_hours_;
  Statement forget_days_;
};

}  // namespace sluice
