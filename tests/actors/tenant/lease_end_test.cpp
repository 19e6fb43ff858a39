// SPDX-License-Identifier: Apache-2.0
// How leases end, and what reservations and leases leave behind that nobody ended.
#include "actors/tenant/ledger.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(LeaseEndSpec, ACommitOfLessGivesTheRestBack) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.lease(1, 10, 4);
  const Decision decision = desk.commit(1, 7);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_FALSE(decision.overrun);
  EXPECT_EQ(decision.reading.used, Amount{7});
  EXPECT_EQ(decision.reading.held, Amount{0});
}

TEST(LeaseEndSpec, ACommitOfMoreIsAnOverrun) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.lease(1, 10, 4);
  EXPECT_FALSE(desk.commit(1, 14).overrun) << "4, and the 10 that were out";
  desk.lease(2, 5);
  const Decision decision = desk.commit(2, 9);
  EXPECT_TRUE(decision.overrun);
  EXPECT_EQ(desk.used(), Amount{23});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(LeaseEndSpec, ACommitWithoutChargesSaysThatAllOfItWasUsed) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.lease(1, 8, 4);
  desk.once(1, Mode::commit, Desk::nothing);
  EXPECT_EQ(desk.used(), Amount{12});
}

TEST(LeaseEndSpec, ACancelSaysThatNoMoreWasUsedThanWasReported) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.lease(1, 10, 4);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(), Amount{4});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(LeaseEndSpec, OfAnotherMeterItIsNotEnded) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  const Decision decision = desk.once(1, Mode::commit, {{llm_tokens, Amount{1}}});
  EXPECT_EQ(decision.outcome, Outcome::invalid);
  EXPECT_TRUE(std::string_view{decision.problem}.starts_with("charges: "));
  EXPECT_EQ(desk.held(), Amount{10});
}

TEST(LeaseEndSpec, HappensOnce) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.commit(1, 7);
  EXPECT_TRUE(desk.commit(1, 7).repeated);
  EXPECT_EQ(desk.commit(1, 8).outcome, Outcome::conflict);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::conflict);
  EXPECT_EQ(desk.lease(1, 10, 7).outcome, Outcome::conflict);
  desk.lease(2, 9);
  desk.lease(2, 9, 3);
  desk.cancel(2);
  const Decision again = desk.cancel(2);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.commit(2, 3).outcome, Outcome::conflict);
  EXPECT_EQ(desk.used(), Amount{10});
}

TEST(LeaseEndSpec, OneThatExpiresCountsAsSpent) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10, 0, 30s);
  desk.lease(1, 10, 4, 30s);
  desk.pass(30s - 1ns);
  desk.let_end();
  EXPECT_EQ(desk.used(), Amount{4});
  desk.pass(1ns);
  desk.let_end();
  EXPECT_EQ(desk.used(), Amount{14});
  EXPECT_EQ(desk.held(), Amount{0});
  EXPECT_EQ(desk.state().open_usage.at(0).used, Amount{14});
}

TEST(LeaseEndSpec, OneThatExpiresCountsAsReportedIfTheLimitSaysSo) {
  Desk desk{{releasing_on_expiry(window(80, Period::day))}};
  desk.lease(1, 10, 0, 30s);
  desk.lease(1, 10, 4, 30s);
  desk.pass(30s);
  desk.let_end();
  EXPECT_EQ(desk.used(), Amount{4});
  EXPECT_EQ(desk.held(), Amount{0});
  EXPECT_EQ(desk.state().open_usage.at(0).used, Amount{4});
}

TEST(LeaseEndSpec, EachLimitSaysForItselfWhatAnExpiryLeaves) {
  Desk desk{{window(80, Period::day), releasing_on_expiry(window(80, Period::month))}};
  desk.lease(1, 10, 0, 30s);
  desk.pass(30s);
  desk.let_end();
  EXPECT_EQ(desk.used(0), Amount{10});
  EXPECT_EQ(desk.used(1), Amount{0});
  EXPECT_EQ(desk.state().open_usage.at(0).used, Amount{10});
}

TEST(LeaseEndSpec, AfterItsTimeNothingRenewsOrEndsIt) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10, 0, 30s);
  desk.pass(30s);
  EXPECT_EQ(desk.lease(1, 10, 4).outcome, Outcome::hold_expired);
  EXPECT_EQ(desk.commit(1, 4).outcome, Outcome::hold_expired);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::hold_expired);
  EXPECT_EQ(desk.used(), Amount{10});
}

TEST(LeaseEndSpec, ARateGetsBackWhatWasNotUsed) {
  Desk desk{{rate(1, 1s, 80)}};
  desk.lease(1, 100);
  EXPECT_EQ(desk.reading().remaining, Amount{70});
  desk.commit(1, 4);
  EXPECT_EQ(desk.reading().remaining, Amount{76});
  desk.lease(2, 9);
  desk.lease(2, 9, 5);
  EXPECT_EQ(desk.reading().remaining, Amount{62}) << "filled up by 5 of 67";
  desk.cancel(2);
  EXPECT_EQ(desk.reading().remaining, Amount{71}) << "5 less";
}

TEST(LeaseEndSpec, ARateIsChargedWhatWasUsedBeyondTheSlice) {
  Desk desk{{rate(1, 1s, 80)}};
  desk.lease(1, 10);
  desk.lease(1, 0, 13);
  EXPECT_EQ(desk.reading().remaining, Amount{67});
  desk.commit(1, 15);
  EXPECT_EQ(desk.reading().remaining, Amount{65});
}

TEST(LeaseEndSpec, ARateGetsNothingBackThatCameBackByItself) {
  Desk desk{{rate(1, 1s, 80)}};
  desk.lease(1, 10, 0, 1h);
  desk.pass(10s);
  EXPECT_EQ(desk.charge(80).outcome, Outcome::allowed);
  desk.cancel(1);
  EXPECT_EQ(desk.charge(1).outcome, Outcome::denied);
}

TEST(LeaseEndSpec, ARateGetsBackWhatExpiredOnlyIfItSaysSo) {
  for (const bool releases : {false, true}) {
    Limit limit = rate(1, 1h, 80);
    limit.releases_on_expiry = releases;
    Desk desk{{limit}};
    desk.lease(1, 10, 0, 1min);
    desk.lease(1, 6, 4, 1min);
    desk.pass(1min);
    desk.let_end();
    EXPECT_EQ(desk.reading().remaining, Amount{releases ? 76U : 70U});
  }
}

TEST(LeaseEndSpec, IsChargedToTheWindowInWhichItIsReported) {
  Desk desk{{window(80, Period::minute)}};
  desk.lease(1, 10, 0, 1h);
  desk.lease(1, 10, 4, 1h);
  desk.pass(1min);
  desk.commit(1, 9);
  EXPECT_EQ(desk.used(), Amount{5});
  ASSERT_EQ(desk.happenings.closed_windows.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_windows[0].window.used, Amount{4});
}

TEST(LeaseEndSpec, GoesOnUnderAChangedLimit) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.lease(1, 10, 4);
  desk.adopt({window(20, Period::day), window(40, Period::month)});
  EXPECT_EQ(desk.held(0), Amount{10});
  EXPECT_EQ(desk.held(1), Amount{10});
  desk.commit(1, 9);
  EXPECT_EQ(desk.used(0), Amount{9});
  EXPECT_EQ(desk.used(1), Amount{5});
}

TEST(LeaseEndSpec, SurvivesARestartWithTheTimeThatItHasLeft) {
  const auto plan = plan_of({window(80, Period::day)});
  Desk desk{plan};
  desk.lease(1, 10, 0, 30s);
  desk.lease(1, 10, 4, 30s);
  desk.lease(2, 5);
  desk.commit(2, 3);
  desk.pass(10s);
  Desk again{desk.now.wall, plan, desk.state()};
  EXPECT_EQ(again.held(), Amount{10});
  EXPECT_TRUE(again.commit(2, 3).repeated);
  EXPECT_EQ(again.lease(1, 10, 3).outcome, Outcome::conflict);
  again.pass(20s);
  again.let_end();
  EXPECT_EQ(again.used(), Amount{17});
}

TEST(LeaseEndSpec, ARestartedTenantRenewsIt) {
  const auto plan = plan_of({per({"user"}, window(80, Period::day))});
  Desk desk{plan};
  desk.as_user("ann");
  desk.lease(1, 10);
  Desk again{desk.now.wall, plan, desk.state()};
  EXPECT_EQ(again.lease(1, 10, 6).granted, Amount{10});
  again.as_user("ann");
  EXPECT_EQ(again.met().used, Amount{6});
  EXPECT_EQ(again.met().held, Amount{10});
}

TEST(LeaseEndSpec, ThereMayBeSoManyReservationsAndLeases) {
  Desk desk{{unlimited(Period::day)}};
  for (std::uint64_t id = 1; id <= Ledger::reservations_max; ++id) {
    ASSERT_EQ(desk.lease(id, 1).outcome, Outcome::allowed);
  }
  EXPECT_EQ(desk.lease(0x10000, 1).outcome, Outcome::unavailable);
  EXPECT_EQ(desk.lease(7, 1, 1).outcome, Outcome::allowed) << "those that are out go on";
  desk.cancel(1);
  EXPECT_EQ(desk.lease(0x10000, 1).outcome, Outcome::allowed);
}

TEST(ExpirySpec, AReservationThatNobodyEndedLeavesWhatItReportedUnlessTheLimitReleasesIt) {
  Desk desk{{window(10, Period::day), releasing_on_expiry(window(20, Period::month))}};
  desk.reserve(1, 8, 30s);
  desk.once(1, Mode::extend, 3, 30s);
  desk.pass(30s);
  desk.let_end();
  EXPECT_EQ(desk.used(0), Amount{3});
  EXPECT_EQ(desk.used(1), Amount{0});
  EXPECT_EQ(desk.held(0), Amount{0});
  EXPECT_EQ(desk.held(1), Amount{0});
}

TEST(ExpirySpec, AReservationThatIsCommittedIsChargedWhateverTheLimitSaysOfExpiry) {
  Desk desk{{releasing_on_expiry(window(10, Period::day))}};
  desk.reserve(1, 8);
  desk.commit(1, 5);
  EXPECT_EQ(desk.used(), Amount{5});
}

TEST(ExpirySpec, ARateGetsBackTheReservationThatNobodyEndedIfItSaysSo) {
  for (const bool releases : {false, true}) {
    Limit limit = rate(1, 1h, 10);
    limit.releases_on_expiry = releases;
    Desk desk{{limit}};
    desk.reserve(1, 8, 1min);
    desk.once(1, Mode::extend, 3, 1min);
    desk.pass(1min);
    desk.let_end();
    EXPECT_EQ(desk.reading().remaining, Amount{releases ? 9U : 7U});
  }
}

TEST(ExpirySpec, WhatALimitReleasesOnExpiryIsKeptAcrossARestart) {
  const auto plan = plan_of({releasing_on_expiry(window(10, Period::day))});
  Desk desk{plan};
  desk.reserve(1, 8, 30s);
  desk.once(1, Mode::extend, 3, 30s);
  Desk again{desk.now.wall + 30s, plan, desk.state()};
  again.let_end();
  EXPECT_EQ(again.used(), Amount{0});
  EXPECT_TRUE(again.admits(10));
}

}  // namespace
}  // namespace sluice
