// SPDX-License-Identifier: Apache-2.0
// Rates that get all of their amount back at once, whenever a step is over.
#include "actors/tenant/resets.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// The same tenant in another process.
Desk started_again(const Desk& desk, const std::vector<Limit>& limits, Duration downtime = 0s) {
  return Desk{plan_of(limits), desk.now.wall + downtime, desk.counters()};
}

TEST(IntervalSpec, AllOfTheAmountComesBackAtOnceWhenTheStepIsOver) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  ASSERT_TRUE(desk.admits(10));
  EXPECT_EQ(desk.charge(1).retry_after, 1min);
  desk.pass(1min - 1ns);
  EXPECT_EQ(desk.reading().remaining, Amount{0});
  EXPECT_EQ(desk.charge(1).retry_after, 1ns);
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(10));
  EXPECT_FALSE(desk.admits(1));
}

TEST(IntervalSpec, StepsAreThoseOfTheClockAndNotOfTheFirstCharge) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.pass(40s);
  ASSERT_TRUE(desk.admits(10));
  EXPECT_EQ(desk.charge(1).retry_after, 20s);
  desk.pass(20s);
  EXPECT_TRUE(desk.admits(10));
}

TEST(IntervalSpec, FillsUpToItsBurstStepByStep) {
  Desk desk{{by_interval(rate(10, 1min, 25))}};
  ASSERT_TRUE(desk.admits(25));
  for (const std::uint64_t remaining : {10U, 20U, 25U, 25U}) {
    desk.pass(1min);
    EXPECT_EQ(desk.reading().remaining, Amount{remaining});
  }
}

TEST(IntervalSpec, MoreThanTheBurstHasRoomForIsNotKept) {
  Desk desk{{by_interval(rate(100, 1min, 10))}};
  ASSERT_TRUE(desk.admits(10));
  desk.pass(1min);
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, ADenialWaitsForAsManyStepsAsItTakes) {
  Desk desk{{by_interval(rate(10, 1min, 25))}};
  ASSERT_TRUE(desk.admits(25));
  desk.pass(15s);
  EXPECT_EQ(desk.charge(10).retry_after, 45s);
  EXPECT_EQ(desk.charge(11).retry_after, 1min + 45s);
  EXPECT_EQ(desk.charge(21).retry_after, 2min + 45s);
  EXPECT_EQ(desk.charge(26).retry_after, std::nullopt) << "more than it ever has";
  EXPECT_EQ(desk.reading().resets_at, noon + 3min);
}

TEST(IntervalSpec, AWholeBurstResetsNow) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.pass(15s);
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall);
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, AClockThatStepsBackBringsNothingTwice) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  ASSERT_TRUE(desk.admits(10));
  desk.pass(1min);
  ASSERT_TRUE(desk.admits(10));
  desk.step_wall_clock(-1min);
  EXPECT_EQ(desk.charge(1).retry_after, 2min);
  desk.record(5);
  desk.pass(1min);
  EXPECT_FALSE(desk.admits(1)) << "this step has brought its amount before";
  desk.pass(1min);
  EXPECT_TRUE(desk.admits(10));
}

TEST(IntervalSpec, AClockThatStepsBackBringsNothingTwiceAfterARestart) {
  const std::vector limits{by_interval(rate(10, 1min, 10))};
  Desk desk{limits};
  desk.pass(1min);
  ASSERT_TRUE(desk.admits(10));
  Desk again = started_again(desk, limits, -1min);
  EXPECT_EQ(again.charge(1).retry_after, 2min);
  again.pass(1min);
  EXPECT_FALSE(again.admits(1));
}

TEST(IntervalSpec, TheSteadyClockMovesNothing) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  ASSERT_TRUE(desk.admits(10));
  desk.now.steady += 1h;
  EXPECT_EQ(desk.charge(1).retry_after, 1min);
}

TEST(IntervalSpec, ARecordOwesABurstAtMost) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.record(1000);
  EXPECT_EQ(desk.reading().remaining, Amount{0});
  desk.pass(1min);
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, ABestEffortTakesWhatIsLeftOfTheStep) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.charge(4);
  EXPECT_EQ(desk.best_effort(8).granted, Amount{6});
}

TEST(IntervalSpec, ACheckGivenBackInItsStepIsWholeAgain) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.once(1, Mode::normal, 6);
  desk.pass(59s);
  EXPECT_EQ(desk.once(1, Mode::release, Desk::nothing).granted, Amount{6});
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, ACheckGivenBackAfterItsStepHasComeBackByItself) {
  Desk desk{{by_interval(rate(10, 1min, 30))}};
  desk.charge(20);
  desk.once(1, Mode::normal, 10);
  desk.pass(1min);
  desk.once(1, Mode::release, Desk::nothing);
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, AReservationGivesBackWhatItDidNotUse) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.reserve(1, 8);
  desk.commit(1, 3);
  EXPECT_EQ(desk.reading().remaining, Amount{7});
}

TEST(IntervalSpec, ADenialKnowsWhenAReservationGivesBackBeforeTheStepIsOver) {
  Desk desk{{releasing_on_expiry(by_interval(rate(10, 1h, 10)))}};
  desk.reserve(1, 8, 2min);
  EXPECT_EQ(desk.charge(5).retry_after, 2min);
  desk.pass(2min);
  desk.let_end();
  EXPECT_TRUE(desk.admits(5));
}

TEST(IntervalSpec, ABucketThatBecomesGreedyGoesOnWithWhatItHas) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  ASSERT_TRUE(desk.admits(10));
  desk.pass(30s);
  desk.adopt({rate(10, 1min, 10)});
  EXPECT_EQ(desk.charge(1).retry_after, 6s);
  desk.pass(6s);
  EXPECT_EQ(desk.reading().remaining, Amount{1});
}

TEST(IntervalSpec, AGreedyBucketThatGetsStepsGoesOnWithItsWholeUnits) {
  Desk desk{{rate(10, 1min, 10)}};
  ASSERT_TRUE(desk.admits(10));
  desk.pass(33s);
  desk.adopt({by_interval(rate(10, 1min, 10))});
  EXPECT_EQ(desk.reading().remaining, Amount{5}) << "the started one does not count";
  EXPECT_EQ(desk.charge(6).retry_after, 27s);
  desk.pass(27s);
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, OtherStepsBringNothingBackBeforeTheyBegin) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.pass(90s);
  ASSERT_TRUE(desk.admits(10));
  desk.adopt({by_interval(rate(10, 1h, 10))});
  EXPECT_EQ(desk.charge(1).retry_after, 1h - 90s);
  desk.adopt({by_interval(rate(10, 50s, 10))});
  EXPECT_EQ(desk.charge(1).retry_after, Duration{50s} - desk.now.wall.time_since_epoch() % 50s);
}

TEST(IntervalSpec, IsStoredAsWholeUnitsAndTheirStep) {
  Desk desk{{by_interval(rate(7, 1min, 30))}};
  desk.pass(15s);
  desk.charge(10);
  Counter expected{LimitId{1}, Amount{10}, noon + 2min, ThresholdMask{}};
  expected.paced_until = noon;
  EXPECT_EQ(desk.counters(), std::vector{expected});
}

TEST(IntervalSpec, ManyRestartsNeitherGiveNorTake) {
  const std::vector limits{by_interval(rate(3, 1s, 5))};
  Desk desk{limits};
  desk.pass(300ms);
  desk.charge(4);
  for (int i = 0; i < 100; ++i) {
    desk = started_again(desk, limits, 7ms);
    EXPECT_EQ(desk.reading().remaining, Amount{i < 99 ? 1U : 4U}) << i;
  }
}

TEST(IntervalSpec, WhatWasStoredOfAGreedyBucketCountsInWholeUnits) {
  const Counter greedy{LimitId{1}, Amount{}, noon + 27s, ThresholdMask{}};
  const Desk desk{plan_of({by_interval(rate(10, 1min, 10))}), noon, {greedy}};
  EXPECT_EQ(desk.reading().remaining, Amount{5});
}

TEST(IntervalSpec, WhatWasStoredByIntervalCountsInAGreedyBucket) {
  Desk desk{{by_interval(rate(10, 1min, 10))}};
  desk.charge(10);
  Desk greedy = started_again(desk, {rate(10, 1min, 10)});
  EXPECT_EQ(greedy.charge(1).retry_after, 6s);
}

TEST(IntervalSpec, TheLargestRuleIsExactToTheUnit) {
  const std::uint64_t most = Amount::max_raw;
  Desk desk{{by_interval(rate(most, rate_period_max, most))}};
  EXPECT_TRUE(desk.admits(most - 1));
  EXPECT_FALSE(desk.admits(2));
  EXPECT_TRUE(desk.admits(1));
  const Duration rest = desk.charge(most).retry_after.value();
  EXPECT_EQ(rest, rate_period_max - noon.time_since_epoch() % rate_period_max);
  desk.pass(rest - 1ns);
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(most));
}

TEST(IntervalSpec, HasACounterForEachUser) {
  Desk desk{{per({"user"}, by_interval(rate(10, 1min, 10)))}};
  desk.as_user("ann");
  ASSERT_TRUE(desk.admits(10));
  EXPECT_EQ(desk.charge(1).retry_after, 1min);
  desk.as_user("bob");
  EXPECT_TRUE(desk.admits(10));
}

TEST(IntervalSpec, AnOverrideHoldsForAWhile) {
  RateRule faster{Amount{50}, 1min, Amount{50}, Refill::interval};
  Desk desk{{overridden(by_interval(rate(10, 1min, 10)), faster, noon + 2min)}};
  ASSERT_TRUE(desk.admits(50));
  desk.pass(1min);
  EXPECT_EQ(desk.reading().remaining, Amount{50});
  desk.pass(1min);
  desk.let_end();
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(IntervalSpec, AFaultNamesTheFieldThatIsWrong) {
  const auto fault_of = [](const Limit& limit) {
    return validate(definition({limit}), default_meters()).fault().context;
  };
  EXPECT_EQ(fault_of(by_interval(rate(1, 1us, 1))),
            "limits[0].rule.per: must be from 1 ms to 366 days");
  EXPECT_EQ(fault_of(by_interval(rate(1, rate_period_max, 101))),
            "limits[0].rule.burst: at this rate it would take more than 100 years to fill");
}

TEST(IntervalSpec, ItsNextStepsAreKnown) {
  const TenantDefinition tenant = definition({by_interval(rate(10, 90s, 10))}, "Asia/Kathmandu");
  const ResetPreview preview = next_resets(tenant, "window", noon + 1s, 3).value();
  EXPECT_EQ(preview.at, (std::vector{noon + 90s, noon + 180s, noon + 270s}));
  EXPECT_EQ(next_resets(definition({rate(10, 90s, 10)}), "window", noon, 3).fault().code,
            FaultCode::invalid_argument);
}

}  // namespace
}  // namespace sluice
