// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "actors/tenant/tier.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredTiers : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Contract, StoredTiers, testing::ValuesIn(all_stores()), name_of_kind);

/// A limit as a tier has it.
Limit pattern(Limit limit) {
  limit.id = LimitId{};
  limit.instead.reset();
  limit.origin = Origin::tier;
  return limit;
}

/// With every kind of limit and of feature.
Tier rich_tier(std::string name) {
  Limit credit = pattern(window_limit(9));
  credit.name = "credit";
  credit.rule = CreditRule{Period::month};
  credit.soft_limit.reset();
  credit.thresholds.clear();
  return {
      .name = std::move(name),
      .rank = 15,
      .limits = {pattern(window_limit(1)), pattern(rate_limit(2)), pattern(sliding_limit(3)),
                 pattern(overage_limit(4)), pattern(concurrency_limit(5)), credit},
      .features = {{"seats", std::int64_t{-7}}, {"sso", true}, {"theme", std::string{"dünkel"}}},
      .sla = "99.5 % – “always”",
      .version = Version{3}};
}

TEST_P(StoredTiers, AreTheShippedOnesAtFirst) {
  EXPECT_EQ(store->tiers().value(), shipped_tiers());
}

TEST_P(StoredTiers, OutliveARestartWithEverythingThatTheyHave) {
  ASSERT_TRUE(done(store->put_tier(deed(epoch), rich_tier("team"))));
  restart();
  const TierCatalogue tiers = store->tiers().value();
  ASSERT_EQ(tiers.size(), shipped_tiers().size() + 1);
  EXPECT_EQ(tiers[1], rich_tier("team")) << "by rank";
}

TEST_P(StoredTiers, AreReplacedByName) {
  Tier free = shipped_tiers().front();
  free.rank = 99;
  free.limits.clear();
  free.version = Version{2};
  ASSERT_TRUE(done(other->put_tier(deed(epoch), free)));
  EXPECT_EQ(store->tiers().value().back(), free);
  EXPECT_EQ(store->tiers().value().size(), shipped_tiers().size());
}

TEST_P(StoredTiers, AreGoneOnceTheyAreRemovedAndDoNotComeBack) {
  for (const Tier& tier : shipped_tiers()) {
    ASSERT_TRUE(done(store->remove_tier(deed(epoch), tier.name)));
  }
  EXPECT_TRUE(refused(store->remove_tier(deed(epoch), "free"), FaultCode::not_found, "free"));
  restart();
  EXPECT_TRUE(store->tiers().value().empty());
}

TEST_P(StoredTiers, AreBounded) {
  Tier tier{.name = "", .rank = 50, .version = Version{1}};
  for (std::size_t count = shipped_tiers().size(); count < tiers_max; ++count) {
    tier.name = std::string{"t"}.append(std::to_string(count));
    ASSERT_TRUE(done(store->put_tier(deed(epoch), tier)));
  }
  ASSERT_TRUE(done(store->put_tier(deed(epoch), tier))) << "it is there already";
  tier.name = "one-more";
  EXPECT_TRUE(refused(store->put_tier(deed(epoch), tier), FaultCode::limit_exceeded, "tiers_max"));
}

TEST_P(StoredTiers, AreWrittenByTheOwnerAlone) {
  const Epoch stale{epoch.raw() - 1};
  EXPECT_TRUE(refused(store->put_tier(deed(stale), rich_tier("team")), FaultCode::fenced, ""));
  EXPECT_TRUE(refused(store->remove_tier(deed(stale), "free"), FaultCode::fenced, ""));
  EXPECT_EQ(store->tiers().value(), shipped_tiers());
}

TEST_P(StoredTiers, LeaveTheirMarksOnTenants) {
  TenantDefinition moved = tenant_with_limits(1, 3);
  moved.limits[1].origin = Origin::tier;
  moved.pending_tier = PendingTier{"starter", WallTime{std::chrono::seconds{1'700'000'000}}};
  moved.features = {{"seats", std::int64_t{5}}, {"sso", false}, {"theme", std::string{"dark"}}};
  ASSERT_TRUE(done(store->create(deed(epoch), moved)));
  restart();
  EXPECT_EQ(stored(tenant_id(1)).definition, moved);
  EXPECT_EQ(store->list({}).value().tenants.at(0), moved);

  const auto due = store->due({.by = moved.pending_tier->at}).value();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0], (DueTenant{moved.pending_tier->at, tenant_id(1)}));

  TenantDefinition after = next(moved);
  after.limits[1].origin = Origin::own;
  after.limits[2].origin = Origin::tier;
  after.pending_tier.reset();
  after.features.clear();
  ASSERT_TRUE(done(store->replace(deed(epoch), after)));
  EXPECT_EQ(stored(tenant_id(1)).definition, after);
  EXPECT_TRUE(store->due({.by = WallTime::max()}).value().empty());
}

TEST_P(StoredTiers, AreCountedByTheirTenants) {
  EXPECT_TRUE(store->tenant_counts().value().empty());
  for (const std::uint64_t number : {1U, 2U, 3U}) {
    TenantDefinition definition = tenant(number);
    definition.tier = number == 3 ? "pro" : "free";
    ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  }
  EXPECT_THAT(store->tenant_counts().value(),
              testing::UnorderedElementsAre(TierCount{"free", 2}, TierCount{"pro", 1}));
}

}  // namespace sluice::test
