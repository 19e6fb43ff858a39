// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/outbox.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about alerts and their deliveries, compiled once for each
/// connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`. Others as `Outbox` says.
class AlertStatements {
public:
  explicit AlertStatements(SqliteConnection& connection);

  /// Unless it is there, or its tenant is not.
  void raise(const Alert& alert);
  [[nodiscard]] std::vector<Alert> unplanned(std::size_t count_max);
  void plan(const AlertPlan& plan);
  [[nodiscard]] std::vector<DueDelivery> due(const DueDeliveryQuery& query);
  void settle(const Delivery& delivery);
  [[nodiscard]] AlertPage page(const AlertQuery& query);
  [[nodiscard]] DeliveryPage page(const DeliveryQuery& query);
  [[nodiscard]] Result<std::uint32_t> send_again(AlertId alert, std::optional<TenantId> tenant,
                                                 WallTime now);
  [[nodiscard]] bool forget(WallTime before, std::size_t count_max);
  [[nodiscard]] std::vector<EndingTrial> ending_trials(const TrialQuery& query);

private:
  /// The first one from this on that has something due.
  [[nodiscard]] std::optional<TenantId> next_queue(WallTime by, TenantId from);

  SqliteConnection& connection_;
  Statement insert_;
  Statement unplanned_;
  Statement mark_planned_;
  Statement insert_delivery_;
  Statement next_queue_;
  Statement due_;
  Statement settle_;
  Statement page_;
  Statement deliveries_;
  Statement send_again_;
  Statement forget_;
  Statement trials_;
};

}  // namespace sluice
