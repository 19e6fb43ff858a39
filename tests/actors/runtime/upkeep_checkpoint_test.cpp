// SPDX-License-Identifier: Apache-2.0
// How Upkeep keeps the journal short without the store; the rest of it is in upkeep_test.cpp.
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

/// The store is away, and the journal has come to hold as much as it may.
class CheckpointSpec : public UpkeepFixture {
protected:
  explicit CheckpointSpec(Recovered recovered = {}) : UpkeepFixture(std::move(recovered)) {
    admit(1, 3);
    spend(1);
    turn();
    spend(2);
    turn();
    happened.clear();
    journal.bytes = checkpoint_bytes;
  }
  void turn_after_tick() {
    upkeep.tick(at(0s));
    turn();
  }
};

TEST_F(CheckpointSpec, RecordsEverythingUnsavedAgainAndReleasesAllBefore) {
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"commit 3", "release 2"}));
  EXPECT_EQ(journal.record, (Words{"tenant 1: used 1", "tenant 2: used 1"}))
      << "the third has nothing that the store has not";
}

TEST_F(CheckpointSpec, ReleasesNothingBeforeTheDiskHasIt) {
  journal.slow_disk = true;
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"commit 3"}));
  turn_after_tick();
  EXPECT_EQ(happenings(), Words{}) << "nor does another one begin";
  journal.sync(Sequence{3});
  turn();
  EXPECT_EQ(happenings(), (Words{"release 2"}));
}

TEST_F(CheckpointSpec, DoesNotBeginBeforeTheJournalHoldsTooMuch) {
  journal.bytes = checkpoint_bytes - 1;
  turn_after_tick();
  EXPECT_EQ(happenings(), Words{});
}

TEST_F(CheckpointSpec, LetsTheJournalGrowToTwiceWhatItHadToKeepAndMore) {
  turn_after_tick();
  happened.clear();
  journal.bytes = checkpoint_bytes + 2 * checkpoint_bytes - 1;
  turn_after_tick();
  EXPECT_EQ(happenings(), Words{});
  journal.bytes += 1;
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"commit 4", "release 3"}));
}

TEST_F(CheckpointSpec, IsNotTakenWhenTheStoreHasEverything) {
  journal.bytes = 0;
  turn_with_flush();
  store_saves();
  happened.clear();
  journal.bytes = checkpoint_bytes;
  turn_after_tick();
  EXPECT_EQ(happenings(), Words{});
}

TEST_F(CheckpointSpec, KeepsWhatTheTurnItselfCharged) {
  upkeep.tick(at(0s));
  spend(3);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 3", "answered", "release 2"}));
  EXPECT_EQ(journal.record, (Words{"tenant 3: used 1", "tenant 1: used 1", "tenant 2: used 1"}));
}

TEST_F(CheckpointSpec, WaitsWhileTheJournalHasNoRoom) {
  journal.room_left = 0;
  turn_after_tick();
  EXPECT_EQ(happenings(), Words{});
  journal.room_left = 1 << 20;
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"commit 3", "release 2"}));
}

TEST_F(CheckpointSpec, TakesNoMoreOfTheJournalsRoomThanThereIs) {
  journal.room_left = change_bytes_max;
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"wake", "commit 3"})) << "the first tenant has filled it";
  turn();
  EXPECT_EQ(happenings(), (Words{"wake", "commit 4"}));
  turn();
  EXPECT_EQ(happenings(), (Words{"release 2"}));
}

TEST_F(CheckpointSpec, ReleasesNothingWhenItsCommitFails) {
  upkeep.tick(at(0s));
  journal.broken = true;
  turn();
  EXPECT_EQ(happenings(), (Words{"commit fails", "commit fails"}));
  journal.broken = false;
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"commit 3", "commit 4", "release 3"})) << "it begins again";
}

class RecoveredCheckpointSpec : public CheckpointSpec {
protected:
  RecoveredCheckpointSpec() : CheckpointSpec(history_and_a_state_of_tenant(9)) {}
};

TEST_F(RecoveredCheckpointSpec, RecordsAgainWhatLiesWithNoTenant) {
  turn_after_tick();
  EXPECT_EQ(happenings(), (Words{"commit 3", "release 2"}));
  EXPECT_EQ(journal.record,
            (Words{"tenant 9: minute closed with 5", "tenant 9: window closed with 6",
                   "tenant 9: used 7", "tenant 1: used 1", "tenant 2: used 1"}));
}

TEST_F(RecoveredCheckpointSpec, CommitsInPiecesWhatTheJournalHasNoRoomForAtOnce) {
  journal.room_left = change_bytes_max;
  turn_after_tick();
  turn();
  EXPECT_EQ(happenings(), (Words{"wake", "commit 3", "wake", "commit 4"}));
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 5", "commit 6", "wake", "commit 7"}));
  turn();
  EXPECT_EQ(happenings(), (Words{"release 2"}));
}

TEST_F(RecoveredCheckpointSpec, WaitsWithTheRestOfATenantWhenTheDiskIsFull) {
  journal.room_left = change_bytes_max;
  journal.full_after = Sequence{5};
  turn_after_tick();
  turn();
  turn();
  EXPECT_EQ(happenings(), (Words{"wake", "commit 3", "wake", "commit 4", "commit 5", "wake"}))
      << "of the recovered tenant, the minute has found room";
  turn();
  EXPECT_EQ(happenings(), Words{}) << "and nothing before has been released";
  journal.full_after = std::nullopt;
  upkeep.tick(at(0s));
  for (int turns = 0; turns < 5; ++turns) {
    turn();
  }
  EXPECT_EQ(happenings().back(), "release 2");
}

}  // namespace
}  // namespace sluice::testing
