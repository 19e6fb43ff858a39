// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/unusual.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>

#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr MeterId calls{1};
constexpr WallTime unusual_noon{std::chrono::seconds{1'749'556'800}};

ComparedHour compared(std::uint64_t used, std::initializer_list<std::uint64_t> earlier) {
  ComparedHour hour{
      .tenant = TenantId{1, 1}, .meter = calls, .hour = unusual_noon, .used = Amount{used}};
  for (const std::uint64_t week : earlier) {
    hour.earlier.at(hour.weeks++) = Amount{week};
  }
  return hour;
}

TEST(UnusualSpec, SaysNothingOfFewerThanThreeWeeks) {
  EXPECT_EQ(usual_of(compared(10'000, {10, 10})), std::nullopt);
  EXPECT_NE(usual_of(compared(10'000, {10, 10, 10})), std::nullopt);
}

TEST(UnusualSpec, ExpectsTheMedianWhichOneOddWeekDoesNotMove) {
  const auto usual = usual_of(compared(0, {1'000, 1'010, 90'000, 990, 1'000}));
  ASSERT_TRUE(usual.has_value());
  EXPECT_EQ(usual->expected, Amount{1'000});
  EXPECT_EQ(usual->spread, Amount{10});
  EXPECT_EQ(usual->highest, Amount{2'000}) << "as much again, because the spread is small";
  EXPECT_EQ(usual->lowest, Amount{250});
}

TEST(UnusualSpec, LetsWhatVariesVary) {
  const auto usual = usual_of(compared(0, {200, 600, 1'000, 1'400, 1'800}));
  ASSERT_TRUE(usual.has_value());
  EXPECT_EQ(usual->spread, Amount{400});
  EXPECT_EQ(usual->highest, Amount{1'000 + 6 * 400});
  EXPECT_EQ(usual->lowest, Amount{0}) << "so nothing is too little";
}

TEST(UnusualSpec, KeepsQuietAboutWhatIsSmall) {
  EXPECT_EQ(alert_of_unusual(compared(100, {0, 0, 0}), unusual_noon), std::nullopt);
  EXPECT_NE(alert_of_unusual(compared(101, {0, 0, 0}), unusual_noon), std::nullopt);
}

TEST(UnusualSpec, AlertsOnceForTenantMeterAndHour) {
  const auto alert = alert_of_unusual(compared(5'000, {10, 20, 30}), unusual_noon + 1h);
  ASSERT_TRUE(alert.has_value());
  EXPECT_EQ(alert->kind, AlertKind::usage_unusual);
  EXPECT_EQ(alert->data, R"({"meter_id":1,"hour_ns":1749556800000000000,"used":5000,"expected":20,)"
                         R"("highest":120,"weeks":3})");
  EXPECT_EQ(alert_of_unusual(compared(9'000, {10, 20, 30}), unusual_noon + 9h)->id, alert->id);
  ComparedHour next = compared(5'000, {10, 20, 30});
  next.hour += 1h;
  EXPECT_NE(alert_of_unusual(next, unusual_noon)->id, alert->id);
}

TEST(UnusualSpec, AlertsNobodyOfTooLittle) {
  const ComparedHour hour = compared(0, {10'000, 10'000, 10'000});
  EXPECT_GT(usual_of(hour)->lowest, Amount{0});
  EXPECT_EQ(alert_of_unusual(hour, unusual_noon), std::nullopt)
      << "after an outage it would be everybody";
}

TEST(UnusualSpec, GoesBackAsFarAsTheMeterWasInUse) {
  EXPECT_EQ(weeks_in_use(unusual_noon, unusual_noon + 1h), 0U);
  EXPECT_EQ(weeks_in_use(unusual_noon, unusual_noon - 20 * 24h), 2U);
  EXPECT_EQ(weeks_in_use(unusual_noon, unusual_noon - 400 * 24h), 8U);
}

TEST(UnusualSearchSpec, FindsTheHoursOfTheLastDayThatAreNotLikeTheOthers) {
  UnusualSearch search{unusual_span(unusual_noon + 30min)};
  search.add_day({calls, unusual_noon - 70 * 24h, Amount{1}});
  for (int week = 1; week <= 8; ++week) {
    for (int ago = 1; ago <= 24; ++ago) {
      search.add_hour({calls, unusual_noon - ago * 1h - week * one_week, Amount{1'000}});
    }
  }
  for (int ago = 1; ago <= 24; ++ago) {
    if (ago != 5) {
      search.add_hour({calls, unusual_noon - ago * 1h, Amount{ago == 3 ? 9'000U : 1'100U}});
    }
  }
  search.add_hour({calls, unusual_noon, Amount{77'000}});  // It is not over.
  const UnusualUsage found = search.found();
  ASSERT_EQ(found.meters.size(), 1U);
  EXPECT_EQ(found.meters[0].hours_judged, 24U);
  ASSERT_EQ(found.meters[0].hours.size(), 2U);
  EXPECT_EQ(found.meters[0].hours[0].start, unusual_noon - 3h);
  EXPECT_EQ(found.meters[0].hours[0].used, Amount{9'000});
  EXPECT_EQ(found.meters[0].hours[0].weeks, 8U);
  EXPECT_EQ(found.meters[0].hours[1].start, unusual_noon - 5h) << "when nothing was used";
}

TEST(StatisticsTallySpec, AddsUpAndRemembersThePeak) {
  StatisticsTally tally{1};
  tally.add({calls, unusual_noon, Amount{5}, 8, 1, 1, Amount{2}});
  tally.add({calls, unusual_noon + 1h, Amount{9}, 0, 0, 0});
  tally.add({calls, unusual_noon + 2h, Amount{9}, 0, 0, 0});
  const UsageStatistics told = tally.take();
  ASSERT_EQ(told.meters.size(), 1U);
  EXPECT_EQ(told.meters[0].used, Amount{23});
  EXPECT_EQ(told.meters[0].buckets, 3U);
  EXPECT_EQ(told.meters[0].peak_start, unusual_noon + 1h);
  EXPECT_EQ(denied_ppm(told.meters[0]), 200'000U);
  EXPECT_EQ(told.points.size(), 1U);
  EXPECT_FALSE(told.complete);
}

TEST(TopQuerySpec, RefusesToAddUpAmountsOfDifferentMeters) {
  const auto refused = settled(TopQuery{}, unusual_noon);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.fault().context.starts_with("meter: "));
  EXPECT_TRUE(settled(TopQuery{.by = TopBy::denied}, unusual_noon).ok());
  EXPECT_TRUE(settled(TopQuery{.meter = calls}, unusual_noon).ok());
  EXPECT_FALSE(settled(TopQuery{.meter = calls, .count = 101}, unusual_noon).ok());
}

}  // namespace
}  // namespace sluice
