// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

// At noon a minute begins.
TEST(SlidingSpec, AdmitsItsSizeWithinASpan) {
  Desk desk{{sliding(10, 1min)}};
  EXPECT_TRUE(desk.admits(10));
  EXPECT_FALSE(desk.admits(1));
}

TEST(SlidingSpec, ThePreviousSpanCountsByTheShareOfItThatIsNotYetPast) {
  Desk desk{{sliding(10, 1min)}};
  desk.charge(10);
  desk.pass(1min);
  EXPECT_EQ(desk.used(), Amount{10});
  desk.pass(15s);
  EXPECT_EQ(desk.used(), Amount{8}) << "7.5, rounded up";
  desk.pass(15s);
  EXPECT_EQ(desk.used(), Amount{5});
  EXPECT_TRUE(desk.admits(5));
  EXPECT_FALSE(desk.admits(1));
}

TEST(SlidingSpec, AfterASpanWithoutChargesNothingCounts) {
  Desk desk{{sliding(10, 1min)}};
  desk.charge(10);
  desk.pass(2min);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(SlidingSpec, ABoundaryBringsNoDoubleBurst) {
  Desk desk{{sliding(10, 1min)}};
  desk.pass(59s);
  EXPECT_TRUE(desk.admits(10));
  desk.pass(2s);
  EXPECT_EQ(desk.best_effort(10).granted, Amount{0}) << "9.83 of the last minute count";
  desk.pass(5s);
  EXPECT_EQ(desk.best_effort(10).granted, Amount{1});
}

TEST(SlidingSpec, TellsWhenEnoughOfThePreviousSpanIsPast) {
  Desk desk{{sliding(10, 1min)}};
  desk.charge(10);
  desk.pass(1min);
  EXPECT_EQ(desk.charge(1).retry_after, 6s);
  EXPECT_EQ(desk.charge(5).retry_after, 30s);
  EXPECT_EQ(desk.charge(10).retry_after, 1min);
  EXPECT_EQ(desk.charge(11).retry_after, std::nullopt);
}

TEST(SlidingSpec, TellsToWaitForTheNextSpanWhenThisOneIsFull) {
  Desk desk{{sliding(10, 1min)}};
  desk.pass(20s);
  desk.charge(10);
  EXPECT_EQ(desk.charge(1).retry_after, 40s + 6s);
  EXPECT_EQ(desk.charge(10).retry_after, 40s + 1min);
}

TEST(SlidingSpec, IsEmptyAgainWhenTheSpanAfterTheLastChargeEnds) {
  Desk desk{{sliding(10, 1min)}};
  EXPECT_EQ(desk.reading().resets_at, noon + 1min);
  desk.charge(1);
  EXPECT_EQ(desk.reading().resets_at, noon + 2min);
  desk.pass(1min);
  EXPECT_EQ(desk.reading().resets_at, noon + 2min);
}

TEST(SlidingSpec, AClockThatStepsBackBringsNothingBack) {
  Desk desk{{sliding(10, 1min)}};
  desk.charge(10);
  desk.pass(1min + 30s);
  EXPECT_TRUE(desk.admits(5));
  desk.step_wall_clock(-10min);
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.used(), Amount{15}) << "all of the previous span counts again";
}

TEST(SlidingSpec, IsRestoredWithBothSpans) {
  Desk desk{{sliding(10, 1min)}};
  desk.charge(8);
  desk.pass(1min + 30s);
  desk.charge(3);
  Desk again{plan_of({sliding(10, 1min)}), desk.now.wall, desk.counters()};
  EXPECT_EQ(again.used(), Amount{7});
  again.pass(15s);
  EXPECT_EQ(again.used(), Amount{5});
}

TEST(SlidingSpec, FiresItsThresholdsOnceASpan) {
  Desk desk{{with_thresholds(sliding(10, 1min), {50})}};
  desk.charge(5);
  ASSERT_EQ(desk.happenings.crossed.size(), 1U);
  desk.charge(1);
  EXPECT_EQ(desk.happenings.crossed.size(), 1U);
  desk.pass(1min);
  desk.charge(1);
  ASSERT_EQ(desk.happenings.crossed.size(), 2U);
  EXPECT_EQ(desk.happenings.crossed[1].used, Amount{7});
}

TEST(SlidingSpec, ANewSpanTakesWhatCountsForSpentJustNow) {
  Desk desk{{sliding(10, 1min)}};
  desk.charge(10);
  desk.pass(1min + 30s);
  desk.tenant.adopt(plan_of({sliding(10, 10s)}), desk.now, desk.happenings);
  EXPECT_EQ(desk.used(), Amount{5});
  desk.pass(15s);
  EXPECT_EQ(desk.used(), Amount{3});
}

TEST(SlidingSpec, ASpanThatEndsAfterAllTimeCountsOn) {
  Desk desk{{sliding(10, span_max)}, wall_time_never - 1h};
  EXPECT_TRUE(desk.admits(10));
  EXPECT_EQ(desk.charge(1).retry_after, std::nullopt);
}

}  // namespace
}  // namespace sluice
