// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace sluice {
namespace {

struct Step {
  Duration at;
  std::uint64_t cost;
  bool allowed;
  std::uint64_t remaining;
  Duration reset_after;
  std::optional<Duration> retry_after = std::nullopt;
};

void expect_steps(const Limit& limit, const std::vector<Step>& steps) {
  Desk desk{{limit}};
  const Now start = desk.now;
  for (const Step& step : steps) {
    desk.now = Now{start.steady + step.at, start.wall + step.at};
    SCOPED_TRACE(testing::Message() << "cost " << step.cost << " at " << step.at / 1ms << " ms");
    const Decision decision = desk.charge(step.cost);
    EXPECT_EQ(decision.outcome == Outcome::allowed, step.allowed);
    EXPECT_EQ(decision.reading.remaining, Amount{step.remaining});
    EXPECT_EQ(decision.reading.resets_at - desk.now.wall, step.reset_after);
    EXPECT_EQ(decision.retry_after, step.retry_after);
  }
}

// The next three state facts from another GCRA implementation's tests.

TEST(RateSpec, ABurstOfFiveRefilledOncePerSecond) {
  expect_steps(rate(1, 1s, 5), {{0s, 6, false, 5, 0s},
                                {0s, 1, true, 4, 1s},
                                {0s, 1, true, 3, 2s},
                                {0s, 1, true, 2, 3s},
                                {0s, 1, true, 1, 4s},
                                {0s, 1, true, 0, 5s},
                                {0s, 1, false, 0, 5s, 1s},
                                {3s, 1, true, 2, 3s},
                                {3100ms, 1, true, 1, 3900ms},
                                {4s, 1, true, 1, 4s},
                                {8s, 1, true, 4, 1s},
                                {9500ms, 1, true, 4, 1s},
                                {9500ms, 0, true, 4, 1s},
                                {9500ms, 2, true, 2, 3s},
                                {9500ms, 5, false, 2, 3s, 3s}});
}

TEST(RateSpec, ABurstOfOneRefilledEveryTwoSeconds) {
  expect_steps(rate(1, 2s, 1),
               {{0s, 1, true, 0, 2s}, {0s, 1, false, 0, 2s, 2s}, {2s, 1, true, 0, 2s}});
}

TEST(RateSpec, AHighRateCountsEachUnitThoughItTakesButMilliseconds) {
  expect_steps(rate(1000, 60s, 1001), {{0s, 1, true, 1000, 60ms}, {0s, 1, true, 999, 120ms}});
  expect_steps(rate(30, 60s, 16), {{0s, 1, true, 15, 2s}});
}

TEST(RateSpec, TheIntervalIsThePeriodDividedByTheAmount) {
  const auto interval = [](const Limit& limit) {
    Desk desk{{limit}};
    return desk.charge(1).reading.resets_at - noon;
  };
  EXPECT_EQ(interval(rate(24, 24h, 1)), 1h);
  EXPECT_EQ(interval(rate(6, 1h, 1)), 10min);
  EXPECT_EQ(interval(rate(6, 2min, 1)), 20s);
  EXPECT_EQ(interval(rate(5, 1s, 1)), 200ms);
}

TEST(RateSpec, StartsFull) {
  Desk desk{{rate(1, 1s, 100)}};
  EXPECT_EQ(desk.reading().remaining, Amount{100});
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall);
  EXPECT_TRUE(desk.admits(100));
  EXPECT_FALSE(desk.admits(1));
}

TEST(RateSpec, IdlingNeverEarnsMoreThanOneBurst) {
  Desk desk{{rate(1, 1s, 10)}};
  ASSERT_TRUE(desk.admits(10));
  desk.pass(24h * 365);
  EXPECT_TRUE(desk.admits(10));
  EXPECT_FALSE(desk.admits(1));
}

TEST(RateSpec, WithAnIntervalOfNoWholeNanosecondsDoesNotDrift) {
  // Three in a second, so one comes back at each third of a second, to the nanosecond, however many
  // have gone before.
  Desk desk{{rate(3, 1s, 2)}};
  const Instant start = desk.now.steady;
  ASSERT_TRUE(desk.admits(2));
  for (std::int64_t i = 1; i <= 300'000; ++i) {
    const Duration third{(i * 1'000'000'000 + 2) / 3};
    desk.now.steady = start + third - 1ns;
    ASSERT_FALSE(desk.admits(1)) << i;
    desk.now.steady = start + third;
    ASSERT_TRUE(desk.admits(1)) << i;
  }
}

TEST(RateSpec, RemainingCountsWholeUnitsOnly) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.charge(5);
  desk.pass(1999ms);
  EXPECT_EQ(desk.reading().remaining, Amount{1});
  EXPECT_EQ(desk.reading().used, Amount{4});
}

TEST(RateSpec, ResetIsRoundedUpToTheNanosecond) {
  Desk desk{{rate(3, 1s, 1)}};
  EXPECT_EQ(desk.charge(1).reading.resets_at - noon, 333'333'334ns);
}

TEST(RateSpec, ADenialBurnsNothing) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.charge(3);
  const auto before = desk.counters();
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(desk.admits(3));
    EXPECT_NE(desk.effect, Effect::charged);
  }
  EXPECT_EQ(desk.counters(), before);
}

TEST(RateSpec, TheWallClockMovesNothing) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.charge(5);
  for (const Duration step : {Duration{24h}, Duration{-48h}}) {
    desk.step_wall_clock(step);
    const Decision decision = desk.charge(1);
    EXPECT_EQ(decision.retry_after, 1s);
    EXPECT_EQ(decision.reading.resets_at, desk.now.wall + 5s);
  }
}

TEST(RateSpec, ThatAlertsAdmitsAllAndOwesABurstAtMost) {
  Desk desk{{alerting(rate(1, 1s, 5))}};
  EXPECT_TRUE(desk.admits(1000));
  EXPECT_TRUE(desk.admits(Amount::max_raw));
  EXPECT_EQ(desk.reading().remaining, Amount{0});
  EXPECT_EQ(desk.reading().used, Amount{5});
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall + 5s);
  desk.pass(2s);
  EXPECT_EQ(desk.reading().remaining, Amount{2});
}

TEST(RateSpec, TheLargestRuleIsExactToTheUnit) {
  const std::uint64_t most = Amount::max_raw;
  Desk desk{{rate(most, rate_period_max, most)}};
  EXPECT_TRUE(desk.admits(most - 1));
  EXPECT_EQ(desk.reading().remaining, Amount{1});
  EXPECT_FALSE(desk.admits(2));
  EXPECT_TRUE(desk.admits(1));
  EXPECT_EQ(desk.reading().remaining, Amount{0});
  const Decision denied = desk.charge(most);
  EXPECT_EQ(denied.retry_after, rate_period_max);
  desk.pass(rate_period_max - 1ns);
  EXPECT_FALSE(desk.admits(most));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(most));
}

TEST(RateSpec, TheFastestRuleRefillsWithinANanosecond) {
  Desk desk{{rate(Amount::max_raw, 1ms, 1'000)}};
  EXPECT_TRUE(desk.admits(1'000));
  EXPECT_EQ(desk.charge(1).retry_after, 1ns);
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(1'000));
}

TEST(RateSpec, TheSlowestRuleWaitsAHundredYears) {
  Desk desk{{rate(1, rate_period_max, 100)}};
  ASSERT_TRUE(desk.admits(100));
  EXPECT_EQ(desk.charge(100).retry_after, rate_refill_max);
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall + rate_refill_max);
}

TEST(RateSpec, HoldsAtBothEndsOfTheSteadyClock) {
  for (const Instant instant : {Instant::min(), Instant::max() - 10s}) {
    Desk desk{{rate(1, 1s, 5)}};
    desk.now.steady = instant;
    desk.tenant = Tenant{desk.tenant.id(), plan_of({rate(1, 1s, 5)}), {}, {}, {}, desk.now};
    EXPECT_TRUE(desk.admits(5));
    EXPECT_EQ(desk.charge(1).retry_after, 1s);
    desk.pass(5s);
    EXPECT_TRUE(desk.admits(5));
    EXPECT_FALSE(desk.admits(1));
  }
}

TEST(RateSpec, HoldsAcrossTheOriginOfTheSteadyClock) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.now.steady = Instant{-1s};
  ASSERT_TRUE(desk.admits(5));
  desk.now.steady = Instant{1s};
  EXPECT_TRUE(desk.admits(2));
  EXPECT_EQ(desk.charge(1).retry_after, 1s);
}

TEST(RateSpec, ASteadyClockThatBreaksItsWordCostsAFullBurstAtMost) {
  Desk desk{{rate(1, 1s, 5)}};
  ASSERT_TRUE(desk.admits(1));
  desk.now.steady -= 1h;
  EXPECT_EQ(desk.reading().used, Amount{5});
  EXPECT_EQ(desk.charge(1).retry_after, 1s);
}

TEST(RateSpec, MomentsBeyondTheCalendarAreNever) {
  Desk desk{{rate(1, 1s, 5)}, WallTime::max() - 1s};
  EXPECT_EQ(desk.charge(5).reading.resets_at, wall_time_never);
  EXPECT_EQ(desk.charge(1).retry_after, 1s);
}

}  // namespace
}  // namespace sluice
