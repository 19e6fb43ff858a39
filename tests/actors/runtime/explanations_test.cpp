// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/explanations.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

class ExplanationsSpec : public ::testing::Test {
protected:
  /// A refusal of so much, which met so many limits.
  DecisionId keep(TenantId of, std::uint64_t amount = 1, std::size_t limits = 1) {
    std::vector<ConsideredLimit> met(limits);
    for (std::size_t i = 0; i < limits; ++i) {
      met[i].reading.limit = LimitId{static_cast<std::uint32_t>(i + 1)};
      met[i].amount = Amount{amount};
    }
    return explanations.keep(of, Mode::normal, Outcome::denied, at(1s).wall, met);
  }

  Explanations explanations{Epoch{3}, HashSeed{7}};
};

TEST_F(ExplanationsSpec, TellsWhatWasKeptAsItWas) {
  const DecisionId id = keep(tenant(1), 5, 2);
  const auto found = explanations.find(tenant(1), id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decision, id);
  EXPECT_EQ(found->at, at(1s).wall);
  EXPECT_EQ(found->outcome, Outcome::denied);
  ASSERT_EQ(found->limits.size(), 2U);
  EXPECT_EQ(found->limits[1].reading.limit, LimitId{2});
  EXPECT_EQ(found->limits[1].amount, Amount{5});
}

TEST_F(ExplanationsSpec, ADecisionOfAnotherTenantIsNotKnown) {
  const DecisionId id = keep(tenant(1));
  for (std::uint64_t other = 2; other < 100; ++other) {
    EXPECT_FALSE(explanations.find(tenant(other), id));
    EXPECT_TRUE(explanations.latest(tenant(other), 100).empty());
  }
}

TEST_F(ExplanationsSpec, AnIdIsNeverZeroAndNoneIsGivenTwiceWithinATenant) {
  const DecisionId first = keep(tenant(1));
  EXPECT_NE(first, DecisionId{});
  EXPECT_NE(keep(tenant(1)), first);
  EXPECT_FALSE(explanations.find(tenant(1), DecisionId{}));
}

TEST_F(ExplanationsSpec, TheIdOfAnEarlierRunIsNotKnown) {
  const DecisionId before = keep(tenant(1));
  Explanations later{Epoch{4}, HashSeed{7}};
  EXPECT_NE(later.keep(tenant(1), Mode::normal, Outcome::denied, at(1s).wall, {}), before);
  EXPECT_FALSE(later.find(tenant(1), before));
}

TEST_F(ExplanationsSpec, TheLatestComeFirstAndNoMoreThanAskedFor) {
  for (std::uint64_t amount = 1; amount <= 5; ++amount) {
    keep(tenant(1), amount);
  }
  const auto latest = explanations.latest(tenant(1), 2);
  ASSERT_EQ(latest.size(), 2U);
  EXPECT_EQ(latest[0].limits[0].amount, Amount{5});
  EXPECT_EQ(latest[1].limits[0].amount, Amount{4});
}

TEST_F(ExplanationsSpec, WhatWasOverwrittenIsNotKnownAnyMore) {
  const DecisionId first = keep(tenant(1));
  const DecisionId second = keep(tenant(1));
  for (std::size_t i = 0; i < Explanations::decisions_per_share_max - 1; ++i) {
    keep(tenant(1), 9);
  }
  EXPECT_FALSE(explanations.find(tenant(1), first));
  EXPECT_TRUE(explanations.find(tenant(1), second));
  EXPECT_EQ(explanations.latest(tenant(1), 1000).size(), Explanations::decisions_per_share_max);
}

TEST_F(ExplanationsSpec, ManyLimitsPushOutMoreDecisions) {
  std::vector<DecisionId> ids;
  const std::size_t all = Explanations::limits_per_share_max / limits_per_tenant_max;
  for (std::size_t i = 0; i <= all; ++i) {
    ids.push_back(keep(tenant(1), i, limits_per_tenant_max));
  }
  EXPECT_FALSE(explanations.find(tenant(1), ids[0])) << "half of what it met would be another's";
  EXPECT_EQ(explanations.find(tenant(1), ids[1])->limits.size(), limits_per_tenant_max);
  EXPECT_EQ(explanations.latest(tenant(1), 1000).size(), all);
}

TEST_F(ExplanationsSpec, ATenantThatIsRefusedAllTheTimePushesOutFewOthers) {
  for (std::uint64_t other = 2; other < 202; ++other) {
    keep(tenant(other));
  }
  for (std::size_t i = 0; i < 10'000; ++i) {
    keep(tenant(1));
  }
  std::size_t known = 0;
  for (std::uint64_t other = 2; other < 202; ++other) {
    known += explanations.latest(tenant(other), 1).size();
  }
  EXPECT_GT(known, 150U);
}

TEST_F(ExplanationsSpec, ATenantThatIsGoneTakesItsOwnWithIt) {
  const DecisionId gone = keep(tenant(1));
  const DecisionId other = keep(tenant(2));
  explanations.forget(tenant(1));
  EXPECT_FALSE(explanations.find(tenant(1), gone));
  EXPECT_TRUE(explanations.latest(tenant(1), 10).empty());
  EXPECT_TRUE(explanations.find(tenant(2), other));
}

}  // namespace
}  // namespace sluice::testing
