// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/denial_budget.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "actors/tenant/ids.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1h};
constexpr TenantId nobody{};
constexpr TenantId victim{1, 2};

TEST(DenialBudget, RecordsAFewInAMinuteAndCountsTheOthers) {
  DenialBudget budget;
  for (std::uint32_t i = 0; i < DenialBudget::per_minute; ++i) {
    EXPECT_EQ(budget.take("key:1", nobody, start + 1s), 0U);
  }
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(budget.take("key:1", nobody, start + 2s), std::nullopt);
  }
  EXPECT_EQ(budget.take("key:1", nobody, start + 62s), 7U);
  EXPECT_EQ(budget.take("key:1", nobody, start + 62s), 0U);
}

TEST(DenialBudget, IsEachCredentialsOwn) {
  DenialBudget budget;
  for (std::uint32_t i = 0; i <= DenialBudget::per_minute; ++i) {
    (void)budget.take("key:1", nobody, start);
  }
  EXPECT_EQ(budget.take("key:1", nobody, start), std::nullopt);
  EXPECT_EQ(budget.take("key:2", nobody, start), 0U);
}

TEST(DenialBudget, IsEachTenantsOwnSoThatGuessesHideNothing) {
  DenialBudget budget;
  for (std::uint32_t i = 0; i <= DenialBudget::per_minute; ++i) {
    (void)budget.take("key:1", nobody, start);
  }
  EXPECT_FALSE(budget.knows("key:1", victim));
  EXPECT_EQ(budget.take("key:1", victim, start), 0U);
  EXPECT_TRUE(budget.knows("key:1", victim));
  EXPECT_FALSE(budget.knows("key:2", victim));
}

TEST(DenialBudget, HasOnlySoManyCountsAtATime) {
  DenialBudget budget;
  for (std::size_t i = 0; i < DenialBudget::counts_max; ++i) {
    EXPECT_EQ(budget.take("key:" + std::to_string(i), nobody, start), 0U);
  }
  EXPECT_EQ(budget.take("one more", nobody, start + 1s), std::nullopt);
  EXPECT_EQ(budget.take("one more", nobody, start + 1min), 0U) << "the others' minute is over";
}

}  // namespace
}  // namespace sluice
