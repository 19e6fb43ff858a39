// SPDX-License-Identifier: Apache-2.0
// Goal    Nobody pays for explanations but those who are refused or ask.
// Method  Every allocation of this program is counted.
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace sluice
