// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(WindowSpec, AdmitsExactlyItsSizeAndThenNothing) {
  Desk desk{{window(3, Period::day)}};
  EXPECT_TRUE(desk.admits(2));
  EXPECT_FALSE(desk.admits(2));
  EXPECT_TRUE(desk.admits(1));
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.used(), Amount{3});
}

TEST(WindowSpec, StartsAgainOnItsBoundaryAndNotBefore) {
  Desk desk{{window(1, Period::day)}};
  ASSERT_TRUE(desk.admits(1));
  desk.pass(12h - 1ns);
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(1));
}

TEST(WindowSpec, StartsAgainInTheTenantsZone) {
  Desk desk{plan_of(definition({window(1, Period::day)}, "Asia/Tokyo"))};
  ASSERT_TRUE(desk.admits(1));
  desk.pass(3h - 1ns);  // 15:00 UTC is midnight in Tokyo.
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(1));
}

TEST(WindowSpec, DoesNotSaveUpWhatWasNotUsed) {
  Desk desk{{window(5, Period::minute)}};
  desk.pass(24h * 365);
  EXPECT_TRUE(desk.admits(5));
  EXPECT_FALSE(desk.admits(1));
}

TEST(WindowSpec, OfSizeZeroAdmitsNothing) {
  Desk desk{{window(0, Period::month)}};
  const Decision decision = desk.charge(1);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.retry_after, std::nullopt);
}

TEST(WindowSpec, WithoutASizeCountsAndNeverDenies) {
  Desk desk{{unlimited(Period::month)}};
  EXPECT_TRUE(desk.admits(1'000'000));
  const Decision decision = desk.charge(1);
  EXPECT_EQ(decision.reading.size, std::nullopt);
  EXPECT_EQ(decision.reading.used, Amount{1'000'001});
  EXPECT_TRUE(desk.happenings.crossed.empty());
}

TEST(WindowSpec, WithoutASizeSaturatesInsteadOfWrapping) {
  Desk desk{{unlimited(Period::never)}};
  EXPECT_TRUE(desk.admits(Amount::max_raw));
  EXPECT_TRUE(desk.admits(Amount::max_raw));
  EXPECT_EQ(desk.used(), Amount::max());
}

TEST(WindowSpec, OfTheLargestSizeIsNotPassedBySaturation) {
  Desk desk{{window(Amount::max_raw, Period::never)}};
  EXPECT_TRUE(desk.admits(Amount::max_raw));
  EXPECT_FALSE(desk.admits(1)) << "the sum is clamped to the size, but it does not fit";
}

TEST(WindowSpec, ThatAlertsAdmitsPastItsSizeAndCounts) {
  Desk desk{{alerting(window(10, Period::day))}};
  EXPECT_TRUE(desk.admits(10));
  const Decision decision = desk.charge(25);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.reading.used, Amount{35});
  EXPECT_EQ(decision.reading.remaining, Amount{0});
  EXPECT_TRUE(desk.admits(Amount::max_raw));
  EXPECT_EQ(desk.used(), Amount::max());
}

TEST(GaugeSpec, IsNeverReleasedByTime) {
  Desk desk{{window(3, Period::never, users)}};
  ASSERT_TRUE(desk.admits(3, users));
  desk.pass(24h * 365 * 100);
  const Decision decision = desk.charge(1, users);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.reading.resets_at, wall_time_never);
}

TEST(GaugeSpec, IsNotReleasedAtTheEndOfTimeEither) {
  Desk desk{{window(3, Period::never)}, WallTime::max()};
  ASSERT_TRUE(desk.admits(3));
  EXPECT_FALSE(desk.admits(1));
}

TEST(WindowSpec, AtTheEndOfTimeItStillHolds) {
  Desk desk{{window(3, Period::month)}, WallTime::max() - 1ns};
  ASSERT_TRUE(desk.admits(3));
  desk.step_wall_clock(1ns);
  EXPECT_FALSE(desk.admits(1));
}

TEST(ClockStepSpec, AClockThatStepsBackDoesNotReopenAWindow) {
  Desk desk{{window(5, Period::day)}};
  ASSERT_TRUE(desk.admits(5));
  desk.step_wall_clock(12h);
  ASSERT_TRUE(desk.admits(3));
  desk.step_wall_clock(-12h);
  EXPECT_EQ(desk.used(), Amount{3});
  EXPECT_FALSE(desk.admits(3)) << "what is admitted now counts in the window that is open";
  EXPECT_TRUE(desk.admits(2));
  desk.step_wall_clock(12h);
  EXPECT_FALSE(desk.admits(1)) << "the window that was opened early does not start again";
  desk.step_wall_clock(24h);
  EXPECT_TRUE(desk.admits(5));
}

TEST(ClockStepSpec, TheOpenWindowIsShownThoughItLiesAhead) {
  Desk desk{{window(5, Period::day)}};
  desk.step_wall_clock(12h);
  ASSERT_TRUE(desk.admits(3));
  desk.step_wall_clock(-48h);
  const LimitUsage usage = desk.tenant.usage(desk.now)[0];
  EXPECT_EQ(usage.window, (Window{utc("2024-05-16T00:00:00Z"), utc("2024-05-17T00:00:00Z")}));
  EXPECT_EQ(usage.reading.used, Amount{3});
}

TEST(ClockStepSpec, TheSteadyClockDoesNotMoveWindows) {
  Desk desk{{window(1, Period::minute)}};
  ASSERT_TRUE(desk.admits(1));
  desk.now.steady += 24h;
  EXPECT_FALSE(desk.admits(1));
}

TEST(WindowSpec, ThatStartsAgainIsAChangeEvenIfNothingIsTaken) {
  Desk desk{{window(5, Period::day)}};
  desk.charge(1);
  EXPECT_EQ(desk.effect, Effect::charged);
  desk.peek(1);
  EXPECT_NE(desk.effect, Effect::charged);
  desk.charge(6);
  EXPECT_EQ(desk.effect, Effect::counted) << "a denial burns nothing";
  desk.pass(12h);
  desk.peek(1);
  EXPECT_EQ(desk.effect, Effect::charged);
}

}  // namespace
}  // namespace sluice
