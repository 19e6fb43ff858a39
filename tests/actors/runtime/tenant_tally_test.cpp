// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/tenant_tally.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

class TenantTallySpec : public ::testing::Test {
protected:
  /// As a host does it.
  void ask(std::uint64_t number, int checks = 1, bool refused = false) {
    const TenantId id = tenant(number);
    TenantTally::Name name = tally.name_of(id);
    if (name == TenantTally::no_name && tally.has_free_name()) {
      name = tally.give_name(id, now);
    }
    for (int i = 0; i < checks; ++i) {
      tally.count(name, refused);
    }
    tally.saw(id, static_cast<std::uint64_t>(checks));
  }
  [[nodiscard]] std::vector<TenantId> pass(Duration time) {
    now += time;
    return tally.fade(now);
  }
  [[nodiscard]] std::uint64_t asked_in_all() const {
    std::uint64_t asked = 0;
    for (const TenantChecks& checks : tally.read()) {
      asked += checks.asked;
    }
    return asked;
  }

  Instant now{1000s};
  TenantTally tally{2};
};

TEST_F(TenantTallySpec, CountsATenantByItsName) {
  ask(1, 10);
  ask(1, 2, true);
  EXPECT_EQ(tally.read(), (std::vector<TenantChecks>{{tenant(1), 12, 2}, {std::nullopt, 0, 0}}));
}

TEST_F(TenantTallySpec, CountsTheOthersTogetherOnceItHasNoNamesLeft) {
  ask(1);
  ask(2);
  ask(3, 9);
  EXPECT_EQ(tally.read().size(), 3U);
  EXPECT_EQ(tally.read().back(), (TenantChecks{std::nullopt, 9, 0}));
}

TEST_F(TenantTallySpec, GivesTheNameOfTheIdlestToOneThatIsMuchBusier) {
  std::vector<TenantId> losers;
  for (int second = 0; second < 60; ++second) {
    ask(1, 100);
    ask(2, 10);
    ask(3, 50);
    EXPECT_TRUE(pass(1s).empty());
    if (const auto taken = tally.take_over()) {
      EXPECT_EQ(taken->winner, tenant(3));
      losers.push_back(taken->loser);
    }
  }
  EXPECT_EQ(losers, std::vector{tenant(2)}) << "once";
  EXPECT_NE(tally.name_of(tenant(3)), TenantTally::no_name);
  EXPECT_EQ(asked_in_all(), 60U * 160U) << "what the idlest had is not lost";
}

TEST_F(TenantTallySpec, LeavesNamesToThoseWhoAreAlmostAsBusy) {
  for (int second = 0; second < 60; ++second) {
    ask(1, 100);
    ask(2, 40);
    ask(3, 50);
    EXPECT_TRUE(pass(1s).empty());
    EXPECT_FALSE(tally.take_over().has_value());
  }
}

TEST_F(TenantTallySpec, GivesNoNameToOneOfManyWhoAreAllTheSame) {
  for (int second = 0; second < 60; ++second) {
    for (std::uint64_t number = 1; number <= 500; ++number) {
      ask(number);
    }
    EXPECT_TRUE(pass(1s).empty());
    EXPECT_FALSE(tally.take_over().has_value()) << "what the sketch inherited is not theirs";
  }
}

TEST_F(TenantTallySpec, TakesTheNameOfATenantThatAsksNothing) {
  ask(1, 5);
  ask(2);
  EXPECT_TRUE(pass(1s).empty());
  EXPECT_TRUE(pass(TenantTally::idle_max - 2s).empty());
  ask(2);
  EXPECT_EQ(pass(2s), std::vector{tenant(1)});
  EXPECT_EQ(tally.name_of(tenant(1)), TenantTally::no_name);
  EXPECT_EQ(tally.read().back(), (TenantChecks{std::nullopt, 5, 0}));
  ask(3);
  EXPECT_NE(tally.name_of(tenant(3)), TenantTally::no_name);
}

TEST_F(TenantTallySpec, LosesNoCheckWhoeverHasTheNames) {
  std::uint64_t asked = 0;
  for (std::uint64_t round = 0; round < 1000; ++round) {
    const int checks = static_cast<int>(round * 7 % 13);
    ask(round % 11, checks);
    asked += static_cast<std::uint64_t>(checks);
    static_cast<void>(pass(1s));
    static_cast<void>(tally.take_over());
  }
  EXPECT_EQ(asked_in_all(), asked);
  EXPECT_EQ(tally.read().size(), 3U);
}

}  // namespace
}  // namespace sluice::testing
