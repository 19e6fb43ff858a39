// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/usage_reading.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include "actors/tenant/analytics/usage_range.hpp"

namespace sluice {
namespace {

/// Buckets of all tenants that one statement adds up: however many tenants there are, each
/// statement ends in time.
constexpr std::int64_t buckets_per_statement = 100;

/// Calls with each point of the query, in their order. A bucket of time may be on two pages: what
/// was told of it is passed over.
Result<Done> each_point(Store& store, UsageQuery query,
                        const std::function<void(const UsagePoint&)>& each) {
  query.points_max = usage_points_max;
  std::size_t read = 0;
  using Key = std::tuple<WallTime, MeterId, PartRef>;
  const auto key_of = [](const UsagePoint& point) {
    return Key{point.start, point.meter, point.part};
  };
  std::optional<Key> told;
  for (bool more = true; more;) {
    const auto points = store.usage(query);
    if (!points.ok()) {
      return points.fault();
    }
    for (const UsagePoint& point : points.value()) {
      if (!told || key_of(point) > *told) {
        each(point);
      }
    }
    read += points.value().size();
    more = points.value().size() == query.points_max;
    if (more && read >= usage_points_read_max) {
      return Fault{FaultCode::invalid_argument, "from: the range has more than " +
                                                    std::to_string(usage_points_read_max) +
                                                    " points; take longer buckets"};
    }
    if (more && points.value().front().start == points.value().back().start) {
      return Fault{FaultCode::invalid_argument, std::string{too_many_values}};
    }
    if (more) {
      told = key_of(points.value().back());
      query.from = points.value().back().start;
    }
  }
  return Done{};
}

}  // namespace

Result<Forecast> read_forecast(Store& store, const TenantUsage& usage) {
  const WallTime now = usage.at;
  ForecastSource source;
  UsageQuery query{.tenant = usage.tenant,
                   .granularity = Granularity::hour,
                   .from = forecast_hours_from(now),
                   .to = now + Duration{1}};
  const auto hours =
      each_point(store, query, [&](const UsagePoint& point) { source.hours.push_back(point); });
  if (!hours.ok()) {
    return hours.fault();
  }
  query.granularity = Granularity::minute;
  query.from = forecast_minutes_from(now);
  const auto minutes =
      each_point(store, query, [&](const UsagePoint& point) { source.minutes.push_back(point); });
  return minutes.ok() ? Result<Forecast>{forecast(usage.limits, source, now)} : minutes.fault();
}

Result<UnusualUsage> read_unusual(Store& store, TenantId tenant, WallTime now) {
  const UnusualSpan span = unusual_span(now);
  UnusualSearch search{span};
  constexpr Duration weeks = one_week * unusual_weeks_max;
  UsageQuery query{.tenant = tenant,
                   .granularity = Granularity::day,
                   .from = bucket_start(span.from - std::min(weeks, span.from.time_since_epoch()),
                                        Granularity::day),
                   .to = span.to};
  const auto days =
      each_point(store, query, [&](const UsagePoint& point) { search.add_day(point); });
  if (!days.ok()) {
    return days.fault();
  }
  query.granularity = Granularity::hour;
  for (std::size_t week = 0; week <= unusual_weeks_max; ++week) {
    const Duration back = one_week * static_cast<std::int64_t>(week);
    if (span.to.time_since_epoch() <= back) {
      break;
    }
    query.from = std::max(span.from - back, WallTime{});
    query.to = span.to - back;
    const auto hours =
        each_point(store, query, [&](const UsagePoint& point) { search.add_hour(point); });
    if (!hours.ok()) {
      return hours.fault();
    }
  }
  return search.found();
}

Result<UsageStatistics> read_statistics(Store& store, const UsageQuery& query) {
  StatisticsTally tally{0};
  const auto read = each_point(store, query, [&](const UsagePoint& point) { tally.add(point); });
  if (!read.ok()) {
    return read.fault();
  }
  UsageStatistics told = tally.take();
  if (!query.label.empty() && told.meters.size() > statistics_parts_max) {
    return Fault{FaultCode::invalid_argument,
                 "label: has more than " + std::to_string(statistics_parts_max) +
                     " values; ask for one of them, or for a shorter time"};
  }
  told.from = query.from;
  told.to = query.to;
  return told;
}

Result<UsageStatistics> read_platform_usage(Store& store, const PlatformUsageQuery& query) {
  StatisticsTally tally{query.points_max};
  const UsageRange& range = query.range;
  const Duration step = length_of(range.granularity) * buckets_per_statement;
  PlatformUsageQuery part = query;
  // From the beginning of a bucket to that of another, so that no bucket is in two parts.
  for (WallTime from = bucket_start(range.from, range.granularity); from < range.to; from += step) {
    part.range.from = std::max(from, range.from);
    part.range.to = std::min(from + step, range.to);
    const auto points = store.usage_of_all(part);
    if (!points.ok()) {
      return points.fault();
    }
    std::ranges::for_each(points.value(), [&](const UsagePoint& point) { tally.add(point); });
  }
  UsageStatistics told = tally.take();
  told.from = range.from;
  told.to = range.to;
  return told;
}

}  // namespace sluice
