// SPDX-License-Identifier: Apache-2.0
// What Upkeep does when the store refuses what a tenant has, or takes it only in parts.
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

class UpkeepRefusalSpec : public UpkeepFixture {
protected:
  UpkeepRefusalSpec() { admit(1, 3); }

  void store_refuses() { store_fails(FaultCode::invalid_argument); }
  [[nodiscard]] std::vector<std::uint64_t> with_the_store() const {
    std::vector<std::uint64_t> numbers;
    for (const CounterRow& row : to_store.counters) {
      numbers.push_back(row.tenant.low);
    }
    return numbers;
  }
  /// Of two tenants that spent, the store refuses the first one.
  void refuse_the_first() {
    spend(1);
    spend(2);
    turn_with_flush();
    store_refuses();
    turn();
    ASSERT_EQ(with_the_store(), (std::vector<std::uint64_t>{1}));
    store_refuses();
  }
};

TEST_F(UpkeepRefusalSpec, LooksForTheTenantWithoutWaitingAndTellsOfIt) {
  refuse_the_first();
  EXPECT_EQ(happenings().back(), "refused 1");
  EXPECT_EQ(hosting.status().refused_tenants, 1U);
  turn_with_flush();
  EXPECT_EQ(with_the_store(), (std::vector<std::uint64_t>{2}));
  store_saves();
  EXPECT_EQ(hosting.status().dirty_tenants, 1U);
}

TEST_F(UpkeepRefusalSpec, KeepsInTheJournalWhatTheStoreRefuses) {
  refuse_the_first();
  turn_with_flush();
  happened.clear();
  store_saves();
  EXPECT_EQ(happenings(), (Words{"wake", "release 0"})) << "what it let go of comes next";
}

TEST_F(UpkeepRefusalSpec, TellsThatTheStoreLacksSomethingAsLongAsItDoes) {
  refuse_the_first();
  machine.time = 100s;
  turn_with_flush();
  store_saves();
  EXPECT_GE(status().write_behind_lag, 100s);
  EXPECT_LT(upkeep.saved_before(at(50s)), at(0s).wall) << "no period ends without what it spent";
}

TEST_F(UpkeepRefusalSpec, DoesNotWaitAtItsEndForWhatTheStoreRefuses) {
  refuse_the_first();
  upkeep.drain(Instant{1000s});
  turn();
  EXPECT_EQ(with_the_store(), (std::vector<std::uint64_t>{2}));
  store_saves();
  turn();
  EXPECT_EQ(happenings().back(), "drained but for 1");
}

TEST_F(UpkeepRefusalSpec, SetsNobodyAsideWhileTheJournalFails) {
  journal.broken = true;
  spend(1);
  turn_with_flush();
  store_refuses();
  EXPECT_EQ(hosting.status().refused_tenants, 0U);
  EXPECT_EQ(hosting.status().dirty_tenants, 1U);
}

/// Tenant 1 has far more than a flush may have.
class UpkeepPartsSpec : public UpkeepFixture {
protected:
  UpkeepPartsSpec() : UpkeepFixture(much_of_tenant(1)) {}

private:
  static Recovered much_of_tenant(std::uint64_t number) {
    Recovered recovered = history_and_a_state_of_tenant(number);
    const std::vector<UsageBucket> minutes(150'000, UsageBucket{requests, Minute{2}, Amount{1}, 1});
    recovered.apply({.tenant = tenant(number), .shard = ShardId{0}, .closed_usage = minutes});
    return recovered;
  }
};

TEST_F(UpkeepPartsSpec, SavesOnePartAfterTheOtherAndReleasesTheJournalAfterTheLast) {
  turn_with_flush();
  for (int part = 0; part < 3; ++part) {
    EXPECT_EQ(to_store.rows(), 50'000U);
    happened.clear();
    store_saves();
    EXPECT_EQ(happenings(), (Words{"save"}));
  }
  EXPECT_LT(to_store.rows(), 50'000U);
  store_saves();
  EXPECT_EQ(happenings(), (Words{"release 0"}));
  EXPECT_EQ(status().flushes, 1U);
  EXPECT_EQ(hosting.status().dirty_tenants, 0U);
}

TEST_F(UpkeepPartsSpec, SendsAllOfItAgainInSmallerPartsAfterOneThatFailed) {
  turn_with_flush();
  store_saves();
  store_fails();
  turn_with_flush();
  EXPECT_EQ(to_store.rows(), 25'000U);
}

}  // namespace
}  // namespace sluice::testing
