// SPDX-License-Identifier: Apache-2.0
#include "server/line_budget.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr Instant at(Duration since_start) {
  return Instant{since_start};
}

TEST(LineBudget, KeepsBackWhatIsMoreThanItsLinesInASecond) {
  LineBudget budget(2);
  EXPECT_EQ(budget.take(at(0s)), 0u);
  EXPECT_EQ(budget.take(at(1ms)), 0u);
  EXPECT_EQ(budget.take(at(2ms)), std::nullopt);
  EXPECT_EQ(budget.take(at(999ms)), std::nullopt);
}

TEST(LineBudget, TellsWithTheNextLineHowManyWereKeptBack) {
  LineBudget budget(1);
  EXPECT_EQ(budget.take(at(0s)), 0u);
  EXPECT_EQ(budget.take(at(10ms)), std::nullopt);
  EXPECT_EQ(budget.take(at(20ms)), std::nullopt);
  EXPECT_EQ(budget.take(at(1s)), 2u);
  EXPECT_EQ(budget.take(at(2s)), 0u);
}

TEST(LineBudget, BeginsWithAFullSecondWheneverItBegins) {
  LineBudget budget(1);
  EXPECT_EQ(budget.take(at(12345h)), 0u);
  EXPECT_EQ(budget.take(at(12345h)), std::nullopt);
}

}  // namespace
}  // namespace sluice
