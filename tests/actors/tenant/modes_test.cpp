// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(BestEffortSpec, TakesAsMuchAsThereIs) {
  Desk desk{{window(10, Period::day), window(7, Period::hour)}};
  EXPECT_EQ(desk.best_effort(3).granted, Amount{3});
  EXPECT_EQ(desk.best_effort(10).granted, Amount{4});
  EXPECT_EQ(desk.used(0), Amount{7});
}

TEST(BestEffortSpec, IsRefusedWhenThereIsNothing) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(10);
  const Decision decision = desk.best_effort(5);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.granted, Amount{0});
  EXPECT_EQ(decision.retry_after, 12h) << "when there is one again";
}

TEST(BestEffortSpec, TakesWhatARateHas) {
  Desk desk{{rate(1, 1s, 5)}};
  EXPECT_EQ(desk.best_effort(9).granted, Amount{5});
  desk.pass(2500ms);
  EXPECT_EQ(desk.best_effort(9).granted, Amount{2});
}

TEST(BestEffortSpec, LimitsThatDenyNothingGrantAll) {
  Desk desk{{alerting(window(10, Period::day)), shadow(window(1, Period::day))}};
  EXPECT_EQ(desk.best_effort(50).granted, Amount{50});
}

TEST(BestEffortSpec, GoesUpToTheCapOfOverage) {
  Desk desk{{for_overage(window(10, Period::day), 1, 5)}};
  EXPECT_EQ(desk.best_effort(50).granted, Amount{15});
}

TEST(BestEffortSpec, WaitsForThePace) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(81);
  const Decision decision = desk.best_effort(50);
  EXPECT_EQ(decision.outcome, Outcome::throttled);
  EXPECT_EQ(decision.retry_after, 3min);
  desk.pass(3min);
  EXPECT_EQ(desk.best_effort(50).granted, Amount{19});
}

TEST(BestEffortSpec, OfNothingIsAPeek) {
  Desk desk{{window(10, Period::day)}};
  EXPECT_EQ(desk.best_effort(0).outcome, Outcome::allowed);
  EXPECT_EQ(desk.effect, Effect::none);
}

TEST(BestEffortSpec, HasExactlyOneCharge) {
  Desk desk{{window(10, Period::day)}};
  const Decision decision =
      desk.check({{api_requests, Amount{1}}, {llm_tokens, Amount{1}}}, Mode::best_effort);
  EXPECT_EQ(decision.outcome, Outcome::invalid);
  EXPECT_STREQ(decision.problem, "charges: best effort takes exactly one");
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(RecordSpec, CountsPastTheLimit) {
  Desk desk{{window(10, Period::day)}};
  EXPECT_EQ(desk.record(25).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(), Amount{25});
  EXPECT_FALSE(desk.admits(1));
}

TEST(RecordSpec, ThresholdsFire) {
  Desk desk{{with_thresholds(window(10, Period::day), {50, 100})}};
  desk.record(25);
  EXPECT_EQ(desk.happenings.crossed.size(), 2U);
}

TEST(RecordSpec, OwesARateNoMoreThanItsBurst) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.record(100);
  EXPECT_EQ(desk.charge(1).retry_after, 1s);
}

TEST(RecordSpec, IsNotHeldUpByAPace) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(81);
  EXPECT_EQ(desk.record(1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(), Amount{82});
}

TEST(ReleaseSpec, GivesBackToAGauge) {
  Desk desk{{window(10, Period::never)}};
  desk.charge(10);
  const Decision decision = desk.release(4);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.granted, Amount{4});
  EXPECT_EQ(desk.used(), Amount{6});
}

TEST(ReleaseSpec, NeverGoesBelowZero) {
  Desk desk{{window(10, Period::never)}};
  desk.charge(3);
  EXPECT_EQ(desk.release(4).granted, Amount{3});
  EXPECT_EQ(desk.used(), Amount{0});
  EXPECT_EQ(desk.release(1).granted, Amount{0});
  EXPECT_EQ(desk.effect, Effect::none);
}

TEST(ReleaseSpec, LeavesOtherLimitsOfTheMeterAlone) {
  Desk desk{{window(10, Period::never), window(10, Period::day)}};
  desk.charge(5);
  desk.release(5);
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.used(1), Amount{5});
}

TEST(ReleaseSpec, NeedsAGaugeOnEveryMeter) {
  Desk desk{{window(10, Period::never), window(10, Period::day, llm_tokens)}};
  desk.charge(5);
  const Decision decision =
      desk.check({{api_requests, Amount{5}}, {llm_tokens, Amount{1}}}, Mode::release);
  EXPECT_EQ(decision.outcome, Outcome::invalid);
  EXPECT_EQ(std::string{decision.problem}.find("mode: "), 0U);
  EXPECT_EQ(desk.used(), Amount{5});
}

TEST(ReleaseSpec, ArmsTheThresholdsAgainThatItFallsBelow) {
  Desk desk{{with_thresholds(window(10, Period::never), {50, 100})}};
  desk.charge(10);
  ASSERT_EQ(desk.happenings.crossed.size(), 2U);
  desk.release(3);
  desk.charge(3);
  ASSERT_EQ(desk.happenings.crossed.size(), 3U);
  EXPECT_EQ(desk.happenings.crossed[2].threshold, Percent{100});
}

}  // namespace
}  // namespace sluice
