// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/denial_budget.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1h};

TEST(DenialBudget, RecordsAFewInAMinuteAndCountsTheOthers) {
  DenialBudget budget;
  for (std::uint32_t i = 0; i < DenialBudget::per_minute; ++i) {
    EXPECT_EQ(budget.take("key:1", start + 1s), 0U);
  }
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(budget.take("key:1", start + 2s), std::nullopt);
  }
  EXPECT_EQ(budget.take("key:1", start + 62s), 7U);
  EXPECT_EQ(budget.take("key:1", start + 62s), 0U);
}

TEST(DenialBudget, IsEachCredentialsOwn) {
  DenialBudget budget;
  for (std::uint32_t i = 0; i <= DenialBudget::per_minute; ++i) {
    (void)budget.take("key:1", start);
  }
  EXPECT_EQ(budget.take("key:1", start), std::nullopt);
  EXPECT_EQ(budget.take("key:2", start), 0U);
}

TEST(DenialBudget, KnowsOnlySoManyCredentialsAtATime) {
  DenialBudget budget;
  for (std::size_t i = 0; i < DenialBudget::credentials_max; ++i) {
    EXPECT_EQ(budget.take("key:" + std::to_string(i), start), 0U);
  }
  EXPECT_EQ(budget.take("one more", start + 1s), std::nullopt);
  EXPECT_EQ(budget.take("one more", start + 1min), 0U) << "the others' minute is over";
}

}  // namespace
}  // namespace sluice
