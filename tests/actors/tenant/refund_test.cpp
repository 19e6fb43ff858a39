// SPDX-License-Identifier: Apache-2.0
// A release under the id of a check gives back what the check took.
#include "tests/actors/tenant/credit_desk.hpp"
#include "tests/actors/tenant/sharing_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sluice {
namespace {

Decision refund(Desk& desk, std::uint64_t id) {
  return desk.once(id, Mode::release, Desk::nothing);
}

TEST(RefundSpec, GivesBackWhatTheCheckTookOfEveryLimitThatCountedIt) {
  Desk desk{
      {window(10, Period::day), sliding(10, 1h), rate(10, 1h, 10), window(20, Period::never)}};
  desk.once(1, Mode::normal, 4);
  const Decision decision = refund(desk, 1);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.granted, Amount{4});
  EXPECT_FALSE(decision.repeated);
  EXPECT_EQ(decision.reading.remaining, Amount{10});
  for (std::size_t slot = 0; slot < 4; ++slot) {
    EXPECT_EQ(desk.used(slot), Amount{0}) << slot;
  }
}

TEST(RefundSpec, HappensOnce) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 4);
  desk.charge(3);
  refund(desk, 1);
  const Decision again = refund(desk, 1);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.granted, Amount{4});
  EXPECT_EQ(desk.effect, Effect::none);
  EXPECT_EQ(desk.used(), Amount{3});
}

TEST(RefundSpec, TheCheckItselfIsAnsweredAsBefore) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 4);
  refund(desk, 1);
  const Decision again = desk.once(1, Mode::normal, 4);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(RefundSpec, MayNameWhatWasTakenAndNothingElse) {
  Desk desk{{window(10, Period::day), window(10, Period::day, llm_tokens)}};
  const std::vector<Charge> both{{api_requests, Amount{4}}, {llm_tokens, Amount{2}}};
  desk.once(1, Mode::normal, both);
  EXPECT_EQ(desk.once(1, Mode::release, 4).outcome, Outcome::conflict);
  EXPECT_EQ(
      desk.once(1, Mode::release, {{api_requests, Amount{4}}, {llm_tokens, Amount{3}}}).outcome,
      Outcome::conflict);
  EXPECT_EQ(desk.used(), Amount{4});
  const Decision decision = desk.once(1, Mode::release, both);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.granted, Amount{2}) << "the least";
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.used(1), Amount{0});
}

TEST(RefundSpec, OfARecordIsAllOfItAndOfBestEffortWhatWasGranted) {
  Desk desk{{window(5, Period::day)}};
  desk.once(1, Mode::record, 8);
  EXPECT_EQ(refund(desk, 1).granted, Amount{8});
  EXPECT_EQ(desk.used(), Amount{0});
  ASSERT_EQ(desk.once(2, Mode::best_effort, 9).granted, Amount{5});
  EXPECT_EQ(refund(desk, 2).granted, Amount{5});
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(RefundSpec, AWindowThatIsOverKeepsIt) {
  Desk desk{{window(10, Period::minute), window(10, Period::day)}};
  desk.once(1, Mode::normal, 4);
  desk.pass(1min);
  desk.charge(2);
  EXPECT_EQ(refund(desk, 1).granted, Amount{0}) << "the least that one had to give";
  EXPECT_EQ(desk.used(0), Amount{2});
  EXPECT_EQ(desk.used(1), Amount{2});
}

TEST(RefundSpec, NeverGoesBelowZero) {
  Desk desk{{window(10, Period::never)}};
  desk.once(1, Mode::normal, 4);
  desk.release(3);
  EXPECT_EQ(refund(desk, 1).granted, Amount{1});
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(RefundSpec, ARateGetsWhatHasNotComeBackByItself) {
  Desk desk{{rate(1, 1s, 10)}};
  desk.once(1, Mode::normal, 10);
  desk.pass(4s);
  desk.charge(4);
  refund(desk, 1);
  EXPECT_EQ(desk.reading().remaining, Amount{6});
}

TEST(RefundSpec, ARateKeepsWhatWasRecordedPastItsBurst) {
  Desk desk{{rate(1, 1h, 10)}};
  desk.charge(10);
  desk.once(1, Mode::record, 5);
  refund(desk, 1);
  EXPECT_FALSE(desk.admits(1)) << "it never owes more than its burst";
}

TEST(RefundSpec, OfASlidingWindowReachesIntoTheSpanBefore) {
  Desk desk{{sliding(10, 1h)}};
  desk.once(1, Mode::normal, 6);
  desk.pass(90min);
  desk.charge(1);
  ASSERT_EQ(desk.used(), Amount{4});
  EXPECT_EQ(refund(desk, 1).granted, Amount{6});
  EXPECT_EQ(desk.used(), Amount{1});
}

TEST(RefundSpec, GoesByTheLabelsOfTheCheck) {
  Desk desk{
      {per({"user"}, window(10, Period::day)), when("model", {"large"}, window(9, Period::day))}};
  desk.as({{"user", "ann"}, {"model", "large"}, {"key", "abc"}});
  desk.once(1, Mode::normal, 4);
  desk.as({});
  refund(desk, 1);
  desk.as_user("ann");
  EXPECT_EQ(desk.met().used, Amount{0});
  EXPECT_EQ(desk.used(1), Amount{0});
  const auto entries = desk.state().entries;
  const auto answer = std::ranges::find(entries, EntryId{1, 1}, &Entry::id);
  ASSERT_NE(answer, entries.end());
  EXPECT_EQ(answer->labels.size(), 2U) << "no limit looks at the key";
}

TEST(RefundSpec, ALimitThatCameLaterGivesNothingBack) {
  const Limit daily = window(10, Period::day);
  Desk desk{{daily}};
  desk.once(1, Mode::normal, 4);
  desk.adopt({daily, window(10, Period::month)});
  desk.charge(3);
  refund(desk, 1);
  EXPECT_EQ(desk.used(0), Amount{3});
  EXPECT_EQ(desk.used(1), Amount{3});
}

TEST(RefundSpec, UnitsAboveTheSizeAreGivenBackFirst) {
  Desk desk{{for_overage(window(10, Period::day), 5)}};
  desk.charge(8);
  desk.once(1, Mode::normal, 6);
  ASSERT_EQ(desk.tenant.usage(desk.now)[0].over, Amount{4});
  refund(desk, 1);
  EXPECT_EQ(desk.tenant.usage(desk.now)[0].over, Amount{0});
  EXPECT_EQ(desk.tenant.usage(desk.now)[0].price_micros, 0U);
}

TEST(RefundSpec, ThresholdsFireOnceInAWindowAllTheSame) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 10);
  refund(desk, 1);
  desk.happenings.clear();
  desk.charge(10);
  EXPECT_TRUE(desk.happenings.crossed.empty());
}

TEST(RefundSpec, TakesItsShareOfThePaceBack) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.once(1, Mode::normal, 10);
  ASSERT_EQ(desk.charge(1).outcome, Outcome::throttled);
  refund(desk, 1);
  EXPECT_TRUE(desk.admits(1));
}

TEST(RefundSpec, WhatTookNothingHasNothingToGiveBack) {
  Desk desk{{window(10, Period::never)}};
  EXPECT_EQ(refund(desk, 1).outcome, Outcome::no_such_hold);
  ASSERT_EQ(desk.once(2, Mode::normal, 11).outcome, Outcome::denied);
  EXPECT_EQ(refund(desk, 2).outcome, Outcome::conflict);
  desk.reserve(3, 4);
  EXPECT_EQ(refund(desk, 3).outcome, Outcome::conflict) << "a reservation is cancelled";
  desk.commit(3, 4);
  EXPECT_EQ(refund(desk, 3).outcome, Outcome::conflict);
  desk.once(4, Mode::release, 1);
  EXPECT_EQ(refund(desk, 4).outcome, Outcome::conflict);
  EXPECT_EQ(desk.used(), Amount{3});
}

TEST(RefundSpec, AUseOfASharedResourceIsNotGivenBackBecauseItIsMeteredForBothSides) {
  SharingDesk desk;
  ASSERT_EQ(desk.use_under({1, 1}, 4).outcome, Outcome::allowed);
  const Decision decision = desk.once(1, Mode::release, Desk::nothing);
  EXPECT_EQ(decision.outcome, Outcome::invalid);
  EXPECT_TRUE(std::string_view{decision.problem}.starts_with("id: "));
  EXPECT_EQ(desk.used(), Amount{4});
}

TEST(RefundSpec, IsPossibleForAsLongAsTheCheckIsRemembered) {
  Desk desk{{window(10, Period::never)}};
  desk.once(1, Mode::normal, 4);
  desk.once(2, Mode::normal, 4);
  desk.pass(24h - 1ns);
  EXPECT_EQ(refund(desk, 1).granted, Amount{4});
  desk.pass(1ns);
  EXPECT_EQ(refund(desk, 2).outcome, Outcome::no_such_hold);
  EXPECT_TRUE(refund(desk, 1).repeated) << "the refund itself is remembered from then on";
}

TEST(RefundSpec, SurvivesARestartAndSoDoesWhatItGivesBack) {
  const auto plan = plan_of({window(10, Period::day), rate(1, 1min, 10)});
  Desk before{plan};
  before.once(1, Mode::normal, 4);
  Desk desk{before.now.wall, plan, before.state()};
  EXPECT_EQ(refund(desk, 1).granted, Amount{4});
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.reading(1).remaining, Amount{10});
  Desk after{desk.now.wall, plan, desk.state()};
  const Decision again = refund(after, 1);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.granted, Amount{4});
}

TEST(RefundSpec, IsToldToTheJournal) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 4);
  desk.happenings.clear();
  refund(desk, 1);
  EXPECT_EQ(desk.effect, Effect::charged);
  ASSERT_EQ(desk.happenings.entries.size(), 1U);
  EXPECT_EQ(desk.happenings.entries[0]->given_back, Amount{4});
  EXPECT_EQ(desk.happenings.entries[0]->first.outcome, Outcome::allowed) << "of the check";
}

TEST(RefundSpec, OfAnAnswerOnAPageOfTheStoreIsARowOfItsOwn) {
  const auto plan = plan_of({window(100, Period::day)});
  Desk desk{plan};
  for (std::uint64_t id = 1; id <= 20; ++id) {
    desk.once(id, Mode::normal, 1);
  }
  TenantState stored = desk.take_unsaved();
  ASSERT_EQ(stored.entries.size(), 1U) << "a page";
  refund(desk, 7);
  const TenantState later = desk.take_unsaved();
  ASSERT_EQ(later.entries.size(), 1U);
  EXPECT_TRUE(later.forgotten.empty());
  stored.counters = later.counters;
  stored.entries.insert(stored.entries.end(), later.entries.begin(), later.entries.end());
  Desk again{desk.now.wall, plan, stored};
  EXPECT_TRUE(refund(again, 7).repeated);
  EXPECT_EQ(refund(again, 8).granted, Amount{1});
  EXPECT_EQ(again.used(), Amount{18});
}

TEST(RefundSpec, GrantsGetBackWhatTheyPaidTheLastOneFirst) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.give(2, 10);
  desk.charge(4);
  desk.once(5, Mode::normal, 9);
  ASSERT_EQ(desk.balance(), Amount{7});
  EXPECT_EQ(refund(desk, 5).granted, Amount{9});
  EXPECT_EQ(desk.left(1), Amount{6});
  EXPECT_EQ(desk.left(2), Amount{10});
  EXPECT_EQ(desk.used(), Amount{4});
}

TEST(RefundSpec, OfCreditPaysWhatIsOwedFirst) {
  CreditDesk desk{{for_overage(credit(), 7)}};
  desk.give(1, 10);
  desk.once(5, Mode::normal, 14);
  ASSERT_EQ(desk.owed(), Amount{4});
  refund(desk, 5);
  EXPECT_EQ(desk.owed(), Amount{0});
  EXPECT_EQ(desk.balance(), Amount{10});
}

TEST(RefundSpec, WhatHistoryHasOfAGrantStaysPaid) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.once(5, Mode::normal, 4);
  desk.pass(13h);  // The day is over.
  EXPECT_EQ(refund(desk, 5).granted, Amount{0});
  EXPECT_EQ(desk.balance(), Amount{6});
}

}  // namespace
}  // namespace sluice
