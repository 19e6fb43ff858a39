// SPDX-License-Identifier: Apache-2.0
// Before when everything is known to be in the store: periods are closed by it.
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

class UpkeepSaved : public UpkeepFixture {
protected:
  UpkeepSaved() { admit(1, 3); }
  [[nodiscard]] WallTime saved_before() const { return upkeep.saved_before(at(decision_time)); }
};

TEST_F(UpkeepSaved, IsNowWhileNothingIsUnsaved) {
  decision_time = 50s;
  EXPECT_EQ(saved_before(), at(50s).wall);
}

TEST_F(UpkeepSaved, IsTheBeginOfTheLastRoundThatSavedAllOfIt) {
  decision_time = 10s;
  spend(1);
  turn_with_flush();
  decision_time = 20s;
  spend(2);
  EXPECT_LT(saved_before(), at(10s).wall) << "the store has not answered yet";
  store_saves();
  EXPECT_EQ(saved_before(), at(10s).wall) << "tenant 2 is not saved";
  turn_with_flush();
  store_saves();
  EXPECT_EQ(saved_before(), at(20s).wall);
}

TEST_F(UpkeepSaved, DoesNotMoveWhileTheStoreFails) {
  decision_time = 10s;
  spend(1);
  turn_with_flush();
  store_fails();
  decision_time = 90s;
  EXPECT_LT(saved_before(), at(10s).wall);
}

/// What a start found in the journal is not in the store.
class UpkeepSavedAtStart : public UpkeepFixture {
protected:
  UpkeepSavedAtStart() : UpkeepFixture(history_and_a_state_of_tenant(9)) {}
};

TEST_F(UpkeepSavedAtStart, IsNotKnownBeforeWhatWasRecoveredIsSaved) {
  decision_time = 10s;
  EXPECT_EQ(upkeep.saved_before(at(decision_time)), WallTime::min());
  turn_with_flush();
  store_saves();
  EXPECT_EQ(upkeep.saved_before(at(decision_time)), at(decision_time).wall);
}

Recovered states_of_tenants(std::uint64_t count) {
  const Counter counter{first_limit, Amount{7}, wall_time_never, {}};
  Recovered recovered;
  for (std::uint64_t number = 1; number <= count; ++number) {
    recovered.apply({.tenant = tenant(number), .shard = ShardId{0}, .counters = {&counter, 1}});
  }
  return recovered;
}

/// One tenant more than there is place for in a flush.
class UpkeepSavedByTwoFlushes : public UpkeepFixture {
protected:
  UpkeepSavedByTwoFlushes() : UpkeepFixture(states_of_tenants(301)) {}
};

TEST_F(UpkeepSavedByTwoFlushes, IsNotKnownBeforeOneIsSavedThatIsLoadedBetweenThem) {
  decision_time = 10s;
  turn_with_flush();
  spend(301);
  turn();
  load();
  store_saves();
  EXPECT_EQ(upkeep.saved_before(at(20s)), WallTime::min()) << "the store lacks one of them";
  turn();
  store_saves();
  EXPECT_GE(upkeep.saved_before(at(20s)), at(10s).wall);
}

}  // namespace
}  // namespace sluice::testing
