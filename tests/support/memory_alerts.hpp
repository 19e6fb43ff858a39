// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "actors/tenant/outbox.hpp"

namespace sluice::test {

/// The outbox of a database in memory: what the contract of `Outbox` says of it.
///
/// Threading  Confined; whoever shares the database locks.
class MemoryAlerts {
public:
  void raise(const Alert& alert) {
    const bool known =
        std::ranges::any_of(kept_, [&](const Kept& kept) { return kept.alert.id == alert.id; });
    if (!known) {
      kept_.push_back({++last_number_, alert, false, {}});
    }
  }
  void raise(std::span<const Alert> alerts) {
    for (const Alert& alert : alerts) {
      raise(alert);
    }
  }
  void forget(TenantId tenant) {
    std::erase_if(kept_, [tenant](const Kept& kept) { return kept.alert.tenant == tenant; });
  }

  [[nodiscard]] std::vector<Alert> all() const {
    std::vector<Alert> alerts;
    for (const Kept& kept : kept_) {
      alerts.push_back(kept.alert);
    }
    return alerts;
  }
  [[nodiscard]] std::vector<Alert> unplanned(std::size_t count_max) const {
    std::vector<Alert> alerts;
    for (const Kept& kept : kept_) {
      if (!kept.planned && alerts.size() < count_max) {
        alerts.push_back(kept.alert);
      }
    }
    return alerts;
  }
  void plan(const AlertPlan& plan) {
    for (Kept& kept : kept_) {
      if (kept.alert.id == plan.alert && !kept.planned) {
        kept.planned = true;
        kept.alert.data = plan.data;
        kept.deliveries = plan.deliveries;
      }
    }
  }
  [[nodiscard]] std::vector<DueDelivery> due(const DueDeliveryQuery& query) const {
    std::map<TenantId, std::vector<DueDelivery>> queues;
    for (const Kept& kept : kept_) {
      for (const Delivery& one : kept.deliveries) {
        const DueDelivery due{kept.alert, one};
        if (one.state == DeliveryState::pending && one.next <= query.by &&
            queue_of(due) >= query.from) {
          queues[queue_of(due)].push_back(due);
        }
      }
    }
    std::vector<DueDelivery> first;
    std::size_t looked_at = 0;
    for (auto& [queue, due] : queues) {
      if (looked_at++ == query.queues_max) {
        break;
      }
      std::ranges::sort(due, {}, [](const DueDelivery& one) { return place_of(one.delivery); });
      due.resize(std::min(due.size(), query.per_queue_max));
      first.insert(first.end(), due.begin(), due.end());
    }
    return first;
  }
  void settle(const Delivery& settled) {
    for (Kept& kept : kept_) {
      for (Delivery& one : kept.deliveries) {
        if (one.state == DeliveryState::pending && key_of(one) == key_of(settled)) {
          one = settled;
        }
      }
    }
  }
  [[nodiscard]] AlertPage page(const AlertQuery& query) const {
    AlertPage page;
    for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) {
      const bool matches = (query.before == 0 || kept->number < query.before) &&
                           (!query.tenant || kept->alert.tenant == *query.tenant) &&
                           (!query.kind || kept->alert.kind == *query.kind) &&
                           (!query.state || count(*kept, *query.state) > 0);
      if (matches && page.alerts.size() == query.page_size) {
        page.more = true;
        break;
      }
      if (matches) {
        page.alerts.push_back({kept->number, kept->alert, count(*kept, DeliveryState::pending),
                               count(*kept, DeliveryState::delivered),
                               count(*kept, DeliveryState::dead)});
      }
    }
    return page;
  }
  [[nodiscard]] DeliveryPage page(const DeliveryQuery& query) const {
    DeliveryPage page;
    std::size_t alerts = 0;
    for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) {
      const bool matches =
          (query.before == 0 || kept->number < query.before) &&
          (!query.tenant || kept->alert.tenant == *query.tenant) &&
          (!query.alert || kept->alert.id == *query.alert) &&
          (query.state ? count(*kept, *query.state) > 0 : !kept->deliveries.empty());
      if (matches && ++alerts > query.page_size) {
        page.more = true;
        break;
      }
      for (const Delivery& one : kept->deliveries) {
        if (matches && (!query.state || one.state == *query.state)) {
          page.deliveries.push_back({kept->number, {kept->alert, one}});
        }
      }
    }
    return page;
  }
  [[nodiscard]] Result<std::uint32_t> send_again(AlertId alert, std::optional<TenantId> tenant,
                                                 WallTime now) {
    std::uint32_t again = 0;
    for (Kept& kept : kept_) {
      for (Delivery& one : kept.deliveries) {
        if (kept.alert.id == alert && (!tenant || kept.alert.tenant == *tenant) &&
            one.state == DeliveryState::dead) {
          one = {.alert = alert, .owner = one.owner, .url = one.url, .next = now};
          ++again;
        }
      }
    }
    return again > 0 ? Result<std::uint32_t>{again}
                     : Fault{FaultCode::not_found, "alert: it has no dead deliveries"};
  }
  [[nodiscard]] bool forget(WallTime before, std::size_t count_max) {
    std::size_t gone = 0;
    std::erase_if(kept_, [&](const Kept& kept) {
      return kept.alert.at < before && gone < count_max && ++gone > 0;
    });
    return gone >= count_max;
  }

private:
  struct Kept {
    std::uint64_t number;
    Alert alert;
    bool planned;
    std::vector<Delivery> deliveries;
  };
  using Key = std::tuple<AlertId, std::string_view, std::string>;
  static Key key_of(const Delivery& one) { return {one.alert, to_string(one.owner), one.url}; }
  static std::pair<WallTime, Key> place_of(const Delivery& one) { return {one.next, key_of(one)}; }
  static std::uint32_t count(const Kept& kept, DeliveryState state) {
    return static_cast<std::uint32_t>(std::ranges::count(kept.deliveries, state, &Delivery::state));
  }

  std::uint64_t last_number_ = 0;
  std::vector<Kept> kept_;
};

}  // namespace sluice::test
