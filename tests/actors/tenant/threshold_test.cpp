// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/credit_desk.hpp"

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

TEST(ThresholdSpec, OfWhatIsInFlightFiresAsItRises) {
  Desk desk{{concurrency(10)}};
  desk.reserve(1, 7);
  EXPECT_EQ(fired(desk), Percents{});
  desk.reserve(2, 2);
  ASSERT_EQ(desk.happenings.crossed.size(), 2U);
  const ThresholdCrossed& event = desk.happenings.crossed.front();
  EXPECT_EQ(event.used, Amount{9});
  EXPECT_EQ(event.size, Amount{10});
  EXPECT_EQ(event.until, noon + 1h) << "there is no window, so once an hour at the most";
  EXPECT_EQ(fired(desk), (Percents{80, 90}));
  desk.reserve(3, 5);
  EXPECT_EQ(fired(desk), Percents{}) << "a denial fires nothing";
}

TEST(ThresholdSpec, OfWhatIsInFlightFiresAgainOnlyAfterLessWas) {
  Desk desk{{concurrency(10)}};
  desk.reserve(1, 8);
  desk.reserve(2, 1);
  EXPECT_EQ(fired(desk), (Percents{80, 90}));
  desk.commit(2, 1);
  desk.reserve(3, 1);
  EXPECT_EQ(fired(desk), Percents{90}) << "80 was not fallen below";
  desk.cancel(1);
  desk.reserve(4, 7);
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, OfWhatIsInFlightAreArmedByAHolderThatIsLetGo) {
  Desk desk{{concurrency(10)}};
  desk.reserve(1, 9, 10s);
  EXPECT_EQ(fired(desk), (Percents{80, 90}));
  desk.pass(10s);
  desk.let_end();
  desk.reserve(2, 9);
  EXPECT_EQ(fired(desk), (Percents{80, 90}));
}

TEST(ThresholdSpec, OfWhatIsInFlightSurviveARestart) {
  const std::vector limits{concurrency(10)};
  Desk desk{limits};
  desk.reserve(1, 8);
  Desk again{desk.now.wall, plan_of(limits), desk.state()};
  again.reserve(2, 1);
  EXPECT_EQ(fired(again), Percents{90});
}

TEST(ThresholdSpec, OfWhatIsInFlightAreKeptByPercentWhenTheLimitChanges) {
  Desk desk{{with_thresholds(concurrency(10), {50, 80})}};
  desk.reserve(1, 8);
  EXPECT_EQ(fired(desk), (Percents{50, 80}));
  desk.adopt({with_thresholds(concurrency(10), {70, 80, 90})});
  desk.reserve(2, 1);
  EXPECT_EQ(fired(desk), (Percents{70, 90}));
  desk.adopt({with_thresholds(concurrency(20), {70, 80, 90})});
  desk.reserve(3, 5);
  EXPECT_EQ(fired(desk), Percents{}) << "14 of 20 are 70 %, which was told";
}

TEST(ThresholdSpec, OfWhatIsInFlightAreThoseOfEachUser) {
  Desk desk{{per({"user"}, concurrency(10))}};
  desk.as_user("ann");
  desk.reserve(1, 8);
  desk.as_user("bob");
  desk.reserve(2, 8);
  ASSERT_EQ(desk.happenings.crossed.size(), 2U);
  EXPECT_NE(desk.happenings.crossed[0].counter, desk.happenings.crossed[1].counter);
}

TEST(ThresholdSpec, OfCreditFiresAtItsShareOfWhatGrantsGave) {
  CreditDesk desk{{credit()}};
  desk.charge(1);
  EXPECT_EQ(fired(desk), Percents{}) << "there is nothing to have a share of";
  desk.give(1, 60);
  desk.give(2, 40);
  desk.charge(79);
  EXPECT_EQ(fired(desk), Percents{});
  desk.charge(1);
  EXPECT_EQ(desk.happenings.crossed.front().used, Amount{80});
  EXPECT_EQ(desk.happenings.crossed.front().size, Amount{100});
  EXPECT_EQ(fired(desk), Percents{80});
  desk.charge(20);
  EXPECT_EQ(fired(desk), (Percents{90, 95, 100}));
}

TEST(ThresholdSpec, OfCreditFiresAgainOnceANewGrantMadeItLess) {
  CreditDesk desk{{credit()}};
  desk.give(1, 100);
  desk.charge(85);
  ASSERT_EQ(desk.happenings.crossed.size(), 1U);
  const ThresholdCrossed first = desk.happenings.crossed.front();
  EXPECT_EQ(fired(desk), Percents{80});
  desk.give(2, 100);
  desk.charge(74);
  EXPECT_EQ(fired(desk), Percents{});
  desk.charge(1);
  ASSERT_EQ(desk.happenings.crossed.size(), 1U);
  EXPECT_FALSE(is_same_condition(first, desk.happenings.crossed.front()));
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, OfCreditFiresWhenAGrantIsVoidedOrSpentOnWhatIsOwed) {
  CreditDesk voided{{credit()}};
  voided.give(1, 100);
  voided.give(2, 100);
  voided.charge(90);
  EXPECT_EQ(fired(voided), Percents{});
  voided.take_back(2);
  EXPECT_EQ(fired(voided), (Percents{80, 90}));
  CreditDesk owing{{alerting(credit())}};
  owing.charge(50);
  owing.give(1, 40);
  EXPECT_EQ(fired(owing), (Percents{80, 90, 95, 100}));
}

TEST(ThresholdSpec, OfCreditFiresWhenAGrantThatIsNotUsedUpEnds) {
  CreditDesk desk{{credit()}};
  desk.give(1, 100);
  desk.give(2, GrantTerms{.amount = Amount{100}, .priority = 2, .expires_at = noon + 1h});
  desk.charge(85);
  EXPECT_EQ(fired(desk), Percents{});
  desk.pass(1h);
  desk.charge(1);
  EXPECT_EQ(fired(desk), Percents{80});
}

TEST(ThresholdSpec, OfCreditIsNotToldAgainAfterARestart) {
  const std::vector limits{credit()};
  CreditDesk desk{limits};
  desk.give(1, 100);
  desk.charge(85);
  Desk again{desk.now.wall, plan_of(limits), desk.state()};
  again.charge(1);
  EXPECT_EQ(fired(again), Percents{});
  again.charge(4);
  EXPECT_EQ(fired(again), Percents{90});
}

}  // namespace
}  // namespace sluice
