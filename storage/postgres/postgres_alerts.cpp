// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about alerts and their deliveries. They are planned and delivered
// for all tenants at once; what one tenant is told of reaches its rows alone.
#include "storage/postgres/alert_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"

namespace sluice::postgres {

Result<Done> PostgresStore::raise(Epoch epoch, std::span<const Alert> alerts) {
  return write_as<Done>(epoch, [&](Transaction& transaction) {
    raise_alerts(transaction, alerts);
    return Result<Done>{Done{}};
  });
}

Result<std::vector<Alert>> PostgresStore::unplanned_alerts(std::size_t count_max) {
  return read<std::vector<Alert>>(
      [&](Transaction& transaction) { return select_unplanned(transaction, count_max); });
}

Result<Done> PostgresStore::plan_deliveries(Epoch epoch, std::span<const AlertPlan> plans) {
  return write_as<Done>(epoch, [&](Transaction& transaction) {
    for (const AlertPlan& plan : plans) {
      plan_alert(transaction, plan);
    }
    return Result<Done>{Done{}};
  });
}

Result<std::vector<DueDelivery>> PostgresStore::due_deliveries(const DueDeliveryQuery& query) {
  return read<std::vector<DueDelivery>>(
      [&](Transaction& transaction) { return select_due_deliveries(transaction, query); });
}

Result<Done> PostgresStore::settle_deliveries(Epoch epoch, std::span<const Delivery> deliveries) {
  return write_as<Done>(epoch, [&](Transaction& transaction) {
    for (const Delivery& delivery : deliveries) {
      settle_delivery(transaction, delivery);
    }
    return Result<Done>{Done{}};
  });
}

Result<AlertPage> PostgresStore::alerts(const AlertQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  const auto select = [&](Transaction& transaction) { return select_alerts(transaction, query); };
  return query.tenant ? read_of<AlertPage>(*query.tenant, select) : read<AlertPage>(select);
}

Result<DeliveryPage> PostgresStore::deliveries(const DeliveryQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  const auto select = [&](Transaction& transaction) {
    return select_deliveries(transaction, query);
  };
  return query.tenant ? read_of<DeliveryPage>(*query.tenant, select) : read<DeliveryPage>(select);
}

Result<std::uint32_t> PostgresStore::send_again(const Deed& deed, AlertId alert,
                                                std::optional<TenantId> tenant) {
  const auto again = [&](Transaction& transaction) {
    return postgres::send_again(transaction, alert, tenant, deed.audit.at);
  };
  return tenant ? write_of<std::uint32_t>(*tenant, deed, again)
                : write_as<std::uint32_t>(deed, again);
}

Result<bool> PostgresStore::forget_alerts(Epoch epoch, WallTime before, std::size_t count_max) {
  return write_as<bool>(epoch, [&](Transaction& transaction) {
    return Result<bool>{postgres::forget_alerts(transaction, before, count_max)};
  });
}

Result<std::vector<EndingTrial>> PostgresStore::ending_trials(const TrialQuery& query) {
  return read<std::vector<EndingTrial>>(
      [&](Transaction& transaction) { return select_trials(transaction, query); });
}

}  // namespace sluice::postgres
