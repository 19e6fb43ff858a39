// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/runtime/memory_usage_store.hpp"

namespace sluice::testing {

/// What a connection to a `MemoryDatabase` says about alerts.
class MemoryAlertStore : public MemoryUsageStore {
public:
  using MemoryUsageStore::MemoryUsageStore;

  Result<Done> raise(Epoch epoch, std::span<const Alert> alerts) override;
  Result<std::vector<Alert>> unplanned_alerts(std::size_t count_max) override;
  Result<Done> plan_deliveries(Epoch epoch, std::span<const AlertPlan> plans) override;
  Result<std::vector<DueDelivery>> due_deliveries(const DueDeliveryQuery& query) override;
  Result<Done> settle_deliveries(Epoch epoch, std::span<const Delivery> deliveries) override;
  Result<AlertPage> alerts(const AlertQuery& query) override;
  Result<DeliveryPage> deliveries(const DeliveryQuery& query) override;
  Result<std::uint32_t> send_again(const Deed& deed, AlertId alert,
                                   std::optional<TenantId> tenant) override;
  Result<bool> forget_alerts(Epoch epoch, WallTime before, std::size_t count_max) override;
};

}  // namespace sluice::testing
