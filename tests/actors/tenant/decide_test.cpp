// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<Charge> charges(std::initializer_list<std::pair<MeterId, std::uint64_t>> list) {
  std::vector<Charge> charges;
  for (const auto& [meter, amount] : list) {
    charges.push_back({meter, Amount{amount}});
  }
  return charges;
}

TEST(CheckSpec, AMeterWithoutLimitsIsAllowedWithoutNumbers) {
  Desk desk{{window(1, Period::day, users)}};
  const Decision decision = desk.charge(1'000);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_FALSE(decision.has_reading);
  EXPECT_NE(desk.effect, Effect::charged);
}

TEST(CheckSpec, ATenantWithoutLimitsIsAllowed) {
  Desk desk{std::vector<Limit>{}};
  EXPECT_TRUE(desk.admits(Amount::max_raw));
  EXPECT_TRUE(desk.counters().empty());
}

TEST(CheckSpec, EveryLimitOfTheMeterMustLetItPass) {
  Desk desk{{window(10, Period::day), window(100, Period::month), rate(1, 1s, 4)}};
  EXPECT_FALSE(desk.admits(5)) << "the burst is 4";
  EXPECT_TRUE(desk.admits(4));
  desk.pass(1min);
  EXPECT_TRUE(desk.admits(4));
  desk.pass(1min);
  EXPECT_FALSE(desk.admits(3)) << "two are left today";
  EXPECT_TRUE(desk.admits(2));
}

TEST(CheckSpec, ADenialByTheLastLimitTakesNothingFromTheFirst) {
  Desk desk{{window(100, Period::day), rate(1, 1s, 100), window(5, Period::month)}};
  const auto before = desk.counters();
  EXPECT_FALSE(desk.admits(6));
  EXPECT_EQ(desk.counters(), before);
}

TEST(CheckSpec, ADenialByTheLastChargeTakesNothingFromTheFirst) {
  Desk desk{{window(100, Period::day), window(5, Period::day, llm_tokens)}};
  const auto before = desk.counters();
  EXPECT_EQ(desk.check(charges({{api_requests, 1}, {llm_tokens, 6}})).outcome, Outcome::denied);
  EXPECT_EQ(desk.check(charges({{llm_tokens, 6}, {api_requests, 1}})).outcome, Outcome::denied);
  EXPECT_EQ(desk.counters(), before);
  EXPECT_EQ(desk.check(charges({{api_requests, 1}, {llm_tokens, 5}})).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(0), Amount{1});
  EXPECT_EQ(desk.used(1), Amount{5});
}

TEST(CheckSpec, ChargesOnOneMeterAreAddedUp) {
  Desk desk{{window(10, Period::day), window(100, Period::day, llm_tokens)}};
  const auto three_and_four = charges({{api_requests, 3}, {llm_tokens, 1}, {api_requests, 4}});
  EXPECT_EQ(desk.check(three_and_four).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(0), Amount{7});
  EXPECT_EQ(desk.used(1), Amount{1});
  EXPECT_EQ(desk.check(three_and_four).outcome, Outcome::denied);
  EXPECT_EQ(desk.used(0), Amount{7});
}

TEST(CheckSpec, ASumThatSaturatesStillDoesNotFit) {
  Desk desk{{window(10, Period::day)}};
  const auto most = Amount::max_raw;
  const Decision decision =
      desk.check(charges({{api_requests, most}, {api_requests, most}, {api_requests, 3}}));
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.retry_after, std::nullopt);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(CheckSpec, TakesAsManyChargesAsACheckMayCarry) {
  Desk desk{{window(16, Period::day)}};
  const std::vector<Charge> most(charges_per_check_max, Charge{api_requests, Amount{1}});
  EXPECT_EQ(desk.check(most).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(), Amount{16});
}

TEST(CheckDeathTest, MoreChargesThanACheckMayCarryIsABug) {
  Desk desk{{window(100, Period::day)}};
  const std::vector<Charge> many(charges_per_check_max + 1, Charge{api_requests, Amount{1}});
  EXPECT_DEATH(desk.check(many), "invariant_broken");
}

TEST(CheckSpec, NothingChargedIsAllowed) {
  Desk desk{{window(0, Period::day)}};
  EXPECT_EQ(desk.check({}).outcome, Outcome::allowed);
}

TEST(PeekSpec, DecidesLikeANormalCheckAndTakesNothing) {
  Desk desk{{window(5, Period::day), rate(1, 1s, 3)}};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(desk.peek(3).outcome, Outcome::allowed);
    EXPECT_NE(desk.effect, Effect::charged);
  }
  EXPECT_EQ(desk.peek(4).outcome, Outcome::denied);
  EXPECT_EQ(desk.peek(3).reading.used, Amount{0}) << "it reports what it found";
}

TEST(AmountZeroSpec, IsAlwaysAllowedAndReportsTheNumbers) {
  Desk desk{{window(5, Period::day)}};
  desk.charge(5);
  const Decision decision = desk.charge(0);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_TRUE(decision.has_reading);
  EXPECT_EQ(decision.reading.used, Amount{5});
  EXPECT_EQ(decision.reading.remaining, Amount{0});
  EXPECT_NE(desk.effect, Effect::charged);
}

TEST(AmountZeroSpec, IsAllowedEvenWhereMoreIsUsedThanTheSize) {
  Desk desk{{window(5, Period::day), rate(1, 1s, 5)}};
  desk.charge(5);
  desk.tenant.adopt(plan_of({window(2, Period::day), rate(1, 1s, 2)}), desk.now, desk.happenings);
  EXPECT_TRUE(desk.admits(0));
  EXPECT_FALSE(desk.admits(1));
}

TEST(AmountZeroSpec, DoesNotStandInTheWayOfOtherCharges) {
  Desk desk{{window(0, Period::day), window(5, Period::day, llm_tokens)}};
  EXPECT_EQ(desk.check(charges({{api_requests, 0}, {llm_tokens, 5}})).outcome, Outcome::allowed);
}

TEST(NumbersSpec, AnAllowedCheckReportsTheLimitWithTheLeastRemainingAfterIt) {
  Desk desk{{window(10, Period::day), window(8, Period::month), rate(1, 1s, 9)}};
  const Decision decision = desk.charge(3);
  EXPECT_EQ(decision.reading.limit, LimitId{2});
  EXPECT_EQ(decision.reading.meter, api_requests);
  EXPECT_EQ(decision.reading.size, Amount{8});
  EXPECT_EQ(decision.reading.used, Amount{3});
  EXPECT_EQ(decision.reading.remaining, Amount{5});
  EXPECT_EQ(decision.reading.resets_at, utc("2024-06-01T00:00:00Z"));
  EXPECT_EQ(decision.retry_after, std::nullopt);
}

TEST(NumbersSpec, OfSeveralMetersTheTightestCounts) {
  Desk desk{{window(10, Period::day), window(8, Period::day, llm_tokens)}};
  const auto both = charges({{api_requests, 1}, {llm_tokens, 1}});
  EXPECT_EQ(desk.check(both).reading.meter, llm_tokens);
  desk.charge(5);
  EXPECT_EQ(desk.check(both).reading.meter, api_requests);
}

TEST(NumbersSpec, ALimitThatBlocksTellsMoreThanOneThatAlertsAndBothMoreThanUnlimited) {
  const Limit alert = alerting(window(1, Period::day));
  const Limit none = unlimited(Period::day);
  EXPECT_EQ(Desk({alert, window(100, Period::day), none}).charge(1).reading.limit, LimitId{2});
  EXPECT_EQ(Desk({none, alert}).charge(1).reading.limit, LimitId{2});
  const Limit vast = alerting(window(Amount::max_raw, Period::day));
  EXPECT_EQ(Desk({none, vast}).charge(1).reading.limit, LimitId{2});
  EXPECT_EQ(Desk({none}).charge(1).reading.limit, LimitId{1});
}

TEST(NumbersSpec, ADenialReportsTheLimitThatKeepsWaitingLongestAsItWasBefore) {
  Desk desk{{window(10, Period::minute), window(12, Period::day), rate(1, 1s, 100)}};
  desk.charge(8);
  const Decision decision = desk.charge(6);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.reading.limit, LimitId{2});
  EXPECT_EQ(decision.reading.used, Amount{8});
  EXPECT_EQ(decision.reading.remaining, Amount{4});
  EXPECT_EQ(decision.retry_after, 12h);
}

TEST(NumbersSpec, ALimitThatCanNeverPassComesBeforeAnyWait) {
  Desk desk{{window(10, Period::year), rate(1, 1s, 4)}};
  desk.charge(4);
  const Decision decision = desk.charge(9);
  EXPECT_EQ(decision.reading.limit, LimitId{2});
  EXPECT_EQ(decision.retry_after, std::nullopt);
}

TEST(SoftLimitSpec, WarnsFromItsAmountOn) {
  Desk desk{{with_soft_limit(window(10, Period::day), 8)}};
  EXPECT_FALSE(desk.charge(7).soft_limit_passed);
  EXPECT_TRUE(desk.charge(1).soft_limit_passed);
  EXPECT_TRUE(desk.charge(0).soft_limit_passed);
  EXPECT_TRUE(desk.charge(5).soft_limit_passed) << "a denial warns too if it was passed before";
}

TEST(SoftLimitSpec, DoesNotWarnOfWhatWasDenied) {
  Desk desk{{with_soft_limit(window(10, Period::day), 8)}};
  EXPECT_FALSE(desk.charge(11).soft_limit_passed);
  EXPECT_FALSE(desk.peek(9).soft_limit_passed);
}

TEST(SoftLimitSpec, WarnsWhicheverLimitDecides) {
  Desk desk{{with_soft_limit(window(1000, Period::month), 1), window(5, Period::day)}};
  const Decision decision = desk.charge(1);
  EXPECT_EQ(decision.reading.limit, LimitId{2});
  EXPECT_TRUE(decision.soft_limit_passed);
}

TEST(UsageSpec, ShowsEveryLimitInThePlansOrderAsItIsNow) {
  Desk desk{{window(5, Period::day, users), rate(1, 1s, 4), window(9, Period::month)}};
  desk.check(charges({{api_requests, 3}, {users, 2}}));
  desk.pass(12h);
  const auto usage = desk.tenant.usage(desk.now);
  ASSERT_EQ(usage.size(), 3U);
  EXPECT_EQ(usage[0].limit.id, LimitId{2});
  EXPECT_EQ(usage[0].reading.used, Amount{0});
  EXPECT_EQ(usage[0].window, (Window{desk.now.wall, desk.now.wall}));
  EXPECT_EQ(usage[1].limit.id, LimitId{3});
  EXPECT_EQ(usage[1].reading.used, Amount{3});
  EXPECT_EQ(usage[1].window, (Window{utc("2024-05-01T00:00:00Z"), utc("2024-06-01T00:00:00Z")}));
  EXPECT_EQ(usage[2].limit.id, LimitId{1});
  EXPECT_EQ(usage[2].reading.used, Amount{0}) << "its day has ended";
}

TEST(FootprintSpec, ATenantWithSixLimitsTakesFewBytes) {
  Desk desk{std::vector<Limit>(6, window(1, Period::day))};
  EXPECT_EQ(desk.tenant.bytes(), 40U + 40U + 6 * 32U + 1 * 40U);
  desk.tenant.prefetch();
}

}  // namespace
}  // namespace sluice
