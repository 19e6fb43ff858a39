// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/plans.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace sluice::webhooks {

namespace {

constexpr std::size_t planned_at_once = 64;

/// What the plan of a tenant's alerts is made of.
struct Addressee {
  Customisation custom{};
  std::optional<TenantDefinition> definition{};
};

/// The tenant without what it spent, which can be much.
Result<std::optional<TenantDefinition>> find_definition(Store& store, TenantId tenant) {
  TenantQuery query;
  query.page_size = 1;
  query.after = tenant.low > 0 ? TenantId{tenant.high, tenant.low - 1}
                               : TenantId{tenant.high - 1, ~std::uint64_t{0}};
  auto page = store.list(query);
  if (!page.ok()) {
    return page.fault();
  }
  auto& found = page.value().tenants;
  const bool is_it = !found.empty() && found.front().id == tenant;
  return is_it ? std::optional{std::move(found.front())} : std::nullopt;
}

Result<Addressee> find_addressee(Store& store, TenantId tenant) {
  if (tenant == TenantId{}) {
    return Addressee{};
  }
  auto customised = store.customisation(tenant);
  if (!customised.ok()) {
    return customised.fault();
  }
  auto definition = find_definition(store, tenant);
  if (!definition.ok()) {
    return definition.fault();
  }
  return Addressee{std::move(customised).value().custom, std::move(definition).value()};
}

}  // namespace

PlannedAlerts plan_alerts(Store& store, std::span<const Webhook> platforms, WallTime now,
                          std::size_t count_max, Epoch epoch) {
  PlannedAlerts planned;
  std::map<TenantId, Addressee> addressees;
  std::optional<MeterTable> meters;
  while (planned.alerts.size() < count_max) {
    auto alerts = store.unplanned_alerts(planned_at_once);
    if (!alerts.ok() || alerts.value().empty()) {
      planned.outcome = alerts.ok() ? Result<Done>{Done{}} : alerts.fault();
      return planned;
    }
    if (!meters) {
      auto table = store.meters();
      if (!table.ok()) {
        planned.outcome = table.fault();
        return planned;
      }
      meters = std::move(table).value();
    }
    std::vector<AlertPlan> plans;
    for (const Alert& alert : alerts.value()) {
      if (!addressees.contains(alert.tenant)) {
        auto found = find_addressee(store, alert.tenant);
        if (!found.ok()) {
          planned.outcome = found.fault();
          return planned;
        }
        addressees.emplace(alert.tenant, std::move(found).value());
      }
      const Addressee& to = addressees.at(alert.tenant);
      const TenantDefinition* const tenant = to.definition ? &*to.definition : nullptr;
      plans.push_back({alert.id, named_data(alert, tenant, *meters),
                       deliveries_of(alert, to.custom, platforms, now)});
    }
    if (const auto written = store.plan_deliveries(epoch, plans); !written.ok()) {
      planned.outcome = written.fault();
      return planned;
    }
    for (std::size_t i = 0; i < plans.size(); ++i) {
      alerts.value()[i].data = std::move(plans[i].data);
      planned.alerts.push_back(std::move(alerts.value()[i]));
    }
  }
  return planned;
}

Result<std::optional<Webhook>> find_webhook(Store& store, const DueDelivery& due,
                                            std::span<const Webhook> platforms) {
  const auto find = [&](std::span<const Webhook> hooks) -> std::optional<Webhook> {
    const auto found = std::ranges::find(hooks, due.delivery.url, &Webhook::url);
    const bool stands =
        found != hooks.end() && (found->enabled || due.alert.kind == AlertKind::webhook_test);
    return stands ? std::optional{*found} : std::nullopt;
  };
  if (due.delivery.owner == WebhookOwner::platform) {
    return find(platforms);
  }
  const auto customised = store.customisation(due.alert.tenant);
  if (!customised.ok()) {
    return customised.fault();
  }
  return find(customised.value().custom.webhooks);
}

}  // namespace sluice::webhooks
