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

}  // namespace
}  // namespace sluice::testing
