// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about alerts and their deliveries.
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

Result<Done> SqliteStore::raise(Epoch epoch, std::span<const Alert> alerts) {
  return write_as<Done>(epoch, [&] {
    for (const Alert& alert : alerts) {
      alerts_.raise(alert);
    }
    return Done{};
  });
}

Result<std::vector<Alert>> SqliteStore::unplanned_alerts(std::size_t count_max) {
  return attempt<std::vector<Alert>>([&] { return alerts_.unplanned(count_max); });
}

Result<Done> SqliteStore::plan_deliveries(Epoch epoch, std::span<const AlertPlan> plans) {
  return write_as<Done>(epoch, [&] {
    for (const AlertPlan& plan : plans) {
      alerts_.plan(plan);
    }
    return Done{};
  });
}

Result<std::vector<DueDelivery>> SqliteStore::due_deliveries(const DueDeliveryQuery& query) {
  return attempt<std::vector<DueDelivery>>([&] { return alerts_.due(query); });
}

Result<Done> SqliteStore::settle_deliveries(Epoch epoch, std::span<const Delivery> deliveries) {
  return write_as<Done>(epoch, [&] {
    for (const Delivery& delivery : deliveries) {
      alerts_.settle(delivery);
    }
    return Done{};
  });
}

Result<AlertPage> SqliteStore::alerts(const AlertQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<AlertPage>([&] { return alerts_.page(query); });
}

Result<DeliveryPage> SqliteStore::deliveries(const DeliveryQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<DeliveryPage>([&] { return alerts_.page(query); });
}

Result<std::uint32_t> SqliteStore::send_again(const Deed& deed, AlertId alert,
                                              std::optional<TenantId> tenant) {
  return write_as<std::uint32_t>(deed,
                                 [&] { return alerts_.send_again(alert, tenant, deed.audit.at); });
}

Result<bool> SqliteStore::forget_alerts(Epoch epoch, WallTime before, std::size_t count_max) {
  return write_as<bool>(epoch, [&] { return Result<bool>{alerts_.forget(before, count_max)}; });
}

Result<std::vector<EndingTrial>> SqliteStore::ending_trials(const TrialQuery& query) {
  return attempt<std::vector<EndingTrial>>([&] { return alerts_.ending_trials(query); });
}

}  // namespace sluice
