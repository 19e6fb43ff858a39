// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineCounts : public EngineFixture {
protected:
  [[nodiscard]] std::vector<TierCount> counted() const { return engine->tenant_counts().tiers; }
  void put(std::uint64_t number, const std::string& tier) {
    TenantRecord one = record(tenant(number), 1);
    one.definition.tier = tier;
    database.put(one);
  }
  Result<TenantDefinition> move(TenantId id, const std::string& tier) {
    EditTenant edit;
    edit.tier = tier;
    return amend({id, std::nullopt, edit});
  }
};

TEST_F(EngineCounts, BeginWithWhatTheStoreHas) {
  put(1, "one");
  put(2, "one");
  put(3, "two");
  start();
  EXPECT_EQ(counted(), (std::vector<TierCount>{{"one", 2}, {"two", 1}}));
}

TEST_F(EngineCounts, FollowTenantsThatComeMoveAndGo) {
  put(1, "one");
  start();
  TenantDefinition second = draft(tenant(2), 1);
  second.tier = "one";
  ASSERT_TRUE(create(second).ok());
  EXPECT_EQ(counted(), (std::vector<TierCount>{{"one", 2}}));
  ASSERT_TRUE(move(tenant(1), "two").ok());
  EXPECT_EQ(counted(), (std::vector<TierCount>{{"one", 1}, {"two", 1}}));
  ASSERT_TRUE(amend(resize(tenant(1), 5)).ok());
  EXPECT_EQ(counted(), (std::vector<TierCount>{{"one", 1}, {"two", 1}})) << "it stays there";
  ASSERT_TRUE(deactivate_and_remove(tenant(2)).ok());
  EXPECT_EQ(counted(), (std::vector<TierCount>{{"one", 0}, {"two", 1}}));
}

TEST_F(EngineCounts, AreRightAgainAfterAChangeThatNobodyHeardOf) {
  put(1, "one");
  start();
  database.lose_answers(true);
  EXPECT_EQ(move(tenant(1), "two").fault().code, FaultCode::outcome_unknown);
  database.lose_answers(false);
  ASSERT_FALSE(remove(tenant(9)).ok()) << "comes after it at the writer";
  EXPECT_EQ(counted(), (std::vector<TierCount>{{"two", 1}}));
}

TEST(PublishedCountsSpec, NameTheLargestTiersAndCountTheOthersTogether) {
  PublishedCounts published;
  std::vector<TierCount> all;
  for (std::uint64_t i = 0; i < PublishedCounts::tiers_max + 2; ++i) {
    all.push_back({"tier-" + std::to_string(i), i + 1});
  }
  published.publish(all);
  EXPECT_EQ(published.counts().tiers.size(), PublishedCounts::tiers_max);
  EXPECT_EQ(published.counts().others, 1U + 2U) << "the two smallest";
  published.removed("tier-0");
  published.added("new");
  published.added("tier-65");
  EXPECT_EQ(published.counts().others, 3U);
  EXPECT_EQ(published.counts().tiers.size(), PublishedCounts::tiers_max);
}

}  // namespace
}  // namespace sluice::testing
