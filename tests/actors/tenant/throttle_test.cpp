// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ThrottleSpec, BelowTheSoftLimitNothingIsHeldUp) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  for (int i = 0; i < 79; ++i) {
    ASSERT_TRUE(desk.admits(1));
  }
}

TEST(ThrottleSpec, FromTheSoftLimitOnWhatIsLeftIsSpreadOverTheRestOfTheWindow) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  ASSERT_TRUE(desk.admits(1)) << "the first of 20 that are left";
  const Decision early = desk.charge(1);
  EXPECT_EQ(early.outcome, Outcome::throttled);
  EXPECT_EQ(early.retry_after, 3min);
  desk.pass(3min - 1ns);
  EXPECT_EQ(desk.charge(1).outcome, Outcome::throttled);
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(1));
  EXPECT_EQ(desk.charge(1).retry_after, 3min);
}

TEST(ThrottleSpec, WhoeverKeepsToThePaceIsServedUntilTheWindowEnds) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(desk.admits(1)) << i;
    desk.pass(3min);
  }
  EXPECT_EQ(desk.used(), Amount{0}) << "a new window";
}

TEST(ThrottleSpec, ALargerChargeIsWaitedForLonger) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.charge(10);
  EXPECT_EQ(desk.charge(1).retry_after, 30min);
}

TEST(ThrottleSpec, OnlyTheShareAboveTheSoftLimitIsPaced) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(85);
  EXPECT_EQ(desk.charge(1).retry_after, 15min);
}

TEST(ThrottleSpec, TimeWithoutChargesMakesThePaceFaster) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.pass(40min);
  desk.charge(1);
  EXPECT_EQ(desk.charge(1).retry_after, 1min) << "20 in 20 minutes";
}

TEST(ThrottleSpec, WhatDoesNotFitIsDeniedUntilTheWindowEnds) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(100);
  const Decision full = desk.charge(1);
  EXPECT_EQ(full.outcome, Outcome::denied);
  EXPECT_EQ(full.retry_after, 1h);
}

TEST(ThrottleSpec, WithAPriceWhatPassesTheLimitIsAdmittedWithoutPacing) {
  Desk desk{{priced(throttling(window(100, Period::hour), 80), 5, 10)}};
  desk.charge(100);
  EXPECT_EQ(desk.charge(7).overage, Amount{7});
  EXPECT_EQ(desk.charge(3).price_micros, 15U);
  EXPECT_EQ(desk.charge(1).outcome, Outcome::denied);
}

TEST(ThrottleSpec, AnyLimitThatIsFullMakesItADenial) {
  Desk desk{{throttling(window(100, Period::hour), 80), window(81, Period::minute)}};
  desk.charge(81);
  const Decision decision = desk.charge(1);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.retry_after, 3min) << "when both can pass";
}

TEST(ThrottleSpec, IsCountedApartInTheHistory) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(81);
  desk.charge(1);
  desk.pass(1min);
  desk.peek(0);
  desk.charge(1);
  ASSERT_EQ(desk.happenings.closed_usage.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_usage[0].bucket.throttled, 1U);
  EXPECT_EQ(desk.happenings.closed_usage[0].bucket.denied, 0U);
}

TEST(ThrottleSpec, ACancelledReservationGivesItsPaceBack) {
  Desk desk{{throttling(window(1000, Period::day), 800)}};
  desk.charge(800);
  desk.reserve(1, 100);
  ASSERT_EQ(desk.charge(1).outcome, Outcome::throttled);
  desk.cancel(1);
  EXPECT_TRUE(desk.admits(1));
}

TEST(ThrottleSpec, AReservationThatUsesLessIsPacedByWhatItUses) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.reserve(1, 10);
  desk.commit(1, 4);
  EXPECT_EQ(desk.charge(1).retry_after, 12min);
}

TEST(ThrottleSpec, WhatAReservationUsesBelowTheSoftLimitHoldsNothingUp) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(75);
  desk.reserve(1, 10);
  desk.commit(1, 5);
  EXPECT_TRUE(desk.admits(1));
}

TEST(ThrottleSpec, AReservationThatExpiresUnusedGivesItsPaceBack) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.reserve(1, 10, 1min);
  desk.pass(1min);
  EXPECT_TRUE(desk.admits(1));
}

TEST(ThrottleSpec, ALeaseThatComesBackGivesItsPaceBack) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  ASSERT_EQ(desk.lease(1, 10).granted, Amount{2});
  ASSERT_EQ(desk.charge(1).outcome, Outcome::throttled);
  desk.cancel(1);
  EXPECT_TRUE(desk.admits(1));
}

TEST(ThrottleSpec, WhatWasUsedInFactIsPacedAsIfItHadBeenAskedFor) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.reserve(1, 20);
  desk.commit(1, 19);
  EXPECT_EQ(desk.charge(1).retry_after, 57min);
}

TEST(ThrottleSpec, ThePaceSurvivesARestart) {
  const Limit limit = throttling(window(100, Period::hour), 80);
  Desk desk{{limit}};
  desk.charge(81);
  Desk again{plan_of({limit}), desk.now.wall, desk.counters()};
  EXPECT_EQ(again.charge(1).retry_after, 3min);
}

TEST(ThrottleSpec, ANewSizeStartsANewPaceAtOnce) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(99);
  ASSERT_EQ(desk.charge(1).retry_after, 57min);
  desk.tenant.adopt(plan_of({throttling(window(200, Period::hour), 80)}), desk.now,
                    desk.happenings);
  EXPECT_TRUE(desk.admits(1));
}

TEST(ThrottleSpec, AClockThatStepsBackAdmitsNothingEarlier) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(81);
  desk.step_wall_clock(-30min);
  EXPECT_EQ(desk.charge(1).retry_after, 33min);
}

}  // namespace
}  // namespace sluice
