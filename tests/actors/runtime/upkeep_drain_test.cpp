// SPDX-License-Identifier: Apache-2.0
// How Upkeep comes to its end; the rest of it is in upkeep_test.cpp.
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

class DrainSpec : public UpkeepFixture {
protected:
  DrainSpec() { admit(1, 3); }
  void drain() { upkeep.drain(Instant{100s}); }
};

TEST_F(DrainSpec, IsOverAtOnceWhenNothingIsLeft) {
  turn();
  EXPECT_EQ(happenings(), Words{});
  drain();
  turn();
  turn();
  EXPECT_EQ(happenings(), (Words{"drained but for 0"}));
}

TEST_F(DrainSpec, AnswersAndSavesEverythingWithoutWaitingForAnInterval) {
  spend(1);
  drain();
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered", "save"}));
  turn();
  EXPECT_EQ(happenings(), Words{}) << "the store has not said that it has it";
  store_saves();
  turn();
  EXPECT_EQ(happenings(), (Words{"release 1", "drained but for 0"}));
}

TEST_F(DrainSpec, WaitsForTenantsThatAreBeingLoadedAndSavesWhatTheySpend) {
  spend(1);
  spend(7);
  drain();
  turn();
  store_saves();
  turn();
  happened.clear();
  load();
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 2", "answered", "save"})) << "without an interval, too";
}

TEST_F(DrainSpec, TriesAStoreThatHasJustFailedOnceMoreAtOnce) {
  spend(1);
  turn_with_flush();
  store_fails();
  happened.clear();
  drain();
  turn();
  EXPECT_EQ(happenings(), (Words{"save"}));
}

TEST_F(DrainSpec, WaitsForAnswersThatTheDiskDoesNotHave) {
  journal.slow_disk = true;
  spend(1);
  turn_with_flush();
  drain();
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1"}));
  journal.sync(Sequence{1});
  turn();
  store_saves();
  turn();
  EXPECT_EQ(happenings(), (Words{"answered", "save", "release 1", "drained but for 0"}));
}

TEST_F(DrainSpec, TriesAgainUntilTheDeadlineAndTellsThenWhatIsNotSaved) {
  spend(1);
  spend(2);
  drain();
  turn();
  store_fails();
  turn_with_flush();
  happened.clear();
  store_fails();
  machine.time = 99s;
  turn();
  EXPECT_EQ(happenings(), Words{});
  machine.time = 100s;
  turn();
  EXPECT_EQ(happenings(), (Words{"drained but for 2"}));
}

TEST_F(DrainSpec, GivesUpWhatStillWaitsAtTheDeadline) {
  journal.slow_disk = true;
  spend(1);
  spend(7);
  drain();
  turn();
  happened.clear();
  machine.time = 100s;
  turn();
  EXPECT_EQ(happenings(), (Words{"answered", "unanswered", "drained but for 1"}));
  EXPECT_EQ(asked[1]->outcome(), Outcome::unavailable) << "it is safe to say that";
  load();
  turn();
  EXPECT_EQ(happenings(), Words{}) << "a load that is answered later is nobody's";
}

TEST_F(DrainSpec, IsOverAtOnceWhenAnotherServerOwnsTheShards) {
  spend(1);
  drain();
  turn();
  store_fails(FaultCode::fenced);
  happened.clear();
  turn();
  EXPECT_EQ(happenings(), (Words{"drained but for 1"}));
}

}  // namespace
}  // namespace sluice::testing
