// SPDX-License-Identifier: Apache-2.0
// When to try again while reservations and leases are open, which end by themselves.
#include "tests/actors/tenant/credit_desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

const std::vector<Charge> one_token{{llm_tokens, Amount{1}}};

TEST(RetryWithHoldsSpec, IsWhenTheReservationInTheWayEndsAndNoOther) {
  Desk desk{{concurrency(1, 30s), window(10, Period::day, llm_tokens)}};
  desk.reserve(1, 1);
  desk.once(2, Mode::reserve, one_token, 1s);
  EXPECT_EQ(desk.reserve(3, 1).retry_after, 30s);
}

TEST(RetryWithHoldsSpec, MembersNeverGiveTheirSeatsBackByThemselves) {
  Desk desk{{window(3, Period::never, users), window(10, Period::day)}};
  desk.tenant.seat(Seats{users, 3});
  desk.reserve(1, 1, 30s);
  const Decision decision = desk.charge(1, users);
  EXPECT_EQ(decision.outcome, Outcome::denied);
  EXPECT_EQ(decision.retry_after, std::nullopt);
}

TEST(RetryWithHoldsSpec, ALeaseThatExpiresCountsAsSpentSoThatOnlyTheNextWindowHelps) {
  Desk desk{{window(80, Period::day)}};
  ASSERT_EQ(desk.lease(1, 10, 0, 30s).granted, Amount{10});
  EXPECT_EQ(desk.charge(71).retry_after, 12h);
}

TEST(RetryWithHoldsSpec, ALeaseOfALimitThatReleasesOnExpiryComesBack) {
  Desk desk{{releasing_on_expiry(window(80, Period::day))}};
  desk.lease(1, 10, 0, 30s);
  EXPECT_EQ(desk.charge(71).retry_after, 30s);
}

TEST(RetryWithHoldsSpec, IsWhenEnoughHasEnded) {
  Desk desk{{window(100, Period::day)}};
  desk.reserve(1, 10, 1s);
  desk.reserve(2, 80, 1h);
  EXPECT_EQ(desk.charge(20).retry_after, 1s);
  EXPECT_EQ(desk.charge(50).retry_after, 1h);
}

TEST(RetryWithHoldsSpec, AReservationThatReportedItsUseGivesBackTheRestOnly) {
  Desk desk{{window(10, Period::day)}};
  desk.reserve(1, 10, 1min);
  desk.once(1, Mode::extend, 6, 1min);
  EXPECT_EQ(desk.charge(4).retry_after, 1min);
  EXPECT_EQ(desk.charge(5).retry_after, 12h);
}

TEST(RetryWithHoldsSpec, WhatIsHeldIsHeldInTheNextWindowToo) {
  Desk desk{{window(10, Period::minute)}};
  desk.reserve(1, 10, 5min);
  EXPECT_EQ(desk.charge(5).retry_after, 5min);
}

TEST(RetryWithHoldsSpec, ALeaseCountsInTheWindowInWhichItExpires) {
  Desk desk{{window(80, Period::minute)}};
  desk.lease(1, 10, 0, 5min + 10s);
  EXPECT_EQ(desk.charge(71).retry_after, 6min);
}

TEST(RetryWithHoldsSpec, ARateGetsBackWhatAReservationDoesNotUse) {
  Desk desk{{rate(1, 1h, 10)}};
  desk.reserve(1, 10, 1s);
  EXPECT_EQ(desk.charge(1).retry_after, 1s);
  EXPECT_EQ(desk.charge(10).retry_after, 2s) << "what flowed in meanwhile was not wasted";
}

TEST(RetryWithHoldsSpec, OnlyWhatIsHeldInTheSameCounterMatters) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.reserve(1, 10, 1s);
  desk.as_user("bob");
  desk.reserve(2, 10, 1h);
  EXPECT_EQ(desk.charge(1).retry_after, 1h);
}

TEST(RetryWithHoldsSpec, OnlyWhatTheLimitIsForMatters) {
  Desk desk{{when("model", {"large"}, window(10, Period::day)), window(20, Period::day)}};
  desk.as({{"model", "small"}});
  desk.reserve(1, 10, 1s);
  desk.as({{"model", "large"}});
  desk.reserve(2, 10, 1h);
  EXPECT_EQ(desk.charge(1).retry_after, 1h);
}

TEST(RetryWithHoldsSpec, ThePaceOfAReservationEndsWithIt) {
  Desk desk{{throttling(window(100, Period::hour), 80)}};
  desk.charge(80);
  desk.reserve(1, 10, 1min);
  const Decision early = desk.charge(1);
  EXPECT_EQ(early.outcome, Outcome::throttled);
  EXPECT_EQ(early.retry_after, 1min) << "and not half of the hour";
}

TEST(RetryWithHoldsSpec, IsTheLongestOfAllLimits) {
  Desk desk{{concurrency(1, 30s), concurrency(1, 10s, llm_tokens)}};
  desk.reserve(1, 1);
  desk.once(2, Mode::reserve, one_token);
  const std::vector<Charge> both{{api_requests, Amount{1}}, {llm_tokens, Amount{1}}};
  EXPECT_EQ(desk.once(3, Mode::reserve, both).retry_after, 30s);
}

TEST(RetryWithHoldsSpec, CreditThatIsHeldComesBackBeforeTheNextGrant) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.give(2, GrantTerms{.amount = Amount{10}, .effective_at = noon + 1h});
  desk.reserve(3, 8, 30s);
  EXPECT_EQ(desk.charge(5).retry_after, 30s);
  EXPECT_EQ(desk.charge(15).retry_after, 1h) << "what both have";
  EXPECT_EQ(desk.charge(21).retry_after, std::nullopt);
}

TEST(RetryWithHoldsSpec, HowManyAreHeldOfOtherLimitsDoesNotMatter) {
  CreditDesk desk{{credit(Period::day), window(1000, Period::day, llm_tokens)}};
  desk.give(1, GrantTerms{.amount = Amount{10}, .effective_at = noon + 1h});
  for (std::uint64_t id = 2; id <= 100; ++id) {
    desk.once(id, Mode::reserve, one_token, std::chrono::seconds{id});
  }
  EXPECT_EQ(desk.charge(5).retry_after, 1h);
}

TEST(RetryWithHoldsSpec, OfVeryManyItIsWhenToAskAgain) {
  Desk desk{{window(100, Period::day)}};
  for (std::uint64_t id = 1; id <= 100; ++id) {
    desk.reserve(id, 1, std::chrono::seconds{id});
  }
  const Decision denied = desk.charge(90);
  EXPECT_EQ(denied.retry_after, 65s) << "64 were looked at";
  desk.pass(*denied.retry_after);
  desk.let_end();
  EXPECT_EQ(desk.charge(90).retry_after, 25s);
}

}  // namespace
}  // namespace sluice
