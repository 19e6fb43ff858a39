// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ledger.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ReservationSpec, HoldsItsAmountOnEveryLimit) {
  Desk desk{{window(10, Period::day), window(20, Period::month)}};
  EXPECT_EQ(desk.reserve(1, 6).outcome, Outcome::allowed);
  EXPECT_EQ(desk.held(0), Amount{6});
  EXPECT_EQ(desk.held(1), Amount{6});
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.reading(0).remaining, Amount{4});
}

TEST(ReservationSpec, WhatIsUsedAndHeldNeverPassesABlockingLimit) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(3);
  desk.reserve(1, 6);
  EXPECT_EQ(desk.charge(2).outcome, Outcome::denied);
  EXPECT_EQ(desk.reserve(2, 2).outcome, Outcome::denied);
  EXPECT_TRUE(desk.admits(1));
}

TEST(ReservationSpec, IsAllOrNothing) {
  Desk desk{{window(10, Period::day), window(5, Period::day, llm_tokens)}};
  const Decision denied =
      desk.once(1, Mode::reserve, {{api_requests, Amount{1}}, {llm_tokens, Amount{6}}});
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(desk.held(0), Amount{0});
}

TEST(ReservationSpec, ACommitOfLessGivesTheRestBack) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  const Decision decision = desk.commit(1, 5);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_FALSE(decision.overrun);
  EXPECT_EQ(decision.reading.remaining, Amount{5});
  EXPECT_EQ(desk.used(), Amount{5});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(ReservationSpec, ACommitOfMoreChargesItAllAndSaysSo) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  const Decision decision = desk.commit(1, 13);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_TRUE(decision.overrun);
  EXPECT_EQ(decision.overage, Amount{3});
  EXPECT_EQ(desk.used(), Amount{13});
}

TEST(ReservationSpec, ACommitWithoutChargesSettlesAtWhatIsHeld) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  desk.once(1, Mode::commit, Desk::nothing);
  EXPECT_EQ(desk.used(), Amount{8});
}

TEST(ReservationSpec, AMeterThatACommitLeavesOutWasUsedAsHeld) {
  Desk desk{{window(10, Period::day), window(1000, Period::day, llm_tokens)}};
  desk.once(1, Mode::reserve, {{api_requests, Amount{1}}, {llm_tokens, Amount{500}}});
  desk.once(1, Mode::commit, {{llm_tokens, Amount{320}}});
  EXPECT_EQ(desk.used(0), Amount{1});
  EXPECT_EQ(desk.used(1), Amount{320});
}

TEST(ReservationSpec, ACancelGivesAllBack) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.held(), Amount{0});
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(ReservationSpec, AMeterThatWasNotReservedCannotBeSettled) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  const Decision decision = desk.once(1, Mode::commit, {{llm_tokens, Amount{1}}});
  EXPECT_EQ(decision.outcome, Outcome::invalid);
  EXPECT_EQ(std::string{decision.problem}.find("charges: "), 0U);
  EXPECT_EQ(desk.held(), Amount{8});
}

TEST(ReservationSpec, EndsByItselfWhenItsTimeIsOver) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8, 30s);
  desk.pass(30s - 1ns);
  EXPECT_FALSE(desk.admits(3));
  desk.pass(1ns);
  EXPECT_TRUE(desk.admits(10));
}

TEST(ReservationSpec, ThatEndsByItselfIsSettledAtWhatItReported) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8, 30s);
  desk.once(1, Mode::extend, 3, 30s);
  desk.pass(30s);
  desk.peek(0);
  EXPECT_EQ(desk.used(), Amount{3});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(ReservationSpec, AnExtensionCountsFromNow) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8, 30s);
  desk.pass(20s);
  EXPECT_EQ(desk.once(1, Mode::extend, {}, 30s).outcome, Outcome::allowed);
  desk.pass(20s);
  EXPECT_FALSE(desk.admits(3));
  desk.pass(10s);
  EXPECT_TRUE(desk.admits(3));
}

TEST(ReservationSpec, AfterItsTimeNothingSettlesIt) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8, 30s);
  desk.pass(30s);
  EXPECT_EQ(desk.commit(1, 5).outcome, Outcome::hold_expired);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::hold_expired);
  EXPECT_EQ(desk.once(1, Mode::extend, 1).outcome, Outcome::hold_expired);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(ReservationSpec, AnUnknownOneCannotBeSettled) {
  Desk desk{{window(10, Period::day)}};
  EXPECT_EQ(desk.commit(1, 5).outcome, Outcome::no_such_hold);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::no_such_hold);
  desk.once(2, Mode::normal, 1);
  EXPECT_EQ(desk.commit(2, 1).outcome, Outcome::no_such_hold) << "that was no reservation";
}

TEST(ReservationSpec, IsMadeOnce) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 4);
  const Decision again = desk.reserve(1, 4);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.held(), Amount{4});
  EXPECT_EQ(desk.reserve(1, 5).outcome, Outcome::conflict);
}

TEST(ReservationSpec, IsSettledOnce) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 4);
  desk.commit(1, 3);
  const Decision again = desk.commit(1, 3);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.used(), Amount{3});
  EXPECT_EQ(desk.commit(1, 4).outcome, Outcome::conflict);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::conflict);
  EXPECT_EQ(desk.once(1, Mode::extend, 1).outcome, Outcome::conflict);
}

TEST(ReservationSpec, OfARateGivesBackWhatWasNotUsedAndHasNotComeBackAnyway) {
  Desk desk{{rate(1, 1s, 10)}};
  desk.reserve(1, 10);
  EXPECT_FALSE(desk.admits(1));
  desk.commit(1, 4);
  EXPECT_EQ(desk.reading().remaining, Amount{6});
  desk.reserve(2, 6);
  desk.pass(1min);
  desk.cancel(2);
  EXPECT_EQ(desk.reading().remaining, Amount{10}) << "never more than its burst";
}

TEST(ReservationSpec, OfARateGivesNothingBackThatCameBackByItself) {
  Desk desk{{rate(1, 1s, 10)}};
  desk.reserve(1, 6);
  desk.pass(10s);
  EXPECT_EQ(desk.charge(10).outcome, Outcome::allowed);
  desk.cancel(1);
  EXPECT_EQ(desk.charge(1).outcome, Outcome::denied);
}

TEST(ReservationSpec, OfASlidingWindowIsUsedWhenItIsCommitted) {
  Desk desk{{sliding(10, 1min)}};
  desk.reserve(1, 10, 1h);
  desk.pass(3min);
  EXPECT_FALSE(desk.admits(1));
  desk.commit(1, 4);
  EXPECT_TRUE(desk.admits(6));
  EXPECT_FALSE(desk.admits(1));
}

TEST(ReservationSpec, StaysHeldWhenItsWindowStartsAgain) {
  Desk desk{{window(10, Period::minute)}};
  desk.reserve(1, 8, 1h);
  desk.pass(2min);
  EXPECT_FALSE(desk.admits(3));
  desk.commit(1, 8);
  EXPECT_EQ(desk.used(), Amount{8}) << "in the window in which it was committed";
}

TEST(ReservationSpec, TellsToComeBackWhenTheFirstOneEnds) {
  Desk desk{{window(10, Period::never)}};
  desk.reserve(1, 5, 20s);
  desk.reserve(2, 5, 10s);
  EXPECT_EQ(desk.charge(1).retry_after, 10s);
  EXPECT_EQ(desk.charge(11).retry_after, std::nullopt);
}

TEST(ReservationSpec, HoldsOnUnderAChangedLimit) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  desk.tenant.adopt(plan_of({window(20, Period::day), window(9, Period::month)}), desk.now,
                    desk.happenings);
  EXPECT_EQ(desk.held(0), Amount{8});
  EXPECT_EQ(desk.held(1), Amount{8});
  EXPECT_EQ(desk.charge(2).outcome, Outcome::denied);
}

TEST(ReservationSpec, GivesBackToANewRateOnlyWhatItIsChargedWith) {
  Desk desk{{window(100, Period::day)}};
  desk.reserve(1, 8);
  desk.lease(2, 2);
  desk.adopt({window(100, Period::day), rate(1, 1h, 15)});
  EXPECT_EQ(desk.reading(1).remaining, Amount{5});
  EXPECT_TRUE(desk.admits(5));
  desk.cancel(1);
  desk.cancel(2);
  EXPECT_EQ(desk.reading(1).remaining, Amount{10});
}

TEST(ReservationSpec, OfAThrottledLimitKeepsToThePace) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.reserve(1, 81);
  EXPECT_EQ(desk.reserve(2, 1).retry_after, 1min) << "when the first one ends, before the pace";
  desk.commit(1, 81);
  EXPECT_EQ(desk.charge(1).retry_after, 3min);
}

TEST(ReservationSpec, CountsInTheHistoryOnceItIsCommitted) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8, 1h);
  desk.reserve(2, 8, 1h);
  desk.pass(1min);
  desk.commit(1, 5);
  desk.pass(1min);
  desk.charge(0);
  desk.charge(1);
  ASSERT_EQ(desk.happenings.closed_usage.size(), 2U);
  EXPECT_EQ(desk.happenings.closed_usage[0].bucket.denied, 1U);
  EXPECT_EQ(desk.happenings.closed_usage[0].bucket.allowed, 0U);
  EXPECT_EQ(desk.happenings.closed_usage[1].bucket.used, Amount{5});
  EXPECT_EQ(desk.happenings.closed_usage[1].bucket.allowed, 1U);
}

TEST(ReservationSpec, SurvivesARestartWithTheTimeThatItHasLeft) {
  const auto plan = plan_of({window(10, Period::day)});
  Desk desk{plan};
  desk.reserve(1, 8, 30s);
  desk.commit(1, 3);
  desk.reserve(2, 5, 30s);
  desk.pass(10s);
  Desk again{desk.now.wall, plan, desk.state()};
  EXPECT_EQ(again.held(), Amount{5});
  EXPECT_TRUE(again.commit(1, 3).repeated);
  again.pass(20s - 1ns);
  EXPECT_FALSE(again.admits(3));
  again.pass(1ns);
  EXPECT_TRUE(again.admits(7));
}

TEST(ReservationSpec, ThereMayBeSoManyOpenOnes) {
  Desk desk{{unlimited(Period::day)}};
  for (std::uint64_t id = 1; id <= Ledger::reservations_max; ++id) {
    ASSERT_EQ(desk.reserve(id, 1).outcome, Outcome::allowed);
  }
  EXPECT_EQ(desk.reserve(0x10000, 1).outcome, Outcome::unavailable);
  desk.cancel(1);
  EXPECT_EQ(desk.reserve(0x10000, 1).outcome, Outcome::allowed);
}

TEST(ReservationSpec, AnExtensionTellsOfTheWindowThatIsOpen) {
  Desk desk{{window(10, Period::minute)}};
  desk.charge(3);
  desk.reserve(1, 5, 1h);
  desk.pass(2min);
  const Decision extended = desk.once(1, Mode::extend, Desk::nothing, 1h);
  EXPECT_EQ(extended.reading, desk.reading());
  EXPECT_EQ(extended.reading.used, Amount{0});
}

TEST(ReservationSpec, AnExtensionTellsOfASlidingWindowThatWentOn) {
  Desk desk{{sliding(Amount::max_raw, 10s)}};
  desk.charge(1'234'567'890'123'456'789);
  desk.pass(10s);
  desk.reserve(1, 5, 1h);
  desk.pass(1min);
  const Decision extended = desk.once(1, Mode::extend, Desk::nothing, 1h);
  EXPECT_EQ(extended.reading, desk.reading());
  EXPECT_EQ(extended.reading.used, Amount{0});
}

TEST(ReservationSpec, ManyThatEndTogetherAreInTheWayForAMomentOnly) {
  Desk desk{{window(20, Period::day)}};
  for (std::uint64_t id = 1; id <= 20; ++id) {
    desk.reserve(id, 1, 30s);
  }
  desk.pass(1min);
  const Decision denied = desk.charge(20);
  EXPECT_EQ(denied.outcome, Outcome::denied) << "so many are not ended at once";
  EXPECT_EQ(denied.retry_after, 1ns);
  EXPECT_TRUE(desk.admits(20));
}

TEST(ReservationSpec, GivesBackToARateThatCameLaterNoMoreThanItWasChargedTo) {
  Desk desk{{window(100, Period::day)}};
  desk.reserve(1, 5, 1h);
  desk.tenant.adopt(plan_of({window(100, Period::day), rate(1, 1h, 10)}), desk.now,
                    desk.happenings);
  EXPECT_EQ(desk.used(1), Amount{5}) << "as if it had been there";
  EXPECT_EQ(desk.charge(5).outcome, Outcome::allowed);
  desk.cancel(1);
  EXPECT_EQ(desk.used(1), Amount{5});
}

TEST(ReservationSpec, AStreamedAnswerIsEstimatedReportedAndSettled) {
  Desk desk{{window(1000, Period::day, llm_tokens)}};
  const auto tokens = [](std::uint64_t amount) {
    return std::vector<Charge>{{llm_tokens, Amount{amount}}};
  };
  ASSERT_EQ(desk.once(1, Mode::reserve, tokens(600), 30s).outcome, Outcome::allowed);
  EXPECT_EQ(desk.once(2, Mode::reserve, tokens(600), 30s).outcome, Outcome::denied);
  for (const std::uint64_t streamed : {100U, 200U, 300U}) {
    desk.pass(20s);
    ASSERT_EQ(desk.once(1, Mode::extend, tokens(streamed), 30s).outcome, Outcome::allowed);
  }
  desk.once(1, Mode::commit, tokens(350));
  EXPECT_EQ(desk.once(3, Mode::reserve, tokens(600), 30s).outcome, Outcome::allowed);
}

}  // namespace
}  // namespace sluice
