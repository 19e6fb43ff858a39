// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/outbox.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about alerts and their deliveries. Throws `DamagedRow` and
/// what libpqxx throws; others as `Outbox` says.

/// Those that are not there, of tenants that are.
void raise_alerts(Transaction& transaction, std::span<const Alert> alerts);
void raise_crossed(Transaction& transaction, std::span<const ThresholdCrossed> crossed);
[[nodiscard]] std::vector<Alert> select_unplanned(Transaction& transaction, std::size_t count_max);
void plan_alert(Transaction& transaction, const AlertPlan& plan);
[[nodiscard]] std::vector<DueDelivery> select_due_deliveries(Transaction& transaction,
                                                             const DueDeliveryQuery& query);
void settle_delivery(Transaction& transaction, const Delivery& delivery);
[[nodiscard]] AlertPage select_alerts(Transaction& transaction, const AlertQuery& query);
[[nodiscard]] DeliveryPage select_deliveries(Transaction& transaction, const DeliveryQuery& query);
[[nodiscard]] Result<std::uint32_t> send_again(Transaction& transaction, AlertId alert,
                                               std::optional<TenantId> tenant, WallTime now);
[[nodiscard]] bool forget_alerts(Transaction& transaction, WallTime before, std::size_t count_max);
[[nodiscard]] std::vector<EndingTrial> select_trials(Transaction& transaction,
                                                     const TrialQuery& query);

}  // namespace sluice::postgres
