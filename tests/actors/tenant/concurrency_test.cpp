// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace sluice {
namespace {

bool names(const Decision& decision, std::string_view field) {
  return decision.outcome == Outcome::invalid &&
         std::string_view{decision.problem}.starts_with(std::string{field} + ": ");
}

TEST(ConcurrencySpec, WhatIsInFlightIsWhatReservationsHold) {
  Desk desk{{concurrency(10)}};
  EXPECT_EQ(desk.reserve(1, 4).outcome, Outcome::allowed);
  EXPECT_EQ(desk.held(), Amount{4});
  EXPECT_EQ(desk.used(), Amount{0});
  EXPECT_EQ(desk.reading().size, Amount{10});
  EXPECT_EQ(desk.reading().remaining, Amount{6});
  EXPECT_EQ(desk.reading().resets_at, wall_time_never);
}

TEST(ConcurrencySpec, AfterTenHoldersTheNextOneWaitsUntilOneLeaves) {
  Desk desk{{concurrency(10)}};
  for (std::uint64_t holder = 1; holder <= 10; ++holder) {
    ASSERT_EQ(desk.reserve(holder, 1).outcome, Outcome::allowed);
  }
  const Decision blocked = desk.reserve(11, 1);
  EXPECT_EQ(blocked.outcome, Outcome::denied);
  EXPECT_EQ(blocked.reading.held, Amount{10});
  desk.commit(1, 1);
  EXPECT_EQ(desk.reserve(12, 1).outcome, Outcome::allowed);
  for (std::uint64_t holder = 2; holder <= 12; ++holder) {
    desk.cancel(holder);
  }
  EXPECT_EQ(desk.held(), Amount{0});
}

TEST(ConcurrencySpec, AThousandTasksAreNeverMoreThanTheLimit) {
  Desk desk{{concurrency(7, 10s)}};
  std::deque<std::uint64_t> running;
  std::uint64_t admitted = 0;
  for (std::uint64_t task = 1; task <= 1000; ++task) {
    if (desk.reserve(task, 1).outcome == Outcome::allowed) {
      running.push_back(task);
      ++admitted;
    }
    ASSERT_LE(running.size(), 7U);
    ASSERT_EQ(desk.held(), Amount{running.size()});
    if (task % 3 == 0) {
      desk.commit(running.front(), 1);
      running.pop_front();
    }
  }
  EXPECT_EQ(admitted, 333U + running.size());
}

TEST(ConcurrencySpec, OnlyReservationsCanBeInFlight) {
  Desk desk{{concurrency(10)}};
  EXPECT_TRUE(names(desk.charge(1), "mode"));
  EXPECT_TRUE(names(desk.best_effort(1), "mode"));
  EXPECT_TRUE(names(desk.lease(1, 1), "mode"));
  EXPECT_EQ(desk.reading().remaining, Amount{10});
}

TEST(ConcurrencySpec, ACheckThatIsRefusedForItChargesNothingElsewhere) {
  Desk desk{{concurrency(10), window(10, Period::day), window(10, Period::day, llm_tokens)}};
  EXPECT_TRUE(names(desk.check({{llm_tokens, Amount{1}}, {api_requests, Amount{1}}}), "mode"));
  EXPECT_EQ(desk.used(1), Amount{0});
  EXPECT_EQ(desk.used(2), Amount{0});
}

TEST(ConcurrencySpec, OtherMetersAreChargedAsEver) {
  Desk desk{{concurrency(10), window(10, Period::day, llm_tokens)}};
  EXPECT_TRUE(desk.admits(3, llm_tokens));
  EXPECT_EQ(desk.charge(0).outcome, Outcome::allowed) << "nothing is in flight";
}

TEST(ConcurrencySpec, APeekSaysWhetherThereIsAPlace) {
  Desk desk{{concurrency(10)}};
  desk.reserve(1, 8);
  EXPECT_EQ(desk.peek(2).outcome, Outcome::allowed);
  EXPECT_EQ(desk.peek(3).outcome, Outcome::denied);
  EXPECT_EQ(desk.held(), Amount{8});
}

TEST(ConcurrencySpec, ARecordPassesBy) {
  Desk desk{{concurrency(2), window(100, Period::day)}};
  desk.reserve(1, 2);
  EXPECT_EQ(desk.record(50).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.held(0), Amount{2});
  EXPECT_EQ(desk.used(1), Amount{50});
}

TEST(ConcurrencySpec, ACommitFreesThePlaceWhateverWasUsed) {
  Desk desk{{concurrency(10), window(100, Period::day)}};
  desk.reserve(1, 8);
  const Decision decision = desk.commit(1, 30);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_TRUE(decision.overrun);
  EXPECT_EQ(desk.held(0), Amount{0});
  EXPECT_EQ(desk.used(0), Amount{0});
  EXPECT_EQ(desk.used(1), Amount{30});
}

TEST(ConcurrencySpec, ACancelFreesThePlaceToo) {
  Desk desk{{concurrency(1)}};
  desk.reserve(1, 1);
  desk.cancel(1);
  EXPECT_EQ(desk.reserve(2, 1).outcome, Outcome::allowed);
}

TEST(ConcurrencySpec, AHolderStaysForTheTimeOfTheLimitIfItNamesNone) {
  Desk desk{{concurrency(1, 30s)}};
  EXPECT_EQ(desk.reserve(1, 1, 0s).outcome, Outcome::allowed);
  desk.pass(30s - 1ns);
  EXPECT_EQ(desk.reserve(2, 1, 0s).outcome, Outcome::denied);
  desk.pass(1ns);
  EXPECT_EQ(desk.reserve(3, 1, 0s).outcome, Outcome::allowed);
}

TEST(ConcurrencySpec, AHolderStaysForTheTimeOfTheLimitAtTheMost) {
  Desk desk{{concurrency(1, 30s), concurrency(1, 20s, llm_tokens)}};
  desk.reserve(1, 1, 1h);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 30s);
  desk.cancel(1);
  desk.reserve(2, 1, 5s);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 5s) << "less is its own affair";
  desk.cancel(2);
  desk.once(3, Mode::reserve, {{api_requests, Amount{1}}, {llm_tokens, Amount{1}}}, 1h);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 20s) << "the shortest of its limits";
}

TEST(ConcurrencySpec, AnExtensionCountsFromNowWithinTheSameBounds) {
  Desk desk{{concurrency(1, 30s)}};
  desk.reserve(1, 1, 0s);
  desk.pass(20s);
  EXPECT_EQ(desk.once(1, Mode::extend, {}, 0s).outcome, Outcome::allowed);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 30s);
  desk.once(1, Mode::extend, {}, 1h);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 30s);
  desk.once(1, Mode::extend, {}, 3s);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 3s);
}

TEST(ConcurrencySpec, WithoutALimitOnWhatIsInFlightAReservationHasToSayForHowLong) {
  Desk desk{{window(10, Period::day)}};
  EXPECT_TRUE(names(desk.reserve(1, 1, 0s), "ttl"));
  desk.reserve(2, 1);
  EXPECT_TRUE(names(desk.once(2, Mode::extend, {}, 0s), "ttl"));
}

TEST(ConcurrencySpec, HoldersThatAreNotExtendedAreLetGoByTimeAlone) {
  Desk desk{{concurrency(10, 30s)}};
  for (std::uint64_t holder = 1; holder <= 10; ++holder) {
    desk.reserve(holder, 1, 0s);
  }
  desk.pass(30s);
  desk.let_end();
  EXPECT_EQ(desk.held(), Amount{0});
  EXPECT_EQ(desk.tenant.next_expiry(), std::nullopt);
  EXPECT_EQ(desk.commit(1, 1).outcome, Outcome::hold_expired);
}

TEST(ConcurrencySpec, TellsToComeBackWhenTheFirstHolderIsLetGo) {
  Desk desk{{concurrency(2, 30s)}};
  desk.reserve(1, 1, 0s);
  desk.pass(10s);
  desk.reserve(2, 1, 0s);
  EXPECT_EQ(desk.reserve(3, 1, 0s).retry_after, 20s);
  EXPECT_EQ(desk.reserve(4, 3, 0s).retry_after, std::nullopt) << "so many can never be in flight";
}

TEST(ConcurrencySpec, AHolderThatIsOverdueButNotYetLetGoIsInTheWayForAMomentOnly) {
  constexpr std::uint64_t holders = Tenant::overdue_at_once + 2;
  Desk desk{{concurrency(holders, 30s)}};
  for (std::uint64_t holder = 1; holder <= holders; ++holder) {
    desk.reserve(holder, 1, 0s);
  }
  desk.pass(1min);
  const Decision decision = desk.reserve(100, holders - 1, 0s);
  EXPECT_EQ(decision.outcome, Outcome::denied) << "so many are let go at once, and no more";
  EXPECT_EQ(decision.retry_after, 1ns);
  EXPECT_EQ(desk.reserve(101, holders - 1, 0s).outcome, Outcome::allowed);
}

TEST(ConcurrencySpec, AShadowRefusesNobodyAndTellsWhomItWouldHave) {
  Desk desk{{shadow(concurrency(2, 30s)), window(100, Period::day)}};
  EXPECT_EQ(desk.reserve(1, 2, 1h).outcome, Outcome::allowed);
  const Decision decision = desk.reserve(2, 1, 1h);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.would_deny.count, 1U);
  EXPECT_EQ(decision.would_deny.limits[0], LimitId{1});
  EXPECT_TRUE(desk.admits(1)) << "nor does it ask for reservations";
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 1h) << "nor does it end them";
  EXPECT_TRUE(names(desk.reserve(3, 1, 0s), "ttl"));
}

TEST(ConcurrencySpec, OneThatAlertsCountsWithoutRefusing) {
  Desk desk{{alerting(concurrency(2))}};
  EXPECT_EQ(desk.reserve(1, 5).outcome, Outcome::allowed);
  EXPECT_EQ(desk.held(), Amount{5});
  EXPECT_EQ(desk.reading().remaining, Amount{0});
}

TEST(ConcurrencySpec, WarnsFromTheSoftLimitOn) {
  Desk desk{{with_soft_limit(concurrency(10), 8)}};
  EXPECT_FALSE(desk.reserve(1, 7).soft_limit_passed);
  EXPECT_TRUE(desk.reserve(2, 1).soft_limit_passed);
}

TEST(ConcurrencySpec, HoldersStayUnderAChangedLimit) {
  Desk desk{{concurrency(10)}};
  desk.reserve(1, 8);
  desk.adopt({concurrency(5)});
  EXPECT_EQ(desk.held(), Amount{8});
  EXPECT_EQ(desk.reserve(2, 1).outcome, Outcome::denied);
  desk.commit(1, 8);
  EXPECT_EQ(desk.reserve(2, 1).outcome, Outcome::denied) << "as it was answered first";
  EXPECT_EQ(desk.reserve(3, 5).outcome, Outcome::allowed);
}

TEST(ConcurrencySpec, HoldersSurviveARestart) {
  const auto plan = plan_of({concurrency(10, 30s)});
  Desk desk{plan};
  desk.reserve(1, 8, 0s);
  desk.pass(10s);
  Desk again{desk.now.wall, plan, desk.state()};
  EXPECT_EQ(again.held(), Amount{8});
  again.pass(20s);
  again.let_end();
  EXPECT_EQ(again.held(), Amount{0});
}

TEST(ConcurrencySpec, AReservationWithoutAnIdWouldNeverLeave) {
  Desk desk{{concurrency(10)}};
  EXPECT_TRUE(names(desk.check({{api_requests, Amount{1}}}, Mode::reserve), "id"));
  EXPECT_EQ(desk.held(), Amount{0});
}

}  // namespace
}  // namespace sluice
