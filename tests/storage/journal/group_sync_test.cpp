// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/group_sync.hpp"

#include <gmock/gmock.h>

#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

using testing::ElementsAre;

/// A journal with durability `disk`.
class GroupSyncSpec : public JournalFixture {
protected:
  GroupSyncSpec() {
    options.durability = Durability::disk;
    journal = open();
    jobs.run_all();
  }
  std::unique_ptr<Journal> journal;
};

TEST_F(GroupSyncSpec, MakesACommitDurableLaterAndTellsIt) {
  spend(*journal, {1});
  EXPECT_EQ(journal->durable(), Sequence{0});
  EXPECT_EQ(durable_calls, 0);
  jobs.run_all();
  EXPECT_EQ(journal->durable(), Sequence{1});
  EXPECT_EQ(durable_calls, 1);
}

TEST_F(GroupSyncSpec, SyncsEverythingThatWasCommittedMeanwhileAtOnce) {
  spend(*journal, {1, 2, 3, 4, 5});
  EXPECT_EQ(jobs.waiting(), 1) << "one at a time";
  jobs.run_all();
  EXPECT_EQ(journal->durable(), Sequence{5});
  EXPECT_EQ(journal->figures().syncs, 1);
}

TEST_F(GroupSyncSpec, WhatIsDurableSurvivesAPowerCut) {
  spend(*journal, {1, 2});
  jobs.run_all();
  spend(*journal, {3});
  disk.lose_power();
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1, 2));
}

TEST_F(GroupSyncSpec, CoversTheSegmentsThatWereLeftSinceTheLastSync) {
  spend(*journal, std::vector<std::uint64_t>(700, 1));
  EXPECT_EQ(journal->durable(), Sequence{0});
  jobs.run_all();
  disk.lose_power();
  EXPECT_EQ(journal->durable(), Sequence{700});
  EXPECT_EQ(replayed(next_boot).changes.size(), 700);
}

TEST_F(GroupSyncSpec, NeverTrustsTheDiskAgainAfterASyncThatFailed) {
  spend(*journal, {1});
  jobs.run_all();
  spend(*journal, {2});
  disk.syncs_to_fail = 1;
  jobs.run_all();
  EXPECT_EQ(journal->durable(), Sequence{1});
  EXPECT_EQ(durable_calls, 2) << "whoever waits is told to look";
  EXPECT_EQ(journal->room(), 0);
  EXPECT_TRUE(refused(journal->commit(), FaultCode::unavailable, "until a restart"));
  EXPECT_EQ(journal->figures().failures, 1);
  journal->tick();
  jobs.run_all();
  EXPECT_EQ(journal->durable(), Sequence{1}) << "no later sync can make up for it";
}

TEST_F(GroupSyncSpec, IsReplayedAfterAFailedSyncAndARestart) {
  spend(*journal, {1, 2});
  disk.syncs_to_fail = 1;
  jobs.run_all();
  journal.reset();
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 2));
}

TEST_F(GroupSyncSpec, CallsNobodyAfterTheJournalIsGone) {
  spend(*journal, {1});
  journal.reset();
  jobs.run_all();
  EXPECT_EQ(durable_calls, 0);
  EXPECT_EQ(jobs.waiting(), 0);
}

}  // namespace sluice::test
