// SPDX-License-Identifier: Apache-2.0
// What a tenant that may not spend answers.
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

Standing suspended() {
  return Standing{after(Lifecycle{}, Suspend{"unpaid"}, noon).value()};
}
Standing deactivated() {
  return Standing{after(Lifecycle{}, Deactivate{}, noon).value()};
}
Standing on_trial() {
  return Standing{begin_life(TrialDays{1}, noon)};
}

class StandingSpec : public ::testing::Test {
protected:
  Desk desk{{window(100, Period::month), rate(10, 1s, 100)}};
  Desk gauge{{window(100, Period::never)}};
};

TEST_F(StandingSpec, WhoIsSuspendedOrDeactivatedIsToldSoInEveryModeThatSpends) {
  const std::vector<std::pair<Standing, Outcome>> standings{{suspended(), Outcome::suspended},
                                                            {deactivated(), Outcome::deactivated}};
  for (const auto& [standing, outcome] : standings) {
    desk.tenant.stand(standing);
    EXPECT_EQ(desk.charge(1).outcome, outcome);
    EXPECT_EQ(desk.charge(0).outcome, outcome);
    EXPECT_EQ(desk.peek(1).outcome, outcome);
    EXPECT_EQ(desk.best_effort(1).outcome, outcome);
    EXPECT_EQ(desk.reserve(1, 1).outcome, outcome);
    EXPECT_EQ(desk.lease(2, 8).outcome, outcome);
    EXPECT_EQ(desk.charge(1, llm_tokens).outcome, outcome) << "though nothing limits this meter";
  }
}

TEST_F(StandingSpec, ARefusalChangesNothingAndIsNotCounted) {
  ASSERT_TRUE(desk.admits(10));
  const TenantState before = desk.state();
  desk.tenant.stand(suspended());
  const Decision refused = desk.charge(5);
  EXPECT_EQ(desk.effect, Effect::none);
  EXPECT_FALSE(refused.has_reading);
  EXPECT_EQ(refused.retry_after, std::nullopt);
  EXPECT_EQ(desk.state().counters, before.counters);
  EXPECT_EQ(desk.state().open_usage, before.open_usage);
}

TEST_F(StandingSpec, WhatItIsToldIsNotRememberedUnderAnId) {
  desk.tenant.stand(suspended());
  ASSERT_EQ(desk.once(1, Mode::normal, 5).outcome, Outcome::suspended);
  desk.tenant.stand(Standing{});
  const Decision now = desk.once(1, Mode::normal, 5);
  EXPECT_EQ(now.outcome, Outcome::allowed);
  EXPECT_FALSE(now.repeated);
}

TEST_F(StandingSpec, WhatWasDecidedBeforeIsToldAgain) {
  ASSERT_EQ(desk.once(1, Mode::normal, 5).outcome, Outcome::allowed);
  desk.tenant.stand(suspended());
  const Decision again = desk.once(1, Mode::normal, 5);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
}

TEST_F(StandingSpec, WhatHappenedBeforeIsCounted) {
  ASSERT_TRUE(gauge.admits(10));
  ASSERT_EQ(gauge.reserve(1, 20).outcome, Outcome::allowed);
  ASSERT_EQ(gauge.reserve(2, 5).outcome, Outcome::allowed);
  gauge.tenant.stand(deactivated());
  EXPECT_EQ(gauge.record(3).outcome, Outcome::allowed);
  EXPECT_EQ(gauge.release(1).outcome, Outcome::allowed);
  EXPECT_EQ(gauge.commit(1, 15).outcome, Outcome::allowed);
  EXPECT_EQ(gauge.cancel(2).outcome, Outcome::allowed);
  EXPECT_EQ(gauge.used(), Amount{27});
  EXPECT_EQ(gauge.held(), Amount{0});
}

TEST_F(StandingSpec, AReservationIsNotExtended) {
  ASSERT_EQ(desk.reserve(1, 20).outcome, Outcome::allowed);
  desk.tenant.stand(suspended());
  EXPECT_EQ(desk.once(1, Mode::extend, 7).outcome, Outcome::suspended);
  desk.pass(2min);
  desk.let_end();
  EXPECT_EQ(desk.used(), Amount{0}) << "nothing was said of it before";
}

TEST_F(StandingSpec, ALeaseDoesNotGoOnButIsSettledAtWhatWasSpent) {
  ASSERT_EQ(desk.lease(1, 8).granted, Amount{8});
  desk.tenant.stand(suspended());
  const Decision refused = desk.lease(1, 8, 3);
  EXPECT_EQ(refused.outcome, Outcome::suspended);
  EXPECT_EQ(refused.granted, Amount{0});
  EXPECT_EQ(desk.held(), Amount{8}) << "who has it may have spent more by now";
  EXPECT_EQ(desk.commit(1, 5).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(), Amount{5});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST_F(StandingSpec, ATrialSpendsUntilJustBeforeItsEnd) {
  desk.tenant.stand(on_trial());
  desk.pass(24h - Duration{1});
  EXPECT_EQ(desk.charge(1).outcome, Outcome::allowed);
  desk.pass(Duration{1});
  EXPECT_EQ(desk.charge(1).outcome, Outcome::suspended);
  EXPECT_EQ(desk.used(), Amount{1});
}

TEST_F(StandingSpec, OtherRulesLeaveTheStandingAsItWas) {
  desk.tenant.stand(suspended());
  desk.adopt({window(1000, Period::month)});
  EXPECT_EQ(desk.charge(1).outcome, Outcome::suspended);
}

TEST_F(StandingSpec, ARefusalIsNotExplainedByLimits) {
  desk.tenant.stand(suspended());
  desk.asks_why = true;
  EXPECT_EQ(desk.charge(1).outcome, Outcome::suspended);
  EXPECT_FALSE(desk.happenings.explained);
}

}  // namespace
}  // namespace sluice
