// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/forecast.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "actors/tenant/analytics/usage_range.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr MeterId calls{1};
/// Noon of 10 June 2025.
constexpr WallTime forecast_noon{std::chrono::seconds{1'749'556'800}};

/// A limit of a thousand a month, of which so much is used; the window is June's.
LimitUsage monthly(std::uint64_t used) {
  LimitUsage usage;
  usage.limit.id = LimitId{1};
  usage.limit.name = "monthly";
  usage.limit.meter = calls;
  usage.limit.rule = WindowRule{Amount{1'000}, Period::month};
  usage.window = {forecast_noon - 9 * 24h - 12h, forecast_noon + 20 * 24h + 12h};
  usage.reading.size = Amount{1'000};
  usage.reading.used = Amount{used};
  usage.reading.resets_at = usage.window.end;
  return usage;
}

UsagePoint used_at(WallTime start, std::uint64_t used) {
  return {calls, start, Amount{used}, 1};
}

/// So much in each hour of the last so many.
std::vector<UsagePoint> steady(std::int64_t hours, std::uint64_t each) {
  std::vector<UsagePoint> points;
  for (std::int64_t ago = hours; ago > 0; --ago) {
    points.push_back(used_at(forecast_noon - ago * 1h, each));
  }
  return points;
}

LimitForecast of(const LimitUsage& usage, const ForecastSource& source,
                 WallTime now = forecast_noon) {
  return forecast(std::span{&usage, 1}, source, now).limits.at(0);
}

TEST(ForecastSpec, TellsWhenASteadyUseReachesTheSize) {
  const LimitForecast told = of(monthly(400), {steady(7 * 24, 6), {}});
  EXPECT_EQ(told.basis, ForecastBasis::hours);
  EXPECT_EQ(told.pace_per_hour, Amount{6});
  EXPECT_EQ(told.exhausted_at, forecast_noon + 100h) << "600 are left";
  EXPECT_EQ(told.projected, Amount{400 + 6 * (20 * 24 + 12)});
  EXPECT_EQ(told.projected_at, told.until);
  EXPECT_EQ(told.buckets, 168U);
  EXPECT_EQ(told.hours_seen, 168U);
}

TEST(ForecastSpec, SaysNothingOfWhatLastsUntilTheReset) {
  const LimitForecast told = of(monthly(400), {steady(7 * 24, 1), {}});
  EXPECT_EQ(told.exhausted_at, std::nullopt);
  EXPECT_EQ(told.projected, Amount{400 + 492});
}

TEST(ForecastSpec, SaysThatNothingIsLeft) {
  EXPECT_EQ(of(monthly(1'000), {steady(24, 1), {}}).exhausted_at, forecast_noon);
}

TEST(ForecastSpec, CountsTheLatestDaysMore) {
  auto points = steady(24, 70);
  const LimitForecast grown = of(monthly(0), {steady(7 * 24, 10), {}});
  for (const UsagePoint& point : steady(7 * 24, 0)) {
    points.push_back(point);
  }
  const LimitForecast risen = of(monthly(0), {points, {}});
  EXPECT_EQ(grown.pace_per_hour, Amount{10});
  // 70 with the weight 7, nothing with 6 to 1.
  EXPECT_EQ(risen.pace_per_hour, Amount{18}) << "70 * 7 / 28, rounded up";
  EXPECT_EQ(risen.last_day, Amount{24 * 70});
  EXPECT_EQ(risen.day_before, Amount{0});
}

TEST(ForecastSpec, DoesNotCountTimeBeforeTheFirstUse) {
  EXPECT_EQ(of(monthly(0), {steady(3, 9), {}}).pace_per_hour, Amount{9});
}

TEST(ForecastSpec, TakesTheFirstUseOfAllForAWholeHours) {
  const LimitForecast told = of(monthly(5), {{used_at(forecast_noon, 5)}, {}}, forecast_noon + 1s);
  EXPECT_EQ(told.pace_per_hour, Amount{5});
  EXPECT_EQ(told.hours_seen, 1U);
}

TEST(ForecastSpec, GoesByMinutesWhereAWindowEndsSoon) {
  LimitUsage hourly = monthly(100);
  hourly.limit.rule = WindowRule{Amount{1'000}, Period::hour};
  hourly.window = {forecast_noon - 30min, forecast_noon + 30min};
  hourly.reading.resets_at = hourly.window.end;
  ForecastSource source;
  for (int ago = 60; ago > 0; --ago) {
    source.minutes.push_back(used_at(forecast_noon - ago * 1min, 50));
  }
  const LimitForecast told = of(hourly, source);
  EXPECT_EQ(told.basis, ForecastBasis::minutes);
  EXPECT_EQ(told.pace_per_hour, Amount{3'000});
  EXPECT_EQ(told.exhausted_at, forecast_noon + 18min);
}

TEST(ForecastSpec, GoesByTheWindowWhereNotEveryUseCounts) {
  LimitUsage some = monthly(228);  // In nine and a half days.
  some.limit.when = {{"model", false, {"large"}}};
  const LimitForecast told = of(some, {steady(24, 1'000), {}});
  EXPECT_EQ(told.basis, ForecastBasis::window);
  EXPECT_EQ(told.pace_per_hour, Amount{1});
  EXPECT_EQ(told.buckets, 0U);
}

TEST(ForecastSpec, ForetellsNothingOfWhatRunsFullAndEmptyAgain) {
  LimitUsage rate = monthly(5);
  rate.limit.rule = RateRule{Amount{10}, 1s, Amount{10}};
  EXPECT_EQ(of(rate, {steady(24, 9), {}}).basis, ForecastBasis::nothing);
  LimitUsage labelled = monthly(5);
  labelled.limit.per = {"region"};
  EXPECT_EQ(of(labelled, {steady(24, 9), {}}).basis, ForecastBasis::nothing);
}

TEST(ForecastSpec, LooksThirtyDaysAheadOfWhatNeverResets) {
  LimitUsage gauge = monthly(10);
  gauge.limit.rule = WindowRule{Amount{1'000}, Period::never};
  gauge.window = {WallTime::min(), wall_time_never};
  gauge.reading.resets_at = wall_time_never;
  const LimitForecast told = of(gauge, {steady(24, 1), {}});
  EXPECT_EQ(told.projected, Amount{10 + 30 * 24});
  EXPECT_EQ(told.exhausted_at, forecast_noon + 990h);
}

TEST(ForecastSpec, SaysOfCreditWhenItIsSpent) {
  LimitUsage credit = monthly(10);
  credit.limit.rule = CreditRule{};
  credit.reading.size.reset();
  credit.reading.remaining = Amount{48};
  const LimitForecast told = of(credit, {steady(24, 2), {}});
  EXPECT_EQ(told.size, Amount{58});
  EXPECT_EQ(told.exhausted_at, forecast_noon + 24h);
}

TEST(ForecastSpec, StaysWithinWhatCanBeCounted) {
  LimitUsage huge = monthly(5);
  huge.reading.size = Amount::max();
  std::vector<UsagePoint> points(24, used_at(forecast_noon - 1h, Amount::max_raw));
  const LimitForecast told = of(huge, {points, {}});
  EXPECT_EQ(told.projected, Amount::max());
  LimitUsage slow = monthly(0);
  slow.reading.size = Amount::max();
  slow.reading.resets_at = wall_time_never;
  EXPECT_EQ(of(slow, {steady(1, 1), {}}).exhausted_at, std::nullopt) << "beyond all clocks";
}

TEST(UsageRangeSpec, FillsInWhatWasNotSaid) {
  const auto range = settled(UsageRange{.granularity = Granularity::hour}, forecast_noon);
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range.value().to, forecast_noon + 1ns) << "the bucket that begins now, too";
  EXPECT_EQ(range.value().from, range.value().to - 7 * 24h);
  EXPECT_FALSE(settled({Granularity::day, forecast_noon, forecast_noon}, forecast_noon).ok());
}

TEST(UsageRangeSpec, BoundsWhatIsAskedOfAllTenants) {
  EXPECT_TRUE(
      settled_for_all({Granularity::hour, forecast_noon - 800h, forecast_noon}, forecast_noon)
          .ok());
  const auto refused =
      settled_for_all({Granularity::hour, forecast_noon - 801h, forecast_noon}, forecast_noon);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().context, "from: the range has more than 800 buckets");
  EXPECT_TRUE(settled({Granularity::hour, forecast_noon - 801h, forecast_noon}, forecast_noon).ok())
      << "of one tenant";
}

}  // namespace
}  // namespace sluice
