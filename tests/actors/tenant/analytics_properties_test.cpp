// SPDX-License-Identifier: Apache-2.0
// Goal    Forecasts and what is usual are what simple models say.
// Method  Random histories against models that add up hour by hour, and sort copies.
// Replay  RC_PARAMS="seed=..." as printed by a failure.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr MeterId calls{1};
constexpr WallTime hour_zero{std::chrono::hours{486'000}};

std::uint64_t middle(std::vector<std::uint64_t> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

RC_GTEST_PROP(UsualProperties, AreTheMedianAndTheMedianDistance, ()) {
  const auto weeks = *rc::gen::inRange<std::size_t>(3, 9);
  const auto values = *rc::gen::container<std::vector<std::uint64_t>>(
      weeks, rc::gen::inRange<std::uint64_t>(0, 9'999));
  ComparedHour hour{.meter = calls, .hour = hour_zero, .weeks = weeks};
  for (std::size_t i = 0; i < weeks; ++i) {
    hour.earlier.at(i) = Amount{values[i]};
  }
  const auto usual = usual_of(hour);
  RC_ASSERT(usual.has_value());
  const std::uint64_t expected = middle(values);
  std::vector<std::uint64_t> distances;
  for (const std::uint64_t value : values) {
    distances.push_back(value > expected ? value - expected : expected - value);
  }
  RC_ASSERT(usual->expected == Amount{expected});
  RC_ASSERT(usual->spread == Amount{middle(distances)});
  RC_ASSERT(usual->highest >= Amount{expected + 100});
  RC_ASSERT(usual->lowest <= usual->expected);
}

RC_GTEST_PROP(ForecastProperties, GoByTheWeightedMeanOfDays, ()) {
  const auto points = *rc::gen::container<std::map<std::int64_t, std::uint64_t>>(
      rc::gen::inRange<std::int64_t>(1, 169),
      *rc::gen::element(rc::gen::inRange<std::uint64_t>(0, 3),
                        rc::gen::inRange<std::uint64_t>(0, 100'000)));
  RC_PRE(!points.empty());
  ForecastSource source;
  std::int64_t first = 0;
  std::uint64_t units = 0;
  for (const auto& [ago, used] : points) {
    source.hours.push_back({calls, hour_zero - ago * 1h, Amount{used}});
    first = std::max(first, ago);
    units += used * static_cast<std::uint64_t>(7 - (ago - 1) / 24);
  }
  std::uint64_t hours = 0;
  for (std::int64_t ago = 1; ago <= first; ++ago) {
    hours += static_cast<std::uint64_t>(7 - (ago - 1) / 24);
  }
  LimitUsage usage;
  usage.limit.meter = calls;
  usage.limit.rule = WindowRule{Amount{1'000'000}, Period::never};
  usage.window = {WallTime::min(), wall_time_never};
  usage.reading.size = Amount{1'000'000};
  usage.reading.resets_at = wall_time_never;
  const LimitForecast told = forecast(std::span{&usage, 1}, source, hour_zero).limits.at(0);
  RC_ASSERT(told.pace_per_hour == Amount{(units + hours - 1) / hours});
  if (units == 0) {
    RC_ASSERT(!told.exhausted_at);
    return;
  }
  const long double needed =
      1e6L * static_cast<long double>(hours) * 3.6e12L / static_cast<long double>(units);
  const auto clocks_end = static_cast<long double>((wall_time_never - hour_zero).count());
  RC_ASSERT(told.exhausted_at.has_value() == (needed < clocks_end));
  if (told.exhausted_at) {
    // One moment earlier not all of it is used: `moment * units` are `hours` of nanoseconds times
    // what is used.
    const auto moment = static_cast<long double>((*told.exhausted_at - hour_zero).count());
    RC_ASSERT(moment >= needed - 1.0L);
    RC_ASSERT(moment <= needed + 2.0L);
  }
}

RC_GTEST_PROP(ForecastProperties, AreNotMovedByOtherMeters, ()) {
  const auto used = *rc::gen::inRange<std::uint64_t>(1, 1'000);
  ForecastSource source{{{calls, hour_zero - 2h, Amount{used}}}, {}};
  LimitUsage usage;
  usage.limit.meter = calls;
  usage.limit.rule = WindowRule{Amount{5'000}, Period::month};
  usage.window = {hour_zero - 24h, hour_zero + 240h};
  usage.reading.size = Amount{5'000};
  usage.reading.resets_at = usage.window.end;
  const Forecast alone = forecast(std::span{&usage, 1}, source, hour_zero);
  source.hours.push_back({MeterId{2}, hour_zero - 1h, Amount{123'456}});
  RC_ASSERT(forecast(std::span{&usage, 1}, source, hour_zero) == alone);
}

}  // namespace
}  // namespace sluice
