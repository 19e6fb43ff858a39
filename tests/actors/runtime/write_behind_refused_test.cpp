// SPDX-License-Identifier: Apache-2.0
// How one tenant that the store refuses is found, and what becomes of it and of the others.
#include <algorithm>

#include "tests/actors/runtime/write_behind_fixture.hpp"

namespace sluice::testing {
namespace {

const Fault bad_row{FaultCode::invalid_argument, "used: is no number of mine"};

/// A store that takes every flush but those with a tenant that it refuses.
class RefusedTenantSpec : public WriteBehindFixture {
protected:
  explicit RefusedTenantSpec(const Numbers& recovered = {}) : WriteBehindFixture(recovered) {}

  /// Flushes of one round, as far as it gets. Returns who was set aside in it.
  Numbers round(std::uint64_t refused) {
    Numbers set_aside;
    write_behind.begin_round();
    do {
      const SaveBatch batch = flush();
      const Numbers its = tenants_of(batch);
      if (std::ranges::find(its, refused) == its.end()) {
        stored.insert(stored.end(), its.begin(), its.end());
        saved();
        continue;
      }
      if (const auto found = write_behind.refused(bad_row)) {
        set_aside.push_back(found->tenant.low);
        is_news = found->is_news;
      }
      write_behind.begin_round();
    } while (!write_behind.round_over());
    return set_aside;
  }

  Numbers stored;
  bool is_news = false;
};

TEST_F(RefusedTenantSpec, IsFoundByHalvesAndSetAsideAndTheOthersAreSaved) {
  spend(1, 9);
  EXPECT_EQ(round(5), (Numbers{5}));
  EXPECT_TRUE(is_news);
  std::ranges::sort(stored);
  EXPECT_EQ(stored, (Numbers{1, 2, 3, 4, 6, 7, 8, 9}));
  EXPECT_EQ(write_behind.aside().size(), 1U);
  EXPECT_EQ(write_behind.unsaved(), 1U);
  EXPECT_TRUE(write_behind.only_aside());
}

TEST_F(RefusedTenantSpec, KeepsNoneOfTheOthersFromBeingSavedInLaterRounds) {
  spend(1, 3);
  round(2);
  for (int later = 0; later < 100; ++later) {
    stored.clear();
    spend(1);
    spend(2);
    spend(3);
    round(2);
    EXPECT_EQ(stored, (Numbers{1, 3}));
  }
}

TEST_F(RefusedTenantSpec, IsTriedAloneLaterAndLater) {
  spend(1);
  EXPECT_EQ(round(1), (Numbers{1}));
  int attempts = 0;
  for (int rounds = 0; rounds < 200; ++rounds) {
    attempts += round(1).empty() ? 0 : 1;
    EXPECT_FALSE(is_news && attempts > 0) << "the same reason is told once";
  }
  EXPECT_GT(attempts, 5);
  EXPECT_LT(attempts, 20);
}

TEST_F(RefusedTenantSpec, IsLikeAnyOtherOnceTheStoreTakesIt) {
  spend(1, 3);
  round(2);
  spend(1);
  round(0);
  EXPECT_EQ(write_behind.aside().size(), 0U);
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(RefusedTenantSpec, HoldsTheMarkSinceTheJournalIsAllThatHasIt) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    spend_at(number, number);
  }
  round(2);
  EXPECT_EQ(write_behind.saved_through(), Sequence{0});
  spend_at(4, 1);
  round(2);
  EXPECT_EQ(write_behind.saved_through(), Sequence{0});
  for (int rounds = 0; rounds < 3; ++rounds) {
    round(0);
  }
  EXPECT_EQ(write_behind.saved_through(), Sequence{4});
}

TEST_F(RefusedTenantSpec, IsNoLongerThereOnceItIsRemoved) {
  HostedTenant& hosted = spend(1);
  round(1);
  table.erase(hosted);
  write_behind.forget(tenant(1));
  EXPECT_EQ(write_behind.aside().size(), 0U);
  round(0);
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(RefusedTenantSpec, IsNotSetAsideIfItWasRemovedWhileTheStoreHadIt) {
  HostedTenant& hosted = spend(1);
  flush_in_a_new_round();
  table.erase(hosted);
  write_behind.forget(tenant(1));
  EXPECT_FALSE(write_behind.refused(bad_row)->is_news);
  EXPECT_EQ(write_behind.aside().size(), 0U);
}

TEST_F(RefusedTenantSpec, IsFoundAlsoIfItSpendsAllTheTime) {
  spend(1, 9);
  write_behind.begin_round();
  Numbers found;
  for (int flushes = 0; flushes < 60 && found.empty(); ++flushes) {
    const Numbers its = tenants_of(flush());
    spend(5);
    if (std::ranges::find(its, 5U) == its.end()) {
      saved();
    } else if (const auto refused = write_behind.refused(bad_row)) {
      found.push_back(refused->tenant.low);
    }
    write_behind.begin_round();
  }
  EXPECT_EQ(found, (Numbers{5}));
}

class RefusedRecoveredSpec : public RefusedTenantSpec {
protected:
  RefusedRecoveredSpec() : RefusedTenantSpec({1, 2, 3, 4, 5}) {}
};

TEST_F(RefusedRecoveredSpec, IsFoundAndSetAsideLikeOthers) {
  spend(9);
  EXPECT_EQ(round(2), (Numbers{2}));
  std::ranges::sort(stored);
  EXPECT_EQ(stored, (Numbers{1, 3, 4, 5, 9}));
  EXPECT_TRUE(write_behind.round_over());
  EXPECT_TRUE(write_behind.only_aside());
  EXPECT_NE(write_behind.recovered().find(tenant(2)), nullptr);
  round(0);
  EXPECT_TRUE(write_behind.idle());
}

}  // namespace
}  // namespace sluice::testing
