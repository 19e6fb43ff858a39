// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(RetrySpec, AWindowIsWaitedForUntilItEnds) {
  Desk desk{{window(5, Period::day)}};
  desk.charge(5);
  desk.pass(1h);
  EXPECT_EQ(desk.charge(1).retry_after, 11h);
}

TEST(RetrySpec, ARateIsWaitedForUntilEnoughHasComeBack) {
  Desk desk{{rate(10, 1s, 5)}};
  desk.charge(5);
  EXPECT_EQ(desk.charge(1).retry_after, 100ms);
  EXPECT_EQ(desk.charge(5).retry_after, 500ms);
}

TEST(RetrySpec, IsRoundedUpSoThatTheRetryPassesAndOneNanosecondEarlierDoesNot) {
  Desk desk{{rate(3, 1s, 2)}};
  desk.charge(2);
  const Decision denied = desk.charge(1);
  ASSERT_EQ(denied.retry_after, 333'333'334ns);
  desk.pass(*denied.retry_after - 1ns);
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(1));
}

TEST(RetrySpec, IsTheLongestWaitOfAllLimitsInTheWay) {
  Desk desk{{window(5, Period::minute), window(5, Period::hour), rate(1, 1s, 5)}};
  desk.charge(5);
  EXPECT_EQ(desk.charge(1).retry_after, 1h);
}

TEST(RetrySpec, LimitsThatPassDoNotMatter) {
  Desk desk{{window(1000, Period::year), window(Amount::max_raw, Period::never), rate(1, 1s, 5)}};
  desk.charge(5);
  EXPECT_EQ(desk.charge(2).retry_after, 2s);
}

TEST(RetrySpec, LimitsThatAlertDoNotMatter) {
  Desk desk{{alerting(window(1, Period::never)), alerting(rate(1, 24h, 1)), rate(1, 1s, 5)}};
  desk.charge(5);
  EXPECT_EQ(desk.charge(2).retry_after, 2s);
}

TEST(RetrySpec, IsTheLongestWaitOfAllCharges) {
  Desk desk{{rate(1, 1s, 5), rate(1, 1min, 5, llm_tokens)}};
  const std::vector<Charge> both{{api_requests, Amount{5}}, {llm_tokens, Amount{5}}};
  ASSERT_EQ(desk.check(both).outcome, Outcome::allowed);
  EXPECT_EQ(desk.check(both).retry_after, 5min);
}

TEST(RetrySpec, OfSeveralChargesOnAMeterIsThatOfTheirSum) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.charge(5);
  const std::vector<Charge> twice{{api_requests, Amount{1}}, {api_requests, Amount{2}}};
  EXPECT_EQ(desk.check(twice).retry_after, 3s);
}

TEST(RetrySpec, IsAbsentIfTheAmountIsAboveTheSize) {
  Desk desk{{window(5, Period::minute)}};
  EXPECT_EQ(desk.charge(6).retry_after, std::nullopt);
}

TEST(RetrySpec, IsAbsentIfTheAmountIsAboveTheBurst) {
  Desk desk{{rate(1'000'000, 1s, 5)}};
  EXPECT_EQ(desk.charge(6).retry_after, std::nullopt);
}

TEST(RetrySpec, IsAbsentForAGaugeThatIsFull) {
  Desk desk{{window(5, Period::never)}};
  desk.charge(5);
  EXPECT_EQ(desk.charge(1).outcome, Outcome::denied);
  EXPECT_EQ(desk.charge(1).retry_after, std::nullopt);
}

TEST(RetrySpec, IsAbsentIfOneLimitCanNeverPassThoughOthersCan) {
  Desk desk{{rate(1, 1s, 100), window(50, Period::minute)}};
  desk.charge(50);
  EXPECT_EQ(desk.charge(51).retry_after, std::nullopt);
}

TEST(RetrySpec, IsAbsentWhenAllowed) {
  Desk desk{{window(5, Period::minute)}};
  EXPECT_EQ(desk.charge(1).retry_after, std::nullopt);
  EXPECT_EQ(desk.charge(0).retry_after, std::nullopt);
}

TEST(RetrySpec, OfAPeekIsTheSame) {
  Desk desk{{rate(1, 1s, 5)}};
  desk.charge(5);
  EXPECT_EQ(desk.peek(3).retry_after, 3s);
}

TEST(RetrySpec, CountsOnTheWallClockAfterItStepped) {
  Desk desk{{window(5, Period::hour)}};
  desk.charge(5);
  desk.step_wall_clock(-24h);
  EXPECT_EQ(desk.charge(1).retry_after, 25h);
}

TEST(RetrySpec, FromTheBeginningOfTimeToItsEndIsNotAWaitButNever) {
  Desk desk{{window(5, Period::year)}, utc("2024-05-15T12:00:00Z")};
  desk.charge(5);
  desk.now.wall = WallTime::min();
  const Decision decision = desk.charge(1);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.retry_after, std::nullopt);
}

}  // namespace
}  // namespace sluice
