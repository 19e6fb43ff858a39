// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// The same tenant in another process: its steady clock has another origin.
Desk restarted(const Desk& desk, const std::vector<Limit>& limits, Duration downtime = 0s) {
  Desk again{plan_of(limits), desk.now.wall + downtime, desk.counters()};
  return again;
}

TEST(RestoreSpec, ALimitWithoutACounterStartsUnused) {
  Desk desk{plan_of({window(5, Period::day), rate(1, 1s, 5)}), noon, {}};
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.used(1), Amount{0});
}

TEST(RestoreSpec, ACounterIsTheWindowsCountAndItsEnd) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(85);
  EXPECT_EQ(desk.counters(),
            (std::vector<Counter>{
                {LimitId{1}, Amount{85}, utc("2024-05-16T00:00:00Z"), ThresholdMask{1}}}));
}

TEST(RestoreSpec, ACounterIsTheRatesArrivalTimeRoundedUp) {
  Desk desk{{rate(3, 1s, 5)}};
  desk.charge(1);
  EXPECT_EQ(
      desk.counters(),
      (std::vector<Counter>{{LimitId{1}, Amount{0}, noon + 333'333'334ns, ThresholdMask{0}}}));
}

TEST(RestoreSpec, WindowsGoOnWhereTheyWere) {
  const std::vector limits{window(5, Period::day)};
  Desk desk{limits};
  desk.charge(3);
  Desk again = restarted(desk, limits);
  EXPECT_FALSE(again.admits(3));
  EXPECT_TRUE(again.admits(2));
}

TEST(RestoreSpec, AWindowThatEndedMeanwhileStartsAgain) {
  const std::vector limits{window(5, Period::day)};
  Desk desk{limits};
  desk.charge(5);
  EXPECT_FALSE(restarted(desk, limits, 12h - 1ns).admits(1));
  EXPECT_TRUE(restarted(desk, limits, 12h).admits(5));
}

TEST(RestoreSpec, RatesGoOnWhereTheyWere) {
  const std::vector limits{rate(1, 1s, 5)};
  Desk desk{limits};
  desk.charge(5);
  EXPECT_FALSE(restarted(desk, limits).admits(1));
  EXPECT_FALSE(restarted(desk, limits, 1s - 1ns).admits(1));
  EXPECT_TRUE(restarted(desk, limits, 1s).admits(1));
  Desk rested = restarted(desk, limits, 24h);
  EXPECT_TRUE(rested.admits(5));
  EXPECT_FALSE(rested.admits(1));
}

TEST(RestoreSpec, ManyRestartsGiveNothingAway) {
  const std::vector limits{rate(3, 1s, 5)};
  Desk desk{limits};
  desk.charge(5);
  for (int i = 0; i < 1000; ++i) {
    desk = restarted(desk, limits);
    EXPECT_FALSE(desk.admits(1));
  }
}

TEST(RestoreSpec, AWallClockThatWasSetBackCostsAFullBurstAtMost) {
  const std::vector limits{rate(1, 1s, 5)};
  Desk desk{limits};
  desk.charge(1);
  Desk again = restarted(desk, limits, -24h);
  EXPECT_EQ(again.charge(1).retry_after, 1s);
  again.pass(5s);
  EXPECT_TRUE(again.admits(5));
}

TEST(RestoreSpec, CountersOfOtherLimitsAreIgnored) {
  const Counter foreign{LimitId{9}, Amount{5}, wall_time_never, ThresholdMask{}};
  Desk desk{plan_of({window(5, Period::day)}), noon, {foreign}};
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(RestoreSpec, TheOrderOfCountersDoesNotMatter) {
  const Counter first{LimitId{1}, Amount{1}, noon + 1h, ThresholdMask{}};
  const Counter second{LimitId{2}, Amount{2}, noon + 1h, ThresholdMask{}};
  Desk desk{plan_of({window(5, Period::day), window(5, Period::day)}), noon, {second, first}};
  EXPECT_EQ(desk.used(0), Amount{1});
  EXPECT_EQ(desk.used(1), Amount{2});
}

TEST(RestoreSpec, AnyStoredMomentIsSafe) {
  for (const WallTime until : {WallTime::min(), WallTime{}, wall_time_never}) {
    const std::vector<Counter> stored{{LimitId{1}, Amount::max(), until, ThresholdMask{255}},
                                      {LimitId{2}, Amount::max(), until, ThresholdMask{255}}};
    for (const WallTime now : {WallTime::min(), noon, WallTime::max()}) {
      Desk desk{plan_of({alerting(window(5, Period::day)), rate(1, 1s, 5)}), now, stored};
      desk.charge(1);
      EXPECT_EQ(desk.tenant.usage(desk.now).size(), 2U);
      EXPECT_LE(desk.reading(1).used, Amount{5});
    }
  }
}

}  // namespace
}  // namespace sluice
