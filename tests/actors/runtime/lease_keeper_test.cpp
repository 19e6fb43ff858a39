// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/lease_keeper.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

/// A keeper whose machine has a clock that only the test moves; it renews by the real one.
class LeaseKeeperSpec : public ::testing::Test {
protected:
  Result<Ownership> acquire(std::chrono::milliseconds lease) {
    Claim claim;
    claim.lease = lease;
    return keeper.acquire(claim);
  }
  [[nodiscard]] Instant now() const { return machine.now().steady; }
  /// Waits for so many renewals.
  [[nodiscard]] bool renewed(std::size_t times) {
    return database.wait_until([&] { return renewals.size() >= times; });
  }
  /// Each time that the store is asked for the shards it takes a second to answer.
  void be_slow() {
    database.while_owning([this] {
      renewals.push_back({now(), tenure.until()});
      machine.advance(1s);
    });
  }

  struct Renewal {
    Instant asked;
    Instant until;  ///< Of the tenure by then.
  };
  MemoryDatabase database;
  HandClock machine;
  Tenure tenure;
  Listener listener;
  std::vector<Renewal> renewals;  ///< And the acquisition; touched while the database is locked.
  LeaseKeeper keeper{database.stores()().value(), machine, tenure, listener};
};

TEST_F(LeaseKeeperSpec, ReliesOnNineTenthsOfALeaseCountedFromBeforeItAsked) {
  be_slow();
  const Instant asked = now();
  ASSERT_TRUE(acquire(100s).ok());
  ASSERT_EQ(now(), asked + 1s);
  EXPECT_EQ(tenure.until(), asked + 90s);
}

TEST_F(LeaseKeeperSpec, CountsARenewalFromBeforeItAskedToo) {
  be_slow();
  ASSERT_TRUE(acquire(50ms).ok());
  ASSERT_TRUE(renewed(3));
  keeper.stop();
  EXPECT_EQ(renewals[1].until, renewals[0].asked + 45ms);
  EXPECT_EQ(renewals[2].until, renewals[1].asked + 45ms);
}

TEST_F(LeaseKeeperSpec, TellsOfARenewalThatFailsAndTriesAgain) {
  ASSERT_TRUE(acquire(50ms).ok());
  database.fail_writes(store_away);
  ASSERT_TRUE(database.wait_until([&] { return listener.heard_failure("renew"); }));
  EXPECT_FALSE(tenure.ended()) << "nobody is known to have taken over";
  machine.advance(10s);
  ASSERT_FALSE(tenure.holds(now()));
  database.fail_writes(std::nullopt);
  EXPECT_TRUE(database.wait_until([&] { return tenure.holds(now()); }));
}

TEST_F(LeaseKeeperSpec, EndsTheTenureForGoodOnceAnotherServerOwnsTheShards) {
  ASSERT_TRUE(acquire(50ms).ok());
  database.take_over();
  EXPECT_TRUE(database.wait_until([&] { return listener.lost_ownership(); }));
  EXPECT_TRUE(tenure.ended());
}

TEST_F(LeaseKeeperSpec, NeverRenewsALeaseThatNeedsNone) {
  be_slow();
  ASSERT_TRUE(acquire(0ms).ok());
  EXPECT_EQ(tenure.until(), Instant::max());
  keeper.stop();
  EXPECT_EQ(renewals.size(), 1U) << "the acquisition";
}

TEST_F(LeaseKeeperSpec, ExtendsNothingIfTheShardsCannotBeAcquired) {
  database.fail_writes(store_away);
  EXPECT_FALSE(acquire(50ms).ok());
  EXPECT_FALSE(tenure.holds(now()));
}

TEST_F(LeaseKeeperSpec, GivesTheShardsBackOnlyOnceItRenewsNoMore) {
  be_slow();
  ASSERT_TRUE(acquire(50ms).ok());
  ASSERT_TRUE(keeper.release().ok());
  const std::size_t before = renewals.size();
  ASSERT_TRUE(keeper.release().ok());
  EXPECT_EQ(renewals.size(), before);
}

}  // namespace
}  // namespace sluice::testing
