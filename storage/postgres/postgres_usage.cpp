// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about the usage of all tenants: each place is asked for its own,
// and what they say is put together.
#include <algorithm>
#include <map>
#include <utility>

#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/usage_statements.hpp"
#include "storage/postgres/value_statements.hpp"

namespace sluice::postgres {

/// The center first, then schemas of tenants, then instances.
std::vector<PostgresStore::UsagePlace> PostgresStore::usage_places() const {
  std::vector<UsagePlace> places(1);
  const auto elsewhere = places_->elsewhere();
  if (elsewhere == nullptr) {
    return places;
  }
  std::map<std::string, UsagePlace> instances;
  for (const auto& [tenant, placement] : *elsewhere) {
    if (placement.isolation == Isolation::shared) {
      continue;
    }
    places.front().meant.tenants.push_back(tenant);
    if (placement.isolation == Isolation::dedicated_schema) {
      places.push_back({placement, {true, {tenant}}});
    } else {
      UsagePlace& instance = instances[placement.instance];
      instance.placement = placement;
      instance.meant.only = true;
      instance.meant.tenants.push_back(tenant);
    }
  }
  for (auto& [name, instance] : instances) {
    places.push_back(std::move(instance));
  }
  return places;
}

Result<PostgresStore::Reached> PostgresStore::reach(const UsagePlace& place) {
  return place.meant.only ? reach(place.placement, place.meant.tenants.front(), Part::spent)
                          : Result<Reached>{center()};
}

/// Asks each place, those with tenants of the tier if one is given.
Result<Done> PostgresStore::each_usage_place(
    const std::string& tier, const std::function<void(Transaction&, const TenantsMeant&)>& ask) {
  for (UsagePlace& place : usage_places()) {
    if (place.meant.only && !tier.empty()) {
      auto of_tier = read<std::vector<TenantId>>([&](Transaction& transaction) {
        return select_of_tier(transaction, place.meant.tenants, tier);
      });
      if (!of_tier.ok()) {
        return of_tier.fault();
      }
      place.meant.tenants = std::move(of_tier).value();
      if (place.meant.tenants.empty()) {
        continue;
      }
    }
    const auto at = reach(place);
    if (!at.ok()) {
      return at.fault();
    }
    const auto asked =
        told<Done>(at.value(), at.value().session->transact<Done>(Transaction::Kind::read,
                                                                  Scope{at.value().schema, {}},
                                                                  [&](Transaction& transaction) {
                                                                    ask(transaction, place.meant);
                                                                    return Done{};
                                                                  }));
    if (!asked.ok()) {
      return asked;
    }
  }
  return Done{};
}

Result<std::vector<TopTenant>> PostgresStore::top_tenants(const TopQuery& query) {
  if (has_nul(query.tier)) {
    return std::vector<TopTenant>{};
  }
  return while_settled<std::vector<TopTenant>>([&]() -> Result<std::vector<TopTenant>> {
    std::vector<TopTenant> top;
    const auto asked =
        each_usage_place(query.tier, [&](Transaction& transaction, const TenantsMeant& meant) {
          TopQuery here = query;
          if (meant.only) {
            here.tier.clear();  // The center has said which are of it.
          }
          std::ranges::move(select_top(transaction, here, meant), std::back_inserter(top));
        });
    if (!asked.ok()) {
      return asked.fault();
    }
    std::ranges::sort(
        top, [&](const TopTenant& a, const TopTenant& b) { return ranks_before(a, b, query.by); });
    top.resize(std::min(top.size(), query.count));
    return read<std::vector<TopTenant>>([&](Transaction& transaction) {
      std::vector<TopTenant> named = top;
      name_top(transaction, named);
      return named;
    });
  });
}

Result<std::vector<UsagePoint>> PostgresStore::usage_of_all(const PlatformUsageQuery& query) {
  if (has_nul(query.tier)) {
    return std::vector<UsagePoint>{};
  }
  return while_settled<std::vector<UsagePoint>>([&]() -> Result<std::vector<UsagePoint>> {
    std::map<std::pair<WallTime, MeterId>, UsagePoint> sums;
    const auto asked =
        each_usage_place(query.tier, [&](Transaction& transaction, const TenantsMeant& meant) {
          PlatformUsageQuery here = query;
          if (meant.only) {
            here.tier.clear();
          }
          for (const UsagePoint& point : select_usage_of_all(transaction, here, meant)) {
            UsagePoint& sum = sums.try_emplace({point.start, point.meter},
                                               UsagePoint{point.meter, point.start, Amount{}})
                                  .first->second;
            sum.used = sum.used + point.used;
            sum.allowed += point.allowed;
            sum.denied += point.denied;
            sum.throttled += point.throttled;
            sum.overage = sum.overage + point.overage;
          }
        });
    if (!asked.ok()) {
      return asked.fault();
    }
    std::vector<UsagePoint> points;
    points.reserve(sums.size());
    for (const auto& [key, point] : sums) {
      points.push_back(point);
    }
    return points;
  });
}

Result<BusyPage> PostgresStore::busy_hours(const BusyQuery& query) {
  SLUICE_INVARIANT(query.rows_max >= 3);
  const std::vector<UsagePlace> places = usage_places();
  if (query.after.place >= places.size()) {
    return BusyPage{};  // There are fewer than there were.
  }
  const UsagePlace& place = places[query.after.place];
  const auto at = reach(place);
  if (!at.ok()) {
    return at.fault();
  }
  auto page = told<BusyPage>(at.value(), at.value().session->transact<BusyPage>(
                                             Transaction::Kind::read, Scope{at.value().schema, {}},
                                             [&](Transaction& transaction) {
                                               return select_busy(transaction, query, place.meant);
                                             }));
  if (page.ok() && !page.value().next && query.after.place + 1 < places.size()) {
    page.value().next = BusyMark{query.after.place + 1, {}, {}};
  }
  return page;
}

// One place with each call. One that cannot be reached does not keep the others waiting.
Result<Rest> PostgresStore::forget_usage(Epoch epoch, const UsageForgetting& what) {
  const std::vector<UsagePlace> places = usage_places();
  const std::size_t index = forgets_at_ % places.size();
  const bool last = index + 1 == places.size();
  forgets_at_ = last ? 0 : index + 1;
  const auto at = reach(places[index]);
  if (!at.ok()) {
    return at.fault();
  }
  months_.clear();
  const auto more = write_at<bool>(at.value(), epoch, [&](Transaction& transaction) {
    const bool more_values = forget_values(transaction, what);
    return Result<bool>{postgres::forget_usage(transaction, what) || more_values};
  });
  if (!more.ok()) {
    return more.fault();
  }
  if (more.value()) {
    forgets_at_ = index;
  }
  return more.value() || !last ? Rest::some : Rest::none;
}

}  // namespace sluice::postgres
