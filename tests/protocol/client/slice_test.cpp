// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/slice.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sluice::client {
namespace {

using namespace std::chrono_literals;

constexpr EntryId first_lease{1, 1};
constexpr EntryId second_lease{1, 2};

/// A slice, and the server that it leases from: the test is the server, and the clock.
class SliceSpec : public ::testing::Test {
protected:
  Slice::Wish ask(Slice::Now now, EntryId fresh = first_lease) { return slice.wish(now, 1, fresh); }
  Slice::Learned answer(const Slice::Wish& wish, Outcome outcome, std::uint64_t out = 0) {
    Decision decision;
    decision.outcome = outcome;
    decision.granted = Amount{out};
    return slice.learn(decision, wish);
  }
  /// The server lets so much be out.
  void lease(Slice::Now now, std::uint64_t out) {
    ASSERT_EQ(answer(ask(now), Outcome::allowed, out), Slice::Learned::more);
  }
  /// How many of so many single units can be taken.
  std::uint64_t take_up_to(std::uint64_t count, Slice::Now now) {
    std::uint64_t taken = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      taken += slice.take(now, 1).all ? 1U : 0U;
    }
    return taken;
  }

  Slice slice{TenantId{1, 1}, MeterId{1}, {Amount{64}, Amount{1000}, 10s}};
};

TEST_F(SliceSpec, GivesNothingBeforeItIsLeased) {
  const auto taken = slice.take(1s, 1);
  EXPECT_FALSE(taken.all);
  EXPECT_TRUE(taken.runs_low);
}

TEST_F(SliceSpec, GivesWhatIsOutAndNoMore) {
  lease(1s, 100);
  EXPECT_EQ(take_up_to(200, 1s), 100U);
}

TEST_F(SliceSpec, GivesAllOfAnAmountOrNothing) {
  lease(1s, 100);
  EXPECT_TRUE(slice.take(1s, 60).all);
  EXPECT_FALSE(slice.take(1s, 60).all);
  EXPECT_TRUE(slice.take(1s, 40).all);
}

TEST_F(SliceSpec, GivesNothingInTheLastTenthOfItsTime) {
  lease(1s, 100);
  EXPECT_TRUE(slice.take(1s + 9s - 1ns, 1).all);
  EXPECT_FALSE(slice.take(1s + 9s, 1).all);
}

TEST_F(SliceSpec, CountsItsTimeFromWhenItWasAskedForAndNotFromTheAnswer) {
  const Slice::Wish wish = ask(1s);
  // The answer is under way for a long time.
  answer(wish, Outcome::allowed, 100);
  EXPECT_FALSE(slice.take(10s, 1).all);
}

TEST_F(SliceSpec, GoesOnInItsTimeWhenTheServerCannotBeReached) {
  lease(1s, 100);
  EXPECT_EQ(answer(ask(5s), Outcome::unavailable), Slice::Learned::nothing);
  EXPECT_TRUE(slice.take(9s, 1).all);
  EXPECT_FALSE(slice.take(10s, 1).all);
}

TEST_F(SliceSpec, SpendsNothingOfWhatIsTooOldEvenIfTheLeaseTurnsOutToGoOn) {
  lease(1s, 100);
  ASSERT_EQ(take_up_to(10, 1s), 10U);
  const Slice::Wish late = ask(11s);
  EXPECT_EQ(late.id, first_lease);
  EXPECT_EQ(late.spent, 10U);
  // The server had ended it, and now lets 30 be out of a lease of the same id.
  answer(late, Outcome::allowed, 30);
  EXPECT_EQ(take_up_to(200, 11s), 30U);
}

TEST_F(SliceSpec, TellsAllThatWasSpentOfTheLeaseEachTime) {
  lease(1s, 100);
  take_up_to(70, 1s);
  EXPECT_EQ(ask(2s).spent, 70U);
  answer(ask(2s), Outcome::allowed, 100);
  EXPECT_EQ(take_up_to(200, 2s), 100U) << "the server fills up what is out";
  EXPECT_EQ(ask(3s).spent, 170U);
}

TEST_F(SliceSpec, KeepsWhatIsSpentWhileItAsks) {
  lease(1s, 100);
  const Slice::Wish wish = ask(2s);
  take_up_to(40, 2s);
  answer(wish, Outcome::allowed, 100);
  EXPECT_EQ(take_up_to(200, 2s), 60U) << "40 of the 100 that are out are spent already";
}

TEST_F(SliceSpec, WantsTwiceWhatWasSpentSinceTheLastAnswerWithinItsBounds) {
  EXPECT_EQ(ask(1s).want, Amount{64});
  lease(1s, 100);
  take_up_to(50, 1s);
  EXPECT_EQ(ask(2s).want, Amount{100});
  EXPECT_EQ(slice.wish(2s, 5000, second_lease).want, Amount{1000});
}

TEST_F(SliceSpec, WantsTwiceAsMuchAsWasOutEachTimeThatItRunsLow) {
  lease(1s, 100);
  take_up_to(51, 1s);
  const Slice::Wish wish = ask(1s);
  EXPECT_EQ(wish.want, Amount{204});
  answer(wish, Outcome::allowed, 204);
  take_up_to(103, 1s);
  EXPECT_EQ(ask(1s).want, Amount{412}) << "after a few answers it lasts for a round";
}

TEST_F(SliceSpec, AsksForMoreOnceHalfIsSpent) {
  lease(1s, 100);
  EXPECT_FALSE(slice.take(1s, 50).runs_low);
  EXPECT_TRUE(slice.take(1s, 1).runs_low);
}

TEST_F(SliceSpec, IsAskedForByOneAtATime) {
  EXPECT_TRUE(slice.try_begin_to_ask(1s));
  EXPECT_FALSE(slice.try_begin_to_ask(1s));
  slice.end();
  EXPECT_TRUE(slice.try_begin_to_ask(1s));
}

TEST_F(SliceSpec, IsForgottenOnceNobodyWantedAnyForTwoRounds) {
  slice.note_asked();
  EXPECT_FALSE(slice.is_forgotten());
  EXPECT_FALSE(slice.is_forgotten());
  slice.note_asked();
  EXPECT_FALSE(slice.is_forgotten());
  EXPECT_FALSE(slice.is_forgotten());
  EXPECT_TRUE(slice.is_forgotten());
}

TEST_F(SliceSpec, ForgetsALeaseThatIsRefusedAndAsksAgainLaterUnderAnotherId) {
  lease(1s, 100);
  EXPECT_EQ(answer(ask(2s), Outcome::denied), Slice::Learned::refused);
  EXPECT_FALSE(slice.take(2s, 1).all);
  EXPECT_FALSE(slice.is_leased());
  EXPECT_FALSE(slice.try_begin_to_ask(4s)) << "not with every check";
  EXPECT_TRUE(slice.try_begin_to_ask(4500ms));
  EXPECT_EQ(ask(5s, second_lease).id, second_lease);
}

TEST_F(SliceSpec, IsToBeGivenBackWhenItsTenantMayNotSpendAnyMore) {
  lease(1s, 100);
  take_up_to(30, 1s);
  const Slice::Wish wish = ask(2s);
  take_up_to(5, 2s);
  EXPECT_EQ(answer(wish, Outcome::suspended), Slice::Learned::to_end);
  EXPECT_EQ(slice.take_rest()->spent, 35U) << "the server has not ended it";
}

TEST_F(SliceSpec, WaitsWhenThereIsNothingMoreToBeHad) {
  lease(1s, 100);
  answer(ask(2s), Outcome::allowed, 100);
  EXPECT_FALSE(slice.try_begin_to_ask(4s));
  EXPECT_TRUE(slice.try_begin_to_ask(4500ms));
}

TEST_F(SliceSpec, IsIdleAfterTwoRoundsWithoutACheck) {
  lease(1s, 100);
  take_up_to(1, 1s);
  EXPECT_FALSE(slice.is_idle());
  EXPECT_FALSE(slice.is_idle());
  EXPECT_TRUE(slice.is_idle());
  take_up_to(1, 1s);
  EXPECT_FALSE(slice.is_idle());
}

TEST_F(SliceSpec, GivesBackWhatIsNotSpent) {
  EXPECT_FALSE(slice.take_rest()) << "there is nothing to give back";
  lease(1s, 100);
  take_up_to(30, 1s);
  const auto rest = slice.take_rest();
  EXPECT_EQ(rest->id, first_lease);
  EXPECT_EQ(rest->spent, 30U);
  EXPECT_FALSE(slice.take(1s, 1).all);
}

TEST_F(SliceSpec, GivesNoUnitTwiceToThreadsThatTakeAtOnce) {
  lease(1s, 20'000);
  std::vector<std::uint64_t> taken(4);
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t& count : taken) {
      threads.emplace_back([this, &count] { count = take_up_to(10'000, 1s); });
    }
  }
  EXPECT_EQ(taken[0] + taken[1] + taken[2] + taken[3], 20'000U);
}

}  // namespace
}  // namespace sluice::client
