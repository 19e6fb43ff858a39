// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// The percentages that fired since the last call.
std::vector<int> fired(Desk& desk) {
  std::vector<int> percents;
  for (const ThresholdCrossed& event : desk.happenings.crossed) {
    percents.push_back(event.threshold.raw());
  }
  desk.happenings.crossed.clear();
  return percents;
}
using Percents = std::vector<int>;

TEST(ThresholdSpec, FiresWhenUsageReachesItsShareAndNotOneBefore) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(79);
  EXPECT_EQ(fired(desk), Percents{});
  desk.charge(1);
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, SaysWhoseAndHowMuch) {
  Desk desk{{window(100, Period::day, users), window(50, Period::day)}};
  desk.charge(41);
  ASSERT_EQ(desk.happenings.crossed.size(), 1U);
  EXPECT_EQ(desk.happenings.crossed[0].tenant, desk.tenant.id());
  EXPECT_EQ(desk.happenings.crossed[0].limit, LimitId{2});
  EXPECT_EQ(desk.happenings.crossed[0].meter, api_requests);
  EXPECT_EQ(desk.happenings.crossed[0].used, Amount{41});
  EXPECT_EQ(desk.happenings.crossed[0].size, Amount{50});
}

TEST(ThresholdSpec, FiresOnceAWindow) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(85);
  desk.charge(1);
  desk.charge(0);
  EXPECT_EQ(fired(desk), Percents{80});
  desk.pass(24h);
  desk.charge(85);
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, AllThatOneChargeReachesFireInOrder) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(96);
  EXPECT_EQ(fired(desk), (Percents{80, 90, 95}));
  desk.charge(4);
  EXPECT_EQ(fired(desk), Percents{100});
}

TEST(ThresholdSpec, SharesAreExactHoweverLargeOrOddTheSize) {
  Desk odd{{with_thresholds(window(3, Period::day), {33, 34})}};
  odd.charge(1);
  EXPECT_EQ(fired(odd), Percents{33}) << "1 of 3 is more than 33 and less than 34 percent";
  Desk large{{with_thresholds(window(Amount::max_raw, Period::day), {99, 100})}};
  large.charge(Amount::max_raw - 1);
  EXPECT_EQ(fired(large), Percents{99});
  large.charge(1);
  EXPECT_EQ(fired(large), Percents{100});
}

TEST(ThresholdSpec, ADenialAPeekAndAnAmountOfZeroFireNothing) {
  Desk desk{{window(100, Period::day), window(50, Period::day, llm_tokens)}};
  desk.charge(101);
  desk.peek(100);
  desk.check({{api_requests, Amount{100}}, {llm_tokens, Amount{51}}});
  desk.charge(0);
  EXPECT_EQ(fired(desk), Percents{});
  desk.charge(100);
  EXPECT_EQ(fired(desk), (Percents{80, 90, 95, 100}));
}

TEST(ThresholdSpec, FiresWhereALimitOnlyAlerts) {
  Desk desk{{alerting(with_thresholds(window(10, Period::day), {100}))}};
  desk.charge(25);
  EXPECT_EQ(fired(desk), Percents{100});
  desk.charge(25);
  EXPECT_EQ(fired(desk), Percents{});
}

TEST(ThresholdSpec, OfASizeOfZeroFiresWithTheFirstCharge) {
  Desk desk{{alerting(window(0, Period::day))}};
  desk.charge(0);
  EXPECT_EQ(fired(desk), Percents{});
  desk.charge(1);
  EXPECT_EQ(fired(desk), (Percents{80, 90, 95, 100}));
}

TEST(ThresholdSpec, EightOfThemFitAndNoneIsFineToo) {
  Desk eight{{with_thresholds(window(100, Period::day), {1, 2, 3, 4, 5, 6, 7, 8})}};
  eight.charge(8);
  EXPECT_EQ(fired(eight), (Percents{1, 2, 3, 4, 5, 6, 7, 8}));
  eight.charge(8);
  EXPECT_EQ(fired(eight), Percents{});
  Desk none{{with_thresholds(window(100, Period::day), {})}};
  none.charge(100);
  EXPECT_EQ(fired(none), Percents{});
}

TEST(ThresholdSpec, RatesAndUnlimitedWindowsHaveNone) {
  Desk desk{{rate(1, 1s, 100), unlimited(Period::day)}};
  desk.charge(100);
  EXPECT_EQ(fired(desk), Percents{});
}

TEST(ThresholdSpec, AClockThatStepsBackDoesNotFireAgain) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(85);
  desk.step_wall_clock(-24h);
  desk.charge(1);
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, ASmallerSizeFiresWithTheNextChargeWhatItMakesReached) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(82);
  EXPECT_EQ(fired(desk), Percents{80});
  desk.tenant.adopt(plan_of({window(90, Period::day)}), desk.now, desk.happenings);
  desk.charge(0);
  EXPECT_EQ(fired(desk), Percents{});
  desk.charge(1);
  EXPECT_EQ(fired(desk), Percents{90}) << "83 of 90";
}

TEST(ThresholdSpec, ALargerSizeDoesNotFireAgainWhatHasFired) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(91);
  EXPECT_EQ(fired(desk), (Percents{80, 90}));
  desk.tenant.adopt(plan_of({window(1000, Period::day)}), desk.now, desk.happenings);
  desk.charge(859);
  EXPECT_EQ(fired(desk), Percents{95}) << "950 of 1000";
}

TEST(ThresholdSpec, WhatHasFiredIsRememberedWhileThereIsNoSize) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(85);
  desk.tenant.adopt(plan_of({unlimited(Period::day)}), desk.now, desk.happenings);
  desk.charge(1);
  desk.tenant.adopt(plan_of({window(100, Period::day)}), desk.now, desk.happenings);
  desk.charge(1);
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, FiringIsKeptByPercentWhenTheListChanges) {
  Desk desk{{with_thresholds(window(100, Period::day), {50, 80, 90})}};
  desk.charge(85);
  EXPECT_EQ(fired(desk), (Percents{50, 80}));
  desk.tenant.adopt(plan_of({with_thresholds(window(100, Period::day), {70, 80, 86, 90})}),
                    desk.now, desk.happenings);
  desk.charge(1);
  EXPECT_EQ(fired(desk), (Percents{70, 86})) << "80 has fired; 70 is new, and reached";
}

TEST(ThresholdSpec, WhatFiredSurvivesARestart) {
  Desk desk{{window(100, Period::day)}};
  desk.charge(91);
  Desk again{plan_of({window(100, Period::day)}), noon, desk.counters()};
  again.charge(1);
  EXPECT_EQ(fired(again), Percents{});
  again.charge(3);
  EXPECT_EQ(fired(again), Percents{95});
}

}  // namespace
}  // namespace sluice
