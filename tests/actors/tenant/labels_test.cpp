// SPDX-License-Identifier: Apache-2.0
// Which counter a request meets, by its labels. How counters are kept is in label_counters_test.
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(LabelSpec, ThereIsACounterForEachValue) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  desk.as_user("ann");
  EXPECT_TRUE(desk.admits(5));
  EXPECT_FALSE(desk.admits(1));
  desk.as_user("bob");
  EXPECT_TRUE(desk.admits(4));
  EXPECT_EQ(desk.met().used, Amount{4});
  desk.as_user("ann");
  EXPECT_EQ(desk.met().used, Amount{5});
}

TEST(LabelSpec, ThereIsACounterForEachCombination) {
  Desk desk{{per({"user", "model"}, window(5, Period::day))}};
  desk.as({{"user", "ann"}, {"model", "large"}});
  desk.charge(5);
  desk.as({{"user", "ann"}, {"model", "small"}});
  EXPECT_TRUE(desk.admits(5));
  desk.as({{"user", "bob"}, {"model", "large"}});
  EXPECT_TRUE(desk.admits(5));
  desk.as({{"user", "large"}, {"model", "ann"}});
  EXPECT_TRUE(desk.admits(5)) << "the same values of other labels";
}

TEST(LabelSpec, TheOrderOfTheLabelsMeansNothingAndOthersDoNotCount) {
  Desk desk{{per({"user", "model"}, window(5, Period::day))}};
  desk.as({{"user", "ann"}, {"model", "large"}});
  desk.charge(5);
  desk.as({{"model", "large"}, {"team", "search"}, {"user", "ann"}});
  EXPECT_FALSE(desk.admits(1));
}

TEST(LabelSpec, ALabelThatIsMissingHasTheEmptyValue) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  EXPECT_TRUE(desk.admits(5));
  desk.as({{"team", "search"}});
  EXPECT_FALSE(desk.admits(1)) << "the same counter";
  desk.as_user("ann");
  EXPECT_TRUE(desk.admits(5));
}

TEST(LabelSpec, EveryKindOfLimitMayHaveCountersForLabels) {
  for (const Limit& limit : {window(5, Period::never), sliding(5, 1min), rate(1, 1s, 5)}) {
    Desk desk{{per({"user"}, limit)}};
    desk.as_user("ann");
    EXPECT_TRUE(desk.admits(5));
    EXPECT_FALSE(desk.admits(1));
    desk.as_user("bob");
    EXPECT_TRUE(desk.admits(5));
  }
}

TEST(LabelSpec, WhatIsInFlightIsCountedForEachValue) {
  Desk desk{{per({"user"}, concurrency(1))}};
  desk.as_user("ann");
  EXPECT_EQ(desk.reserve(1, 1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.reserve(2, 1).outcome, Outcome::denied);
  desk.as_user("bob");
  EXPECT_EQ(desk.reserve(3, 1).outcome, Outcome::allowed);
  desk.commit(1, 1);
  EXPECT_EQ(desk.reserve(4, 1).outcome, Outcome::denied) << "that place was ann's";
  desk.as_user("ann");
  EXPECT_EQ(desk.reserve(5, 1).outcome, Outcome::allowed);
}

TEST(LabelSpec, ALimitAppliesWhenTheLabelHasOneOfItsValues) {
  Desk desk{{when("model", {"large", "huge"}, window(5, Period::day))}};
  desk.as({{"model", "large"}});
  EXPECT_TRUE(desk.admits(3));
  desk.as({{"model", "huge"}});
  EXPECT_FALSE(desk.admits(3)) << "one counter for both";
  desk.as({{"model", "small"}});
  EXPECT_TRUE(desk.admits(100));
  desk.as({});
  EXPECT_TRUE(desk.admits(100));
}

TEST(LabelSpec, ANegatedConditionAppliesToAllOtherValues) {
  Desk desk{{unless("user", {"root", "cron"}, window(5, Period::day))}};
  for (const std::string_view user : {"root", "cron"}) {
    desk.as_user(user);
    EXPECT_TRUE(desk.admits(100)) << user;
  }
  desk.as_user("ann");
  EXPECT_FALSE(desk.admits(6));
  desk.as({});
  EXPECT_FALSE(desk.admits(6)) << "missing is none of them";
}

TEST(LabelSpec, TheEmptyValueStandsForAMissingLabel) {
  Desk anonymous{{when("user", {""}, window(5, Period::day))}};
  EXPECT_FALSE(anonymous.admits(6));
  anonymous.as_user("ann");
  EXPECT_TRUE(anonymous.admits(6));
  Desk known{{unless("user", {""}, window(5, Period::day))}};
  EXPECT_TRUE(known.admits(6));
  known.as_user("ann");
  EXPECT_FALSE(known.admits(6));
}

TEST(LabelSpec, AllConditionsHaveToBeTrue) {
  Desk desk{{when("model", {"large"}, unless("user", {"root"}, window(5, Period::day)))}};
  desk.as({{"model", "large"}, {"user", "root"}});
  EXPECT_TRUE(desk.admits(6));
  desk.as({{"model", "small"}, {"user", "ann"}});
  EXPECT_TRUE(desk.admits(6));
  desk.as({{"model", "large"}, {"user", "ann"}});
  EXPECT_FALSE(desk.admits(6));
}

TEST(LabelSpec, ALimitThatDoesNotApplyIsNotRead) {
  Desk desk{{with_soft_limit(when("model", {"large"}, window(5, Period::day)), 0)}};
  const Decision decision = desk.charge(3);
  EXPECT_FALSE(decision.has_reading);
  EXPECT_FALSE(decision.soft_limit_passed);
  EXPECT_EQ(desk.used(), Amount{0});
  Desk watched{{shadow(when("model", {"large"}, window(5, Period::day)))}};
  EXPECT_EQ(watched.charge(6).would_deny.count, 0U);
}

TEST(LabelSpec, ALimitThatDoesNotApplyIsNotStartedAgainEither) {
  Desk desk{{when("model", {"large"}, window(5, Period::minute)), window(9, Period::day)}};
  desk.as({{"model", "large"}});
  desk.charge(5);
  desk.pass(1min);
  desk.as({});
  desk.charge(1);
  desk.lease(1, 1);
  EXPECT_TRUE(desk.happenings.closed_windows.empty());
  desk.as({{"model", "large"}});
  desk.charge(1);
  EXPECT_EQ(desk.happenings.closed_windows.size(), 1U);
}

TEST(LabelSpec, WhatNoLimitAppliesToIsUsageAllTheSame) {
  Desk desk{{when("model", {"large"}, window(5, Period::day))}};
  desk.take_unjournalled();
  desk.charge(3);
  EXPECT_EQ(desk.effect, Effect::charged);
  EXPECT_EQ(desk.take_unjournalled().open_usage.at(0).used, Amount{3});
  desk.reserve(1, 4);
  desk.take_unjournalled();
  desk.commit(1, 4);
  EXPECT_EQ(desk.take_unjournalled().open_usage.at(0).used, Amount{7});
}

TEST(LabelSpec, IsAllOrNothingAcrossLimitsWithAndWithoutLabels) {
  Desk desk{{window(100, Period::day), per({"user"}, window(5, Period::day)),
             when("model", {"large"}, window(3, Period::day, llm_tokens))}};
  desk.as({{"user", "ann"}, {"model", "large"}});
  EXPECT_EQ(desk.charge(6).outcome, Outcome::denied) << "by the user's";
  EXPECT_EQ(desk.used(0), Amount{0});
  const Decision denied = desk.check({{api_requests, Amount{1}}, {llm_tokens, Amount{4}}});
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.reading.limit, LimitId{3});
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.met().remaining, Amount{5}) << "of the user's, which is the tightest";
  EXPECT_TRUE(desk.admits(5));
  EXPECT_EQ(desk.used(0), Amount{5});
}

TEST(LabelSpec, BestEffortTakesWhatTheLimitsThatApplyHaveLeft) {
  Desk desk{{window(100, Period::day), per({"user"}, window(5, Period::day)),
             when("model", {"large"}, window(3, Period::day))}};
  desk.as_user("ann");
  EXPECT_EQ(desk.best_effort(50).granted, Amount{5});
  desk.as({{"user", "bob"}, {"model", "large"}});
  EXPECT_EQ(desk.best_effort(50).granted, Amount{3});
}

TEST(LabelSpec, AReleaseGivesBackToTheGaugesThatApply) {
  Desk desk{{per({"team"}, window(5, Period::never))}};
  desk.as({{"team", "search"}});
  desk.charge(5);
  desk.as({{"team", "ads"}});
  EXPECT_EQ(desk.release(2).granted, Amount{0}) << "that team has nothing";
  desk.as({{"team", "search"}});
  EXPECT_EQ(desk.release(2).granted, Amount{2});
  EXPECT_EQ(desk.met().used, Amount{3});
}

TEST(LabelSpec, AReleaseThatNoGaugeAppliesToGivesNothingBack) {
  Desk desk{{when("team", {"search"}, window(5, Period::never))}};
  const Decision decision = desk.release(2);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.granted, Amount{0});
}

TEST(LabelSpec, AReservationIsSettledWhereItWasMade) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.reserve(1, 6);
  desk.as_user("bob");
  EXPECT_EQ(desk.once(1, Mode::extend, 2).reading.held, Amount{6});
  EXPECT_EQ(desk.met().held, Amount{0});
  const Decision settled = desk.commit(1, 4);
  EXPECT_EQ(settled.reading.used, Amount{4});
  EXPECT_EQ(settled.reading.held, Amount{0});
  EXPECT_EQ(desk.met().used, Amount{0}) << "bob's";
  desk.as_user("ann");
  EXPECT_EQ(desk.met().used, Amount{4});
  desk.as({});
  EXPECT_EQ(desk.commit(1, 4).reading.used, Amount{4}) << "when it is told again, too";
}

TEST(LabelSpec, AReservationThatIsCancelledOrExpiresGivesBackWhereItWasMade) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.reserve(1, 6);
  desk.reserve(2, 3, 30s);
  desk.as({});
  desk.cancel(1);
  desk.pass(30s);
  desk.let_end();
  EXPECT_EQ(desk.met().held, Amount{0});
  desk.as_user("ann");
  EXPECT_EQ(desk.met().held, Amount{0});
  EXPECT_TRUE(desk.admits(10));
}

TEST(LabelSpec, AReservationIsSettledUnderTheConditionsThatItMet) {
  Desk desk{{when("model", {"large"}, window(10, Period::day))}};
  desk.as({{"model", "large"}});
  desk.reserve(1, 6);
  desk.as({});
  desk.reserve(2, 100);
  EXPECT_EQ(desk.held(), Amount{6});
  desk.commit(1, 5);
  EXPECT_EQ(desk.used(), Amount{5});
  desk.as({{"model", "large"}});
  desk.commit(2, 100);
  EXPECT_EQ(desk.used(), Amount{5});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(LabelSpec, TheSameIdWithOtherLabelsIsAConflict) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as({{"user", "ann"}, {"model", "large"}});
  desk.once(1, Mode::normal, 1);
  desk.as({{"model", "large"}, {"user", "ann"}});
  EXPECT_TRUE(desk.once(1, Mode::normal, 1).repeated);
  desk.as_user("bob");
  EXPECT_EQ(desk.once(1, Mode::normal, 1).outcome, Outcome::conflict);
}

}  // namespace
}  // namespace sluice
