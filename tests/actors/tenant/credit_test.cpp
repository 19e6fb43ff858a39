// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/credit_desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(CreditSpec, WithoutAGrantThereIsNothingToSpend) {
  CreditDesk desk{{credit()}};
  const Decision denied = desk.charge(1);
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.retry_after, std::nullopt);
  EXPECT_EQ(desk.charge(0).outcome, Outcome::allowed);
}

TEST(CreditSpec, AGrantIsSpentAndNoMore) {
  CreditDesk desk{{credit()}};
  const Decision given = desk.give(1, 10);
  EXPECT_EQ(given.outcome, Outcome::allowed);
  EXPECT_EQ(given.reading.remaining, Amount{10});
  EXPECT_TRUE(desk.admits(7));
  EXPECT_FALSE(desk.admits(4));
  EXPECT_TRUE(desk.admits(3));
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.left(1), Amount{0});
  EXPECT_EQ(desk.grant(1).paid, Amount{10});
  EXPECT_EQ(desk.used(), Amount{10});
  EXPECT_EQ(desk.reading().size, Amount{10});
}

TEST(CreditSpec, ALowerPriorityNumberIsSpentFirst) {
  CreditDesk desk{{credit()}};
  desk.give(1, GrantTerms{.amount = Amount{100}, .priority = 2});
  desk.give(2, GrantTerms{.amount = Amount{100}, .priority = 1});
  desk.charge(120);
  EXPECT_EQ(desk.left(1), Amount{80});
  EXPECT_EQ(desk.left(2), Amount{0});
}

TEST(CreditSpec, OfGrantsOfOneInstantTheOneThatWasGivenFirstIsSpentFirst) {
  const auto plan = plan_of({credit()});
  CreditDesk before{plan};
  before.give(2, 10);
  before.give(1, 10);
  before.give(3, 10);
  CreditDesk desk{before.now.wall, plan, before.state()};
  desk.charge(15);
  EXPECT_EQ(desk.left(2), Amount{0});
  EXPECT_EQ(desk.left(1), Amount{5});
  EXPECT_EQ(desk.left(3), Amount{10});
}

TEST(CreditSpec, OfEqualPriorityTheOneThatExpiresFirstIsSpentFirst) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.give(2, GrantTerms{.amount = Amount{10}, .expires_at = noon + 48h});
  desk.give(3, GrantTerms{.amount = Amount{10}, .expires_at = noon + 24h});
  desk.charge(15);
  EXPECT_EQ(desk.left(1), Amount{10});
  EXPECT_EQ(desk.left(2), Amount{5});
  EXPECT_EQ(desk.left(3), Amount{0});
}

TEST(CreditSpec, OfEqualExpiryTheOneGivenFirstIsSpentFirst) {
  CreditDesk desk{{credit()}};
  desk.give(9, 10);
  desk.pass(1s);
  desk.give(1, 10);
  desk.charge(10);
  EXPECT_EQ(desk.left(9), Amount{0});
  EXPECT_EQ(desk.left(1), Amount{10});
}

TEST(CreditSpec, AGrantPaysFromWhenItIsEffectiveUntilJustBeforeItExpires) {
  CreditDesk desk{{credit()}};
  desk.give(1,
            GrantTerms{.amount = Amount{10}, .effective_at = noon + 1h, .expires_at = noon + 2h});
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1h - 1ns);
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(1));
  desk.pass(1h - 1ns);
  EXPECT_TRUE(desk.admits(1));
  desk.pass(1ns);
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.left(1), Amount{0});
  EXPECT_EQ(desk.grant(1).paid, Amount{2});
}

TEST(CreditSpec, ARefusalSaysWhenTheNextGrantCouldPay) {
  CreditDesk desk{{credit()}};
  desk.give(1, GrantTerms{.amount = Amount{5}, .effective_at = noon + 1h});
  desk.give(2, GrantTerms{.amount = Amount{5}, .effective_at = noon + 2h});
  EXPECT_EQ(desk.charge(5).retry_after, Duration{1h});
  EXPECT_EQ(desk.charge(6).retry_after, Duration{2h});
  EXPECT_EQ(desk.charge(11).retry_after, std::nullopt);
}

TEST(CreditSpec, ARefusalKnowsWhatWasSpentSinceTheLastChange) {
  CreditDesk desk{{credit()}};
  desk.give(1, 5);
  desk.give(2, GrantTerms{.amount = Amount{5}, .effective_at = noon + 1h});
  desk.charge(5);
  EXPECT_EQ(desk.charge(6).retry_after, std::nullopt);
  EXPECT_EQ(desk.charge(5).retry_after, Duration{1h});
}

TEST(CreditSpec, ARefusalKnowsThatWhatIsOwedIsPaidBeforeAPeriodEnds) {
  CreditDesk desk{{for_overage(credit(Period::hour), 7, 10)}};
  desk.charge(10);
  desk.give(1, GrantTerms{.amount = Amount{18},
                          .effective_at = noon + 10min,
                          .rollover = {Amount{0}, Amount{18}}});
  EXPECT_EQ(desk.charge(18).retry_after, Duration{10min}) << "8 of the grant, and 10 owed again";
  EXPECT_EQ(desk.charge(19).retry_after, std::nullopt) << "no more of it rolls over";
}

TEST(CreditSpec, ARefusalKnowsThatALaterGrantMayFindAnEarlierOneRolledOver) {
  CreditDesk desk{{credit(Period::hour)}};
  desk.give(1, GrantTerms{.amount = Amount{7}, .effective_at = noon + 2h});
  desk.give(2, GrantTerms{.amount = Amount{6}, .effective_at = noon + 24h});
  EXPECT_EQ(desk.charge(12).retry_after, std::nullopt) << "nothing of the first is left by then";
  EXPECT_EQ(desk.charge(7).retry_after, Duration{2h});
}

TEST(CreditSpec, ARecurringGrantIsFullAgainAndNoMore) {
  CreditDesk desk{{credit()}};
  desk.give(1,
            GrantTerms{.amount = Amount{10}, .recurrence = Recurrence{Period::day, 1, noon + 6h}});
  desk.charge(8);
  EXPECT_EQ(desk.charge(3).retry_after, Duration{6h});
  desk.pass(6h);
  EXPECT_EQ(desk.balance(), Amount{10});
  desk.charge(1);
  desk.pass(24h * 30);
  EXPECT_EQ(desk.balance(), Amount{10});
}

TEST(CreditSpec, WhatNoGrantCoversIsOwedIfTheLimitLetsItBe) {
  CreditDesk desk{{for_overage(credit(), 7)}};
  desk.give(1, 10);
  const Decision over = desk.charge(14);
  EXPECT_EQ(over.outcome, Outcome::allowed);
  EXPECT_EQ(over.overage, Amount{4});
  EXPECT_EQ(over.price_micros, 28U);
  EXPECT_EQ(desk.owed(), Amount{4});
  EXPECT_EQ(desk.balance(), Amount{0});
}

TEST(CreditSpec, WhatIsOwedIsPaidByTheNextGrantThatBecomesEffective) {
  CreditDesk desk{{for_overage(credit(), 7)}};
  desk.charge(4);
  desk.give(1, GrantTerms{.amount = Amount{3}, .effective_at = noon + 1h});
  desk.give(2, GrantTerms{.amount = Amount{10}, .effective_at = noon + 2h});
  desk.pass(1h);
  EXPECT_EQ(desk.owed(), Amount{1});
  EXPECT_EQ(desk.grant(1).paid, Amount{3});
  desk.pass(1h);
  EXPECT_EQ(desk.owed(), Amount{0});
  EXPECT_EQ(desk.left(2), Amount{9});
}

TEST(CreditSpec, ACapBoundsWhatMayBeOwed) {
  CreditDesk desk{{for_overage(credit(), 7, 5)}};
  desk.give(1, 10);
  EXPECT_FALSE(desk.admits(16));
  EXPECT_TRUE(desk.admits(15));
  EXPECT_FALSE(desk.admits(1));
}

TEST(CreditSpec, ARecordCountsEvenWhatABlockingLimitDoesNotHave) {
  CreditDesk desk{{credit()}};
  desk.give(1, 3);
  EXPECT_EQ(desk.record(5).outcome, Outcome::allowed);
  EXPECT_EQ(desk.owed(), Amount{2});
  desk.give(2, 10);
  EXPECT_EQ(desk.owed(), Amount{0});
  EXPECT_EQ(desk.left(2), Amount{8});
}

TEST(CreditSpec, BestEffortTakesWhatIsThere) {
  CreditDesk desk{{credit()}};
  desk.give(1, 3);
  EXPECT_EQ(desk.best_effort(5).granted, Amount{3});
  EXPECT_EQ(desk.best_effort(5).outcome, Outcome::denied);
}

TEST(CreditSpec, APeriodStartsWithWhatRollsOverAndOwesNothing) {
  CreditDesk desk{{for_overage(credit(Period::day), 7)}};
  desk.give(1, GrantTerms{.amount = Amount{100}, .rollover = {Amount{0}, Amount{50}}});
  desk.charge(10);
  desk.pass(12h);
  EXPECT_EQ(desk.balance(), Amount{50});
  EXPECT_EQ(desk.used(), Amount{0});
  desk.charge(60);
  EXPECT_EQ(desk.owed(), Amount{10});
  desk.pass(24h);
  EXPECT_EQ(desk.owed(), Amount{0});
  EXPECT_EQ(desk.balance(), Amount{0});
}

TEST(CreditSpec, WithoutRolloverNothingIsLeftOfAGrantAtTheEndOfThePeriod) {
  CreditDesk desk{{credit(Period::day)}};
  desk.give(1, 10);
  desk.pass(12h);
  EXPECT_EQ(desk.balance(), Amount{0});
}

TEST(CreditSpec, HistorySaysWhichGrantPaidForWhat) {
  CreditDesk desk{{for_overage(credit(Period::day), 7)}};
  desk.give(1, GrantTerms{.amount = Amount{10}, .priority = 1});
  desk.give(2, GrantTerms{.amount = Amount{5}, .priority = 2});
  desk.charge(18);
  desk.pass(12h);
  desk.charge(0);
  const auto& rows = desk.happenings.closed_windows;
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].window.paid_by, (EntryId{1, 1}));
  EXPECT_EQ(rows[0].window.used, Amount{10});
  EXPECT_EQ(rows[1].window.paid_by, (EntryId{1, 2}));
  EXPECT_EQ(rows[1].window.used, Amount{5});
  EXPECT_EQ(rows[2].window.paid_by, EntryId{});
  EXPECT_EQ(rows[2].window.used, Amount{18});
  EXPECT_EQ(rows[2].window.over, Amount{3});
  EXPECT_EQ(rows[2].window.price_micros, 21U);
  for (const WindowRow& row : rows) {
    EXPECT_EQ(row.window.ended_at, noon + 12h);
  }
}

TEST(CreditSpec, WhatGrantsPaidIsToldAtLeastOnceADay) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.charge(4);
  desk.pass(12h);
  desk.charge(0);
  ASSERT_EQ(desk.happenings.closed_windows.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_windows[0].window.used, Amount{4});
  desk.pass(24h);
  desk.charge(0);
  EXPECT_EQ(desk.happenings.closed_windows.size(), 1U);
}

TEST(CreditSpec, ReservationsHoldCreditAndPayWhenTheyAreSettled) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  EXPECT_EQ(desk.reserve(5, 8).outcome, Outcome::allowed);
  EXPECT_FALSE(desk.admits(3));
  EXPECT_EQ(desk.balance(), Amount{2});
  desk.commit(5, 6);
  EXPECT_EQ(desk.balance(), Amount{4});
  EXPECT_EQ(desk.grant(1).paid, Amount{6});
}

TEST(CreditSpec, CreditIsNotLeased) {
  CreditDesk desk{{credit()}};
  desk.give(1, 1000);
  EXPECT_EQ(desk.lease(5, 100).outcome, Outcome::denied);
}

TEST(CreditSpec, OtherLimitsOfTheMeterAreTakenTogetherWithCredit) {
  CreditDesk desk{{credit(), window(5, Period::day)}};
  desk.give(1, 10);
  EXPECT_FALSE(desk.admits(6));
  EXPECT_EQ(desk.balance(), Amount{10});
  EXPECT_TRUE(desk.admits(5));
  EXPECT_EQ(desk.balance(), Amount{5});
}

TEST(CreditSpec, WhatIsKeptIsAllThatCountsAfterARestart) {
  CreditDesk desk{{for_overage(credit(Period::month), 7)}};
  desk.give(1, GrantTerms{.amount = Amount{10}, .priority = 3});
  desk.give(2, GrantTerms{.amount = Amount{10},
                          .priority = 1,
                          .recurrence = Recurrence{Period::day, 1, noon + 1h}});
  desk.charge(5);
  desk.pass(30min);
  CreditDesk restarted{desk.now.wall, plan_of({for_overage(credit(Period::month), 7)}),
                       desk.state()};
  EXPECT_EQ(restarted.grants(), desk.grants());
  EXPECT_EQ(restarted.reading(), desk.reading());
  for (CreditDesk* one : {&desk, &restarted}) {
    one->charge(9);
    one->pass(24h);
    one->charge(0);
  }
  EXPECT_EQ(restarted.grants(), desk.grants());
  EXPECT_EQ(restarted.reading(), desk.reading());
  EXPECT_EQ(restarted.left(1), Amount{6});
}

TEST(CreditSpec, AChangeOfTheLimitKeepsGrantsAndWhatIsOwed) {
  CreditDesk desk{{for_overage(credit(), 7)}};
  desk.give(1, 10);
  desk.charge(12);
  desk.adopt({credit(Period::day)});
  EXPECT_EQ(desk.owed(), Amount{2});
  desk.give(2, 5);
  EXPECT_EQ(desk.left(2), Amount{3});
  desk.pass(12h);
  EXPECT_EQ(desk.balance(), Amount{0}) << "now there are periods, and nothing rolls over";
}

TEST(CreditSpec, WithoutTheLimitItsGrantsAreForgotten) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.take_unsaved();
  desk.adopt({});
  EXPECT_EQ(desk.take_unsaved().forgotten, std::vector<EntryId>{(EntryId{1, 1})});
}

TEST(CreditSpec, AClockThatStepsBackGivesNothingTwice) {
  CreditDesk desk{{credit()}};
  desk.give(1, GrantTerms{.amount = Amount{10}, .recurrence = Recurrence{Period::hour, 1, noon}});
  desk.pass(1h);
  desk.charge(10);
  desk.step_wall_clock(-90min);
  EXPECT_FALSE(desk.admits(1));
  desk.step_wall_clock(90min);
  EXPECT_FALSE(desk.admits(1));
  desk.pass(1h);
  EXPECT_TRUE(desk.admits(10));
}

TEST(CreditSpec, APeekChangesNothingThatCanBeSpent) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  EXPECT_EQ(desk.peek(10).outcome, Outcome::allowed);
  EXPECT_EQ(desk.peek(11).outcome, Outcome::denied);
  EXPECT_EQ(desk.balance(), Amount{10});
}

}  // namespace
}  // namespace sluice
