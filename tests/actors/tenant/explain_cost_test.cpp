// SPDX-License-Identifier: Apache-2.0
// Goal    What is decided often allocates nothing: plain checks, those with labels, reservations
//         and their commits. Nobody pays for explanations but those who are refused or ask.
// Method  Every allocation of this program is counted.
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace sluice {
namespace {

class ExplainCostSpec : public testing::Test {
protected:
  /// How many allocations so many checks of this amount make.
  std::size_t allocated_by(std::uint64_t amount, int checks = 100) {
    const Charge charge{api_requests, Amount{amount}};
    const Check check{desk.tenant.id(), {&charge, 1}};
    const std::size_t before = allocations;
    for (int i = 0; i < checks; ++i) {
      desk.tenant.decide(check, desk.now, decision, desk.happenings);
    }
    return allocations - before;
  }

  Desk desk{{with_thresholds(window(1000, Period::day), {}), rate(10, 1s, 1000)}};
  Decision decision;
};

TEST_F(ExplainCostSpec, APlainCheckThatIsAllowedAllocatesNothingAndLeavesNoTrace) {
  desk.charge(1);  // Opens the minute.
  EXPECT_EQ(allocated_by(1), 0U);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_FALSE(desk.happenings.explained);
  EXPECT_EQ(desk.happenings.considered.capacity(), 0U);
}

TEST_F(ExplainCostSpec, RefusalsUseTheSameMemoryAgain) {
  EXPECT_GT(allocated_by(2000, 1), 0U);
  EXPECT_EQ(allocated_by(2000), 0U);
  EXPECT_EQ(decision.outcome, Outcome::denied);
}

/// Asks again and again, with what happens taken away each time, as a host does.
class DecideCostSpec : public testing::Test {
protected:
  /// How many allocations so many rounds make.
  template <class Round>
  std::size_t allocated_by(int rounds, Round&& round) {
    const std::size_t before = allocations;
    for (int i = 0; i < rounds; ++i) {
      round();
    }
    return allocations - before;
  }
  void decide(Desk& desk, const Check& check) {
    desk.tenant.decide(check, desk.now, decision, desk.happenings);
    ASSERT_EQ(decision.outcome, Outcome::allowed);
    desk.happenings.clear();
  }

  Decision decision;
};

TEST_F(DecideCostSpec, ACheckWithLabelsThatHaveCountersAllocatesNothing) {
  Desk desk{{per({"user"}, window(1000, Period::day)), per({"team", "user"}, rate(10, 1s, 1000)),
             when("team", {"search"}, window(1000, Period::day))}};
  const Charge charge{api_requests, Amount{1}};
  const std::array labels{Label{"user", "ann"}, Label{"team", "search"}};
  Check check{desk.tenant.id(), {&charge, 1}};
  check.labels = labels;
  const auto ask = [&] { decide(desk, check); };
  ask();  // Makes the counters, and opens the minute.
  EXPECT_EQ(allocated_by(100, ask), 0U);
}

TEST_F(DecideCostSpec, AReservationAndItsCommitAllocateNothingButNowAndThenAPageOfAnswers) {
  Desk desk{{window(1'000'000, Period::never)}};
  const Charge held{api_requests, Amount{3}};
  const Charge used{api_requests, Amount{2}};
  std::uint64_t number = 0;
  const auto reserve_and_commit = [&] {
    desk.pass(5min);  // So that answers are forgotten as others come.
    const EntryId id{1, ++number};
    decide(desk, Check{desk.tenant.id(), {&held, 1}, Mode::reserve, id, 1min});
    decide(desk, Check{desk.tenant.id(), {&used, 1}, Mode::commit, id});
  };
  allocated_by(2'000, reserve_and_commit);
  EXPECT_LE(allocated_by(1'000, reserve_and_commit), 25U) << "for each fifty or so";
}

}  // namespace
}  // namespace sluice
