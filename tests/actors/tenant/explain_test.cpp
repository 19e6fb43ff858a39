// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// What the last check met; nothing if it was not explained.
std::vector<ConsideredLimit> told(Desk& desk) {
  const bool explained = std::exchange(desk.happenings.explained, false);
  return explained ? desk.happenings.considered : std::vector<ConsideredLimit>{};
}

/// The only one.
ConsideredLimit only(Desk& desk) {
  const auto limits = told(desk);
  SLUICE_INVARIANT(limits.size() == 1);
  return limits.front();
}

TEST(ExplainSpec, ARefusalListsEveryLimitThatWasMetWithItsNumbers) {
  Desk desk{{window(10, Period::day), rate(1, 1s, 20), unlimited(Period::month)}};
  desk.charge(8);
  ASSERT_EQ(desk.charge(5).outcome, Outcome::denied);
  const auto limits = told(desk);
  ASSERT_EQ(limits.size(), 3U);
  for (std::size_t slot = 0; slot < limits.size(); ++slot) {
    EXPECT_EQ(limits[slot].reading, desk.reading(slot));
    EXPECT_EQ(limits[slot].amount, Amount{5});
    EXPECT_FALSE(limits[slot].shadow);
  }
  EXPECT_EQ(limits[0].verdict, Verdict::full);
  EXPECT_EQ(limits[0].wait, Duration{12h});
  EXPECT_EQ(limits[1].verdict, Verdict::fits);
  EXPECT_EQ(limits[1].wait, std::nullopt);
  EXPECT_EQ(limits[2].verdict, Verdict::fits);
}

TEST(ExplainSpec, WhatIsAllowedIsExplainedOnlyIfItAsks) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(1);
  EXPECT_FALSE(desk.happenings.explained);
  desk.asks_why = true;
  desk.charge(1);
  EXPECT_TRUE(desk.happenings.explained);
}

TEST(ExplainSpec, TheNumbersAreThoseThatTheCheckFound) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(3);
  desk.asks_why = true;
  EXPECT_EQ(desk.charge(4).reading.used, Amount{7});
  EXPECT_EQ(only(desk).reading.used, Amount{3});
}

TEST(ExplainSpec, AWindowThatIsOverIsFoundStartedAgain) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(9);
  desk.pass(24h);
  desk.asks_why = true;
  EXPECT_EQ(desk.charge(4).outcome, Outcome::allowed);
  const ConsideredLimit limit = only(desk);
  EXPECT_EQ(limit.reading.used, Amount{0});
  EXPECT_EQ(limit.verdict, Verdict::fits);
  EXPECT_EQ(desk.happenings.closed_windows.size(), 1U);
  EXPECT_EQ(desk.effect, Effect::charged);
}

TEST(ExplainSpec, AWindowThatAPeekFindsOverIsToBeKeptAsStartedAgain) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(9);
  desk.pass(24h);
  desk.asks_why = true;
  desk.peek(1);
  EXPECT_EQ(desk.effect, Effect::charged);
}

TEST(ExplainSpec, WhatIsAheadOfItsPaceSaysWhenItsTurnIs) {
  Desk desk{{throttling(window(100, Period::day), 50)}};
  desk.charge(60);
  const Decision early = desk.charge(10);
  ASSERT_EQ(early.outcome, Outcome::throttled);
  const ConsideredLimit limit = only(desk);
  EXPECT_EQ(limit.verdict, Verdict::ahead_of_pace);
  EXPECT_EQ(limit.wait, early.retry_after);
}

TEST(ExplainSpec, WhatCanNeverFitHasNothingToWaitFor) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(11);
  const ConsideredLimit limit = only(desk);
  EXPECT_EQ(limit.verdict, Verdict::full);
  EXPECT_EQ(limit.wait, std::nullopt);
}

TEST(ExplainSpec, AShadowIsListedAsOne) {
  Desk desk{{shadow(window(10, Period::day))}};
  desk.asks_why = true;
  ASSERT_EQ(desk.charge(15).outcome, Outcome::allowed);
  const ConsideredLimit limit = only(desk);
  EXPECT_TRUE(limit.shadow);
  EXPECT_EQ(limit.verdict, Verdict::full);
}

TEST(ExplainSpec, ALimitThatIsNotForTheRequestIsNotMet) {
  Desk desk{{window(10, Period::day), when("model", {"large"}, window(1, Period::day))}};
  desk.asks_why = true;
  desk.charge(1);
  EXPECT_EQ(told(desk).size(), 1U);
  desk.as({{"model", "large"}});
  desk.charge(1);
  EXPECT_EQ(told(desk).size(), 2U);
}

TEST(ExplainSpec, ALimitByLabelTellsTheCounterOfTheRequest) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.as_user("bob");
  desk.charge(7);
  desk.charge(7);
  EXPECT_EQ(only(desk).reading.used, Amount{7});
}

TEST(ExplainSpec, AmountsOfAMeterAreAddedUpAndMetersStandInTheOrderOfTheCharges) {
  Desk desk{{window(10, Period::day), window(10, Period::day, llm_tokens)}};
  desk.asks_why = true;
  desk.check({{llm_tokens, Amount{1}}, {api_requests, Amount{2}}, {llm_tokens, Amount{3}}});
  const auto limits = told(desk);
  ASSERT_EQ(limits.size(), 2U);
  EXPECT_EQ(limits[0].reading.meter, llm_tokens);
  EXPECT_EQ(limits[0].amount, Amount{4});
  EXPECT_EQ(limits[1].amount, Amount{2});
}

TEST(ExplainSpec, AMeterWithoutLimitsLeavesNothingToList) {
  Desk desk{{window(10, Period::day)}};
  desk.asks_why = true;
  desk.charge(1, users);
  EXPECT_TRUE(desk.happenings.explained);
  EXPECT_TRUE(told(desk).empty());
}

TEST(ExplainSpec, WhatIsRecordedNeedNotFit) {
  Desk desk{{window(10, Period::day)}};
  desk.asks_why = true;
  EXPECT_EQ(desk.record(15).outcome, Outcome::allowed);
  EXPECT_EQ(only(desk).verdict, Verdict::full);
}

TEST(ExplainSpec, BestEffortIsExplainedByAllThatItAsked) {
  Desk desk{{window(10, Period::day)}};
  desk.asks_why = true;
  EXPECT_EQ(desk.best_effort(15).granted, Amount{10});
  const ConsideredLimit limit = only(desk);
  EXPECT_EQ(limit.amount, Amount{15});
  EXPECT_EQ(limit.reading.remaining, Amount{10});
  EXPECT_EQ(limit.verdict, Verdict::full);
}

TEST(ExplainSpec, AReservationThatIsRefusedTellsWhatIsHeld) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 8);
  EXPECT_FALSE(desk.happenings.explained);
  ASSERT_EQ(desk.reserve(2, 3).outcome, Outcome::denied);
  const ConsideredLimit limit = only(desk);
  EXPECT_EQ(limit.reading.held, Amount{8});
  EXPECT_EQ(limit.wait, Duration{1min}) << "then the first one ends by itself";
}

TEST(ExplainSpec, WhatIsToldAgainIsNotExplainedAgain) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 11);
  EXPECT_EQ(told(desk).size(), 1U);
  desk.asks_why = true;
  EXPECT_TRUE(desk.once(1, Mode::normal, 11).repeated);
  EXPECT_FALSE(desk.happenings.explained);
}

TEST(ExplainSpec, AskingWhyDoesNotMakeItAnotherRequest) {
  Desk desk{{window(10, Period::day)}};
  desk.asks_why = true;
  desk.once(1, Mode::normal, 3);
  desk.asks_why = false;
  EXPECT_TRUE(desk.once(1, Mode::normal, 3).repeated);
}

TEST(ExplainSpec, AnInvalidCheckIsRefusedAllTheSame) {
  Desk desk{{window(10, Period::day)}};
  desk.asks_why = true;
  EXPECT_EQ(desk.release(1).outcome, Outcome::invalid);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(ExplainSpec, NeitherLeasesNorWhatGoesOnAreExplained) {
  Desk desk{{window(10, Period::day)}};
  desk.asks_why = true;
  desk.reserve(1, 5);
  desk.happenings.explained = false;
  desk.once(1, Mode::extend, 1);
  desk.commit(1, 2);
  desk.cancel(1);
  desk.lease(2, 5);
  desk.charge(7);
  desk.happenings.explained = false;
  EXPECT_EQ(desk.lease(3, 5).outcome, Outcome::denied);
  EXPECT_FALSE(desk.happenings.explained);
}

}  // namespace
}  // namespace sluice
