// SPDX-License-Identifier: Apache-2.0
// Slices that are taken out and filled up. How leases end is in lease_end_test.
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sluice {
namespace {

bool names(const Decision& decision, std::string_view field) {
  return decision.outcome == Outcome::invalid &&
         std::string_view{decision.problem}.starts_with(std::string{field} + ": ");
}

TEST(LeaseSpec, IsWhatIsWantedWhilePlentyIsLeft) {
  Desk desk{{window(800, Period::day)}};
  const Decision decision = desk.lease(1, 50);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.granted, Amount{50});
  EXPECT_EQ(decision.reading.held, Amount{50});
  EXPECT_EQ(decision.reading.remaining, Amount{750});
}

TEST(LeaseSpec, IsAnEighthOfWhatIsLeftAtTheMost) {
  Desk desk{{window(80, Period::day)}};
  EXPECT_EQ(desk.lease(1, 100).granted, Amount{10});
  EXPECT_EQ(desk.lease(2, 100).granted, Amount{8}) << "of 70";
  desk.charge(30);
  EXPECT_EQ(desk.lease(3, 100).granted, Amount{4}) << "of 32";
}

TEST(LeaseSpec, GoesByTheTightestLimit) {
  Desk desk{{window(800, Period::day), window(80, Period::month), rate(1, 1s, 160)}};
  EXPECT_EQ(desk.lease(1, 1000).granted, Amount{10});
  EXPECT_EQ(desk.held(0), Amount{10});
  EXPECT_EQ(desk.held(1), Amount{10});
  EXPECT_EQ(desk.reading(2).remaining, Amount{150}) << "a rate is charged with the slice";
}

TEST(LeaseSpec, HowMuchIsOutIsSaidOfEachLimit) {
  Desk desk{{window(800, Period::day), rate(1, 1h, 800),
             when("model", {"large"}, window(800, Period::day)),
             per({"user"}, window(800, Period::day)), window(10, Period::day, llm_tokens)}};
  const auto leased = [&desk](std::size_t slot) {
    return desk.tenant.usage(desk.now)[slot].leased;
  };
  desk.reserve(1, 5);
  desk.as({{"user", "ann"}, {"model", "small"}});
  desk.lease(2, 20);
  desk.as({{"user", "bob"}, {"model", "large"}});
  desk.lease(3, 30);
  EXPECT_EQ(leased(0), Amount{50});
  EXPECT_EQ(desk.held(0), Amount{55}) << "with what is reserved";
  EXPECT_EQ(leased(1), Amount{50}) << "a part of what is used of it";
  EXPECT_EQ(leased(2), Amount{30});
  EXPECT_EQ(leased(3), Amount{50}) << "of all its counters";
  EXPECT_EQ(leased(4), Amount{0});
  desk.lease(3, 30, 10);
  EXPECT_EQ(leased(2), Amount{30});
  desk.commit(3, 12);
  EXPECT_EQ(leased(0), Amount{20});
  desk.pass(1min);
  desk.let_end();
  EXPECT_EQ(leased(0), Amount{0});
}

TEST(LeaseSpec, IsRefusedNearTheEnd) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(2);
  EXPECT_EQ(desk.lease(1, 100).granted, Amount{1});
  const Decision denied = desk.lease(2, 100);
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.granted, Amount{0});
  EXPECT_EQ(denied.reading.remaining, Amount{7});
  EXPECT_TRUE(desk.admits(7)) << "what is left is for checks";
  EXPECT_EQ(desk.commit(2, 0).outcome, Outcome::no_such_hold);
}

TEST(LeaseSpec, LimitsThatRefuseNobodyLeaveAllOfIt) {
  Desk desk{{alerting(window(8, Period::day)), shadow(window(8, Period::day))}};
  EXPECT_EQ(desk.lease(1, 100).granted, Amount{100});
  EXPECT_EQ(desk.held(0), Amount{100});
  EXPECT_EQ(desk.held(1), Amount{100});
}

TEST(LeaseSpec, OfAMeterWithoutLimitsIsAllThatIsWanted) {
  Desk desk{{window(8, Period::day, llm_tokens)}};
  EXPECT_EQ(desk.lease(1, 100).granted, Amount{100});
  EXPECT_EQ(desk.commit(1, 70).outcome, Outcome::allowed);
}

TEST(LeaseSpec, IsHeldFromTheStart) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  EXPECT_FALSE(desk.admits(71));
  EXPECT_TRUE(desk.admits(70));
}

TEST(LeaseSpec, ARenewalSaysWhatIsUsedInAllAndFillsUp) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  Decision decision = desk.lease(1, 10, 4);
  EXPECT_EQ(decision.granted, Amount{10}) << "the 6 that are out, and 4 more";
  EXPECT_EQ(desk.used(), Amount{4});
  EXPECT_EQ(desk.held(), Amount{10});
  decision = desk.lease(1, 10, 12);
  EXPECT_EQ(decision.granted, Amount{10});
  EXPECT_EQ(desk.used(), Amount{12});
  EXPECT_EQ(desk.held(), Amount{10});
  EXPECT_FALSE(decision.overrun);
}

TEST(LeaseSpec, WhatIsOutStaysOutIfLessIsWanted) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  const Decision decision = desk.lease(1, 2, 4);
  EXPECT_EQ(decision.granted, Amount{6});
  EXPECT_EQ(desk.held(), Amount{6});
  EXPECT_EQ(desk.lease(1, 0, 10).granted, Amount{0});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(LeaseSpec, ARenewalThatFindsNothingMoreKeepsWhatIsOut) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.charge(70);
  const Decision decision = desk.lease(1, 10, 4);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.granted, Amount{6});
}

TEST(LeaseSpec, ARenewalWithNothingLeftAnywhereEndsIt) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.charge(70);
  const Decision denied = desk.lease(1, 10, 10);
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.reading.used, Amount{80});
  EXPECT_EQ(desk.held(), Amount{0});
  EXPECT_EQ(desk.tenant.next_expiry(), std::nullopt);
  const Decision again = desk.lease(1, 10, 10);
  EXPECT_EQ(again.outcome, Outcome::denied) << "the answer may have been lost";
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.lease(1, 10, 11).outcome, Outcome::conflict);
  EXPECT_TRUE(desk.commit(1, 10).repeated);
  EXPECT_EQ(desk.used(), Amount{80});
}

TEST(LeaseSpec, ARenewalCountsItsTimeFromNow) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10, 0, 30s);
  desk.pass(20s);
  desk.lease(1, 10, 1, 30s);
  desk.pass(30s - 1ns);
  desk.let_end();
  EXPECT_EQ(desk.held(), Amount{10});
  desk.pass(1ns);
  desk.let_end();
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(LeaseSpec, WhatIsUsedAndHeldNeverPassesTheSize) {
  Desk desk{{window(1000, Period::day)}};
  std::map<std::uint64_t, std::uint64_t> used;
  std::uint64_t admitted = 0;
  for (std::uint64_t turn = 0; turn < 3000; ++turn) {
    const std::uint64_t client = 1 + turn % 7;
    const Decision decision = desk.lease(client, 40, used[client]);
    if (decision.outcome == Outcome::allowed) {
      const std::uint64_t spent = decision.granted.raw() * (turn % 3) / 2;
      used[client] += spent;
      admitted += spent;
    } else {
      admitted += desk.admits(1) ? 1U : 0U;
    }
    ASSERT_LE((desk.used() + desk.held()).raw(), 1000U);
    ASSERT_LE(admitted, 1000U);
  }
  EXPECT_EQ(admitted, 1000U) << "and in the end, all of it can be spent";
}

TEST(LeaseSpec, MoreThanWasOutIsChargedAllTheSameAndSaidToBe) {
  Desk desk{{for_overage(window(16, Period::day), 7)}};
  desk.lease(1, 10);
  const Decision decision = desk.lease(1, 0, 20);
  EXPECT_TRUE(decision.overrun);
  EXPECT_EQ(decision.overage, Amount{4});
  EXPECT_EQ(decision.price_micros, 28U);
  EXPECT_EQ(desk.used(), Amount{20});
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(LeaseSpec, OfAnotherMeterUnderTheSameIdIsAConflict) {
  Desk desk{{window(80, Period::day), window(80, Period::day, llm_tokens)}};
  desk.lease(1, 10);
  EXPECT_EQ(desk.once(1, Mode::lease, {{llm_tokens, Amount{0}}}).outcome, Outcome::conflict);
  EXPECT_EQ(desk.held(0), Amount{10});
  EXPECT_EQ(desk.held(1), Amount{0});
}

TEST(LeaseSpec, LessUsageThanSaidBeforeIsAConflict) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  desk.lease(1, 10, 4);
  EXPECT_EQ(desk.lease(1, 10, 3).outcome, Outcome::conflict);
  EXPECT_EQ(desk.commit(1, 3).outcome, Outcome::conflict);
  EXPECT_EQ(desk.used(), Amount{4});
  EXPECT_EQ(desk.held(), Amount{10});
}

TEST(LeaseSpec, AskedAgainItCountsNothingTwice) {
  Desk desk{{window(800, Period::day)}};
  desk.lease(1, 10);
  EXPECT_EQ(desk.lease(1, 10).granted, Amount{10});
  EXPECT_EQ(desk.held(), Amount{10});
  desk.lease(1, 10, 4);
  EXPECT_EQ(desk.lease(1, 10, 4).granted, Amount{10});
  EXPECT_EQ(desk.used(), Amount{4});
  EXPECT_EQ(desk.held(), Amount{10});
}

TEST(LeaseSpec, AnIdIsForOneThingOnly) {
  Desk desk{{window(800, Period::day)}};
  desk.lease(1, 10);
  EXPECT_EQ(desk.reserve(1, 10).outcome, Outcome::conflict);
  EXPECT_EQ(desk.once(1, Mode::normal, 1).outcome, Outcome::conflict);
  EXPECT_EQ(desk.once(1, Mode::extend, 1).outcome, Outcome::conflict);
  desk.reserve(2, 10);
  EXPECT_EQ(desk.lease(2, 10).outcome, Outcome::conflict);
  desk.commit(2, 10);
  EXPECT_EQ(desk.lease(2, 10, 10).outcome, Outcome::conflict);
}

TEST(LeaseSpec, HasOneMeterATimeAndAnId) {
  Desk desk{{window(80, Period::day)}};
  EXPECT_TRUE(names(desk.once(1, Mode::lease, Desk::nothing), "charges"));
  EXPECT_TRUE(
      names(desk.once(1, Mode::lease, {{api_requests, Amount{}}, {users, Amount{}}}), "charges"));
  EXPECT_TRUE(names(desk.lease(1, 10, 0, 0s), "ttl"));
  EXPECT_TRUE(names(desk.check({{api_requests, Amount{}}}, Mode::lease), "id"));
  EXPECT_EQ(desk.tenant.next_expiry(), std::nullopt);
}

TEST(LeaseSpec, UsageOfOneThatIsNotKnownHasToBeRecorded) {
  Desk desk{{window(80, Period::day)}};
  EXPECT_EQ(desk.lease(1, 10, 4).outcome, Outcome::no_such_hold);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(LeaseSpec, IsTakenOutOfTheCounterOfItsLabels) {
  Desk desk{
      {per({"user"}, window(80, Period::day)), when("model", {"large"}, window(8, Period::day))}};
  desk.as_user("ann");
  EXPECT_EQ(desk.lease(1, 100).granted, Amount{10});
  desk.as({{"user", "bob"}, {"model", "large"}});
  EXPECT_EQ(desk.lease(2, 100).granted, Amount{1});
  EXPECT_EQ(desk.lease(1, 10, 6).granted, Amount{10}) << "whatever the renewal carries";
  desk.as_user("ann");
  EXPECT_EQ(desk.met().used, Amount{6});
  EXPECT_EQ(desk.met().held, Amount{10});
  desk.as_user("bob");
  EXPECT_EQ(desk.met().used, Amount{0});
  EXPECT_EQ(desk.met().held, Amount{1});
}

TEST(LeaseSpec, OfAThrottledLimitKeepsToThePace) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  EXPECT_EQ(desk.lease(1, 100, 0, 2h).granted, Amount{2});
  EXPECT_EQ(desk.charge(1).retry_after, 6min) << "a tenth of what was left";
  EXPECT_EQ(desk.lease(2, 100).outcome, Outcome::denied);
  desk.pass(6min);
  EXPECT_EQ(desk.lease(3, 100).granted, Amount{2});
}

TEST(LeaseSpec, OneThatIsRefusedInANewWindowHasStartedItAllTheSame) {
  Desk desk{{window(7, Period::minute)}};
  desk.charge(7);
  desk.take_unjournalled();
  desk.pass(1min);
  EXPECT_EQ(desk.lease(1, 1).outcome, Outcome::denied);
  EXPECT_EQ(desk.effect, Effect::charged);
  EXPECT_EQ(desk.happenings.closed_windows.size(), 1U);
  EXPECT_EQ(desk.take_unjournalled().counters.size(), 1U);
}

TEST(LeaseSpec, CountsInTheHistoryAsItIsReported) {
  Desk desk{{window(80, Period::day)}};
  desk.lease(1, 10);
  EXPECT_TRUE(desk.state().open_usage.empty());
  desk.lease(1, 10, 4);
  desk.lease(1, 10, 4);
  desk.commit(1, 9);
  const UsageBucket bucket = desk.state().open_usage.at(0);
  EXPECT_EQ(bucket.used, Amount{9});
  EXPECT_EQ(bucket.allowed, 2U);
}

}  // namespace
}  // namespace sluice
