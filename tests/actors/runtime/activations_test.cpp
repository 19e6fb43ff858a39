// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/activations.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/asked_batch.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

class ActivationsSpec : public ::testing::Test {
protected:
  bool wait(std::uint64_t number, std::uint32_t item = 0) {
    return activations.wait(tenant(number), WaitingCheck{&batch, item});
  }

  AskedBatch batch;
  Activations activations{
      {.waiting_max = 5, .waiting_per_tenant_max = 3, .loads_max = 2, .tenants_per_load_max = 2},
      HashSeed{7}};
};

TEST_F(ActivationsSpec, LoadATenantOnceHoweverManyWaitForIt) {
  EXPECT_TRUE(wait(1, 0));
  EXPECT_TRUE(wait(1, 1));
  EXPECT_EQ(activations.begin_load(), std::vector{tenant(1)});
  EXPECT_TRUE(wait(1, 2));
  EXPECT_TRUE(activations.begin_load().empty());
}

TEST_F(ActivationsSpec, GiveBackWhatWaitedInItsOrder) {
  EXPECT_TRUE(wait(1, 7));
  EXPECT_TRUE(wait(1, 3));
  EXPECT_EQ(activations.begin_load().size(), 1U);
  const auto waiting = activations.loaded(tenant(1), Version{1});
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->checks.size(), 2U);
  EXPECT_EQ(waiting->checks[0].item, 7U);
  EXPECT_EQ(waiting->checks[1].item, 3U);
  EXPECT_TRUE(activations.idle());
}

TEST_F(ActivationsSpec, AreBoundedForEachTenantAndTogether) {
  EXPECT_TRUE(wait(1) && wait(1) && wait(1));
  EXPECT_FALSE(wait(1));
  EXPECT_TRUE(wait(2) && wait(3));
  EXPECT_FALSE(wait(2));
  EXPECT_EQ(activations.waiting(), 5U);
}

TEST_F(ActivationsSpec, HaveRoomAgainWhenSomeAreAnswered) {
  EXPECT_TRUE(wait(1) && wait(1) && wait(1) && wait(2) && wait(2));
  EXPECT_EQ(activations.begin_load().size(), 2U);
  EXPECT_EQ(activations.failed(tenant(1)).checks.size(), 3U);
  EXPECT_TRUE(wait(3));
}

TEST_F(ActivationsSpec, BoundTheLoadsUnderWay) {
  EXPECT_TRUE(wait(1) && wait(2) && wait(3) && wait(4) && wait(5));
  EXPECT_EQ(activations.begin_load().size(), 2U);
  EXPECT_EQ(activations.begin_load().size(), 2U);
  EXPECT_TRUE(activations.begin_load().empty()) << "two are under way";
  activations.end_load();
  EXPECT_EQ(activations.begin_load(), std::vector{tenant(5)});
}

TEST_F(ActivationsSpec, LoadAgainWhenTheRecordIsOlderThanAnAnsweredChange) {
  EXPECT_TRUE(wait(1));
  EXPECT_EQ(activations.begin_load().size(), 1U);
  activations.changed(tenant(1), Version{3});
  EXPECT_FALSE(activations.loaded(tenant(1), Version{2}));
  activations.end_load();
  EXPECT_EQ(activations.begin_load(), std::vector{tenant(1)});
  EXPECT_TRUE(activations.loaded(tenant(1), Version{3}));
}

TEST_F(ActivationsSpec, TakeARecordThatIsAsNewAsTheAnsweredChange) {
  EXPECT_TRUE(wait(1));
  EXPECT_EQ(activations.begin_load().size(), 1U);
  activations.changed(tenant(1), Version{3});
  EXPECT_TRUE(activations.loaded(tenant(1), Version{3}));
}

TEST_F(ActivationsSpec, LoadAgainWhenNothingWasFoundBeforeTheTenantWasCreated) {
  EXPECT_TRUE(wait(1));
  EXPECT_EQ(activations.begin_load().size(), 1U);
  activations.changed(tenant(1), Version{1});
  EXPECT_FALSE(activations.loaded(tenant(1), std::nullopt));
}

TEST_F(ActivationsSpec, LoadAgainWhenTheTenantWasRemovedMeanwhile) {
  EXPECT_TRUE(wait(1));
  EXPECT_EQ(activations.begin_load().size(), 1U);
  activations.removed(tenant(1));
  EXPECT_FALSE(activations.loaded(tenant(1), Version{9}));
  activations.end_load();
  EXPECT_EQ(activations.begin_load().size(), 1U);
  EXPECT_TRUE(activations.loaded(tenant(1), std::nullopt));
}

TEST_F(ActivationsSpec, LoadAgainWhenTheTenantWasRemovedAndFoundedAgain) {
  EXPECT_TRUE(wait(1));
  EXPECT_EQ(activations.begin_load().size(), 1U);
  activations.removed(tenant(1));
  activations.changed(tenant(1), Version{1});
  EXPECT_FALSE(activations.loaded(tenant(1), Version{9})) << "the one that was removed";
}

TEST_F(ActivationsSpec, TrustALoadThatBeganAfterTheChange) {
  EXPECT_TRUE(wait(1));
  activations.changed(tenant(1), Version{3});
  EXPECT_EQ(activations.begin_load().size(), 1U);
  EXPECT_TRUE(activations.loaded(tenant(1), std::nullopt)) << "it was removed after that";
}

TEST_F(ActivationsSpec, GiveUpEverythingAtOnce) {
  EXPECT_TRUE(wait(1) && wait(2) && wait(2));
  EXPECT_EQ(activations.give_up().checks.size(), 3U);
  EXPECT_TRUE(activations.idle());
  EXPECT_EQ(activations.waiting(), 0U);
  EXPECT_TRUE(activations.begin_load().empty());
}

}  // namespace
}  // namespace sluice::testing
