// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/memory_alert_store.hpp"

#include <algorithm>
#include <utility>

namespace sluice::testing {

Result<Done> MemoryAlertStore::raise(Epoch epoch, std::span<const Alert> alerts) {
  return database_.write(epoch, [&] {
    database_.alerts_.raise(alerts);
    database_.asked();
    return Done{};
  });
}

Result<std::vector<Alert>> MemoryAlertStore::unplanned_alerts(std::size_t count_max) {
  const auto guard = database_.enter();
  return database_.alerts_.unplanned(count_max);
}

Result<Done> MemoryAlertStore::plan_deliveries(Epoch epoch, std::span<const AlertPlan> plans) {
  return database_.write(epoch, [&] {
    std::ranges::for_each(plans, [&](const AlertPlan& plan) { database_.alerts_.plan(plan); });
    database_.asked();
    return Done{};
  });
}

Result<std::vector<DueDelivery>> MemoryAlertStore::due_deliveries(const DueDeliveryQuery& query) {
  const auto guard = database_.enter();
  return database_.alerts_.due(query);
}

Result<Done> MemoryAlertStore::settle_deliveries(Epoch epoch,
                                                 std::span<const Delivery> deliveries) {
  return database_.write(epoch, [&] {
    std::ranges::for_each(deliveries, [&](const Delivery& one) { database_.alerts_.settle(one); });
    database_.asked();
    return Done{};
  });
}

Result<AlertPage> MemoryAlertStore::alerts(const AlertQuery& query) {
  const auto guard = database_.enter();
  return database_.alerts_.page(query);
}

Result<DeliveryPage> MemoryAlertStore::deliveries(const DeliveryQuery& query) {
  const auto guard = database_.enter();
  return database_.alerts_.page(query);
}

Result<std::uint32_t> MemoryAlertStore::send_again(const Deed& deed, AlertId alert,
                                                   std::optional<TenantId> tenant) {
  std::uint32_t count = 0;
  const auto written = database_.write(deed, [&]() -> Result<Done> {
    const auto again = database_.alerts_.send_again(alert, tenant, deed.audit.at);
    count = again.ok() ? again.value() : 0;
    return again.ok() ? Result<Done>{Done{}} : again.fault();
  });
  return written.ok() ? Result<std::uint32_t>{count} : written.fault();
}

Result<bool> MemoryAlertStore::forget_alerts(Epoch epoch, WallTime before, std::size_t count_max) {
  bool more = false;
  const auto written = database_.write(epoch, [&] {
    more = database_.alerts_.forget(before, count_max);
    return Done{};
  });
  return written.ok() ? Result<bool>{more} : written.fault();
}

}  // namespace sluice::testing
