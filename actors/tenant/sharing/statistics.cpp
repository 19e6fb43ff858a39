// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/statistics.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/price.hpp"

namespace sluice {
namespace {

void add_to(SharingCount& sum, const SharingCount& more) {
  sum.uses += more.uses;
  sum.units = sum.units + more.units;
  sum.denied += more.denied;
  sum.amount_micros = sum_of_micros(sum.amount_micros, more.amount_micros);
  sum.owner_micros = sum_of_micros(sum.owner_micros, more.owner_micros);
}

/// What more is owed than before.
void charge(SharingCount& count, std::uint64_t cost, std::uint64_t& charged,
            const RevenueShare& revenue) {
  count.amount_micros = cost - charged;
  count.owner_micros = divide(cost, revenue).owner_micros - divide(charged, revenue).owner_micros;
  charged = cost;
}

Fault statistics_fault(std::string_view sentence) {
  return {FaultCode::invalid_argument, std::string{sentence}};
}

}  // namespace

Result<Done> validate(const SharingStatisticsQuery& query) {
  if (query.from < WallTime{} || query.from >= query.to) {
    return statistics_fault("to: must be after from, and from not before 1970");
  }
  if (query.to - query.from > sharing_statistics_span_max) {
    return statistics_fault("to: must be at most 366 days after from");
  }
  if (query.points_max < 1 || query.points_max > sharing_points_max) {
    return statistics_fault("points_max: must be from 1 to 10000");
  }
  if (query.top_max > sharing_top_max) {
    return statistics_fault("top_max: must be at most 100");
  }
  return Done{};
}

Window SharingTally::hours_needed(const SharingStatisticsQuery& query,
                                  BillingPeriod period) noexcept {
  return {billing_period_at(period, query.from).start, query.to};
}

void SharingTally::add(const GrantSpan& grant, std::span<const SharingTerms> terms,
                       std::span<const SharedHour> hours) {
  if (terms.empty()) {
    return;
  }
  const BillingPeriod length = terms.front().pricing.period;
  Window period = billing_period_at(length, query_.from);
  while (period.start < query_.to) {
    const SharingTerms* held = terms_at(terms, period.start);
    SLUICE_INVARIANT(held != nullptr);
    add_period(grant, *held, period, hours);
    if (period.end == wall_time_never) {
      break;
    }
    period = billing_period_at(length, period.end);
  }
}

void SharingTally::add_period(const GrantSpan& grant, const SharingTerms& terms,
                              const Window& period, std::span<const SharedHour> hours) {
  const EarlierUse earlier = earlier_.before(grant, period);
  std::uint64_t charged = cost_of(terms.pricing, earlier);
  const bool is_fixed = terms.pricing.kind == PricingKind::fixed;
  if (is_fixed && !earlier.stood && stood_in(grant, period)) {
    SharingCount price;
    charge(price, terms.pricing.price_micros, charged, terms.revenue);
    count(grant, terms, std::max(period.start, grant.granted_at), price);
  }
  Amount units = earlier.units;
  const auto first =
      std::ranges::lower_bound(hours, billing_hour_at(period.start), {}, &SharedHour::hour);
  for (const SharedHour& hour : std::span{first, hours.end()}) {
    const WallTime begin = begin_of(hour.hour);
    if (begin >= period.end) {
      break;
    }
    units = units + hour.units;
    SharingCount more{.uses = hour.uses, .units = hour.units, .denied = hour.denied};
    if (!is_fixed) {
      charge(more, cost_of(terms.pricing, units), charged, terms.revenue);
    }
    count(grant, terms, begin, more);
  }
  earlier_.add(grant, period, hours);
}

WallTime SharingTally::bucket_of(WallTime at, BillingPeriod period) const noexcept {
  switch (query_.by) {
    case SharingGranularity::hour:
      return begin_of(billing_hour_at(at));
    case SharingGranularity::day:
      return billing_period_at(BillingPeriod::day, at).start;
    case SharingGranularity::period:
      return billing_period_at(period, at).start;
  }
  invariant_broken("a granularity of sharing", __FILE__, __LINE__);
}

void SharingTally::count(const GrantSpan& grant, const SharingTerms& terms, WallTime at,
                         const SharingCount& more) {
  if (at < query_.from || at >= query_.to) {
    return;
  }
  const std::string& currency = terms.pricing.currency;
  const WallTime start = bucket_of(at, terms.pricing.period);
  SharingPoint& point = points_[{start, terms.policy, currency}];
  point.start = start;
  point.policy = terms.policy;
  point.currency = currency;
  point.resource = terms.resource;
  add_to(point.count, more);
  if (points_.size() > query_.points_max) {
    points_.erase(std::prev(points_.end()));
    cut();
  }
  const bool to_owner = query_.side == SharingSide::owner;
  const TenantId consumer = to_owner ? grant.consumer : TenantId{};
  const PolicyId policy = to_owner ? PolicyId{} : terms.policy;
  SharingTop& top = tops_[{currency, consumer, policy}];
  top.currency = currency;
  top.consumer = consumer;
  top.policy = policy;
  top.resource = to_owner ? Resource{} : terms.resource;
  add_to(top.count, more);
}

SharingStatistics SharingTally::take() {
  for (auto& [key, point] : points_) {
    told_.points.push_back(std::move(point));
  }
  std::vector<SharingTop> all;
  for (auto& [key, top] : tops_) {
    all.push_back(std::move(top));
  }
  std::ranges::stable_sort(all, [](const SharingTop& one, const SharingTop& other) {
    return std::tie(one.currency, other.count.amount_micros, other.count.units) <
           std::tie(other.currency, one.count.amount_micros, one.count.units);
  });
  std::size_t of_currency = 0;
  std::string currency;
  for (SharingTop& top : all) {
    const bool is_first = std::exchange(currency, top.currency) != top.currency;
    of_currency = is_first ? 1 : of_currency + 1;
    if (of_currency <= query_.top_max) {
      told_.top.push_back(std::move(top));
    }
  }
  return std::exchange(told_, {});
}

}  // namespace sluice
