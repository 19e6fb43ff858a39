// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/file_journal.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

using testing::ElementsAre;

class FileJournalSpec : public JournalFixture {};

TEST_F(FileJournalSpec, NumbersItsCommitsFromOne) {
  const auto journal = open();
  EXPECT_EQ(journal->commit().value(), Sequence{0}) << "nothing was added yet";
  journal->add(spent(1, 10).view());
  journal->add(spent(2, 20).view());
  EXPECT_EQ(journal->commit().value(), Sequence{1});
  EXPECT_EQ(journal->commit().value(), Sequence{1}) << "nothing was added since";
  journal->add(spent(1, 11).view());
  EXPECT_EQ(journal->commit().value(), Sequence{2});
}

TEST_F(FileJournalSpec, KeepsWhatWasCommittedAndNothingElse) {
  const auto journal = open();
  journal->add(spent(1, 10).view());
  journal->add(largest_change().view());
  ASSERT_TRUE(done(journal->commit()));
  journal->add(spent(1, 11).view());
  const Replayed found = replayed();
  const Watermark first{Epoch{1}, Sequence{1}};
  EXPECT_THAT(found.changes,
              ElementsAre(std::pair{first, spent(1, 10)}, std::pair{first, largest_change()}));
}

TEST_F(FileJournalSpec, IsAsDurableAsAProcessCanMakeItOnceItIsWritten) {
  const auto journal = open();
  spend(*journal, {1, 2});
  EXPECT_EQ(journal->durable(), Sequence{2});
  EXPECT_EQ(journal->figures().syncs, 0);
}

TEST_F(FileJournalSpec, GoesOnInTheNextSegmentWhenOneIsFull) {
  const auto journal = open();
  const std::uint64_t commits = fill_segment(*journal);
  const std::uint64_t more = fill_segment(*journal);
  EXPECT_EQ(commits, 1024);
  EXPECT_THAT(disk.files(),
              ElementsAre(segment_file(1), segment_file(2), segment_file(3), segment_file(4)))
      << "two full ones, the current and the next";
  EXPECT_EQ(replayed().changes.size(), commits + more);
}

TEST_F(FileJournalSpec, SaysHowMuchRoomThereIsInTheCurrentSegment) {
  const auto journal = open();
  const std::size_t before = journal->room();
  EXPECT_GT(before, segment_bytes_min - 200);
  journal->add(spent(1, 1).view());
  EXPECT_EQ(journal->room(), before - encoded_bytes(spent(1, 1).view()));
  ASSERT_TRUE(done(journal->commit()));
  EXPECT_EQ(journal->room(), before - spent_frame_bytes);
}

TEST_F(FileJournalSpec, HasTheRoomOfTheNextSegmentOnceThatIsPrepared) {
  const auto journal = open();
  const std::size_t all = journal->room();
  spend(*journal, std::vector<std::uint64_t>(300, 1));
  EXPECT_LT(journal->room(), all);
  jobs.run_all();
  EXPECT_EQ(journal->room(), all);
}

TEST_F(FileJournalSpec, NeverFailsForWantOfSpaceWhileItsRoomIsHeeded) {
  const auto journal = open();
  jobs.run_all();
  disk.bytes_max = disk.bytes_used();
  std::uint64_t commits = 0;
  while (journal->room() >= encoded_bytes(spent(1, 1).view())) {
    spend(*journal, {++commits});
    jobs.run_all();
  }
  EXPECT_GT(commits, 1'000) << "both segments were used up";
  EXPECT_EQ(replayed().changes.size(), commits);
  EXPECT_GT(journal->figures().failures, 0);
}

TEST_F(FileJournalSpec, HasRoomAgainSoonAfterTheDiskHas) {
  const auto journal = open();
  disk.bytes_max = disk.bytes_used();
  jobs.run_all();
  while (journal->room() >= change_bytes_max) {
    spend(*journal, {1});
  }
  journal->tick();
  jobs.run_all();
  EXPECT_LT(journal->room(), change_bytes_max) << "the disk is still full";
  disk.bytes_max *= 2;
  journal->tick();
  jobs.run_all();
  EXPECT_GT(journal->room(), change_bytes_max);
}

TEST_F(FileJournalSpec, RefusesACommitThatThereIsNoSpaceForAndKeepsIt) {
  const auto journal = open();
  disk.bytes_max = disk.bytes_used();
  std::uint64_t added = 0;
  while (journal->room() > 0) {
    journal->add(spent(1, ++added).view());
  }
  journal->add(spent(1, ++added).view());
  EXPECT_TRUE(refused(journal->commit(), FaultCode::unavailable, "No space left on device"));
  EXPECT_TRUE(replayed().changes.empty());
  disk.bytes_max *= 4;
  EXPECT_EQ(journal->commit().value(), Sequence{1});
  EXPECT_EQ(replayed().changes.size(), added);
}

TEST_F(FileJournalSpec, GivesACommitThatIsLargerThanASegmentOneOfItsOwn) {
  const auto journal = open();
  spend(*journal, {1});
  jobs.run_all();
  std::uint64_t added = 0;
  while (added * 96 < 3 * segment_bytes_min) {
    journal->add(spent(1, ++added).view());
  }
  EXPECT_EQ(journal->room(), 0);
  EXPECT_EQ(journal->commit().value(), Sequence{2});
  jobs.run_all();
  spend(*journal, {7});
  EXPECT_EQ(replayed().changes.size(), added + 2);
  EXPECT_EQ(replayed().amounts().back(), 7);
}

TEST_F(FileJournalSpec, LeavesAloneWhereAWriteFailedAndWritesTheSameToANewSegment) {
  const auto journal = open();
  jobs.run_all();
  spend(*journal, {1});
  disk.writes_to_fail = 1;
  disk.failed_write_keeps = 50;
  journal->add(spent(1, 2).view());
  EXPECT_TRUE(refused(journal->commit(), FaultCode::unavailable, "Input/output error"));
  EXPECT_EQ(journal->figures().failures, 1);
  EXPECT_EQ(journal->durable(), Sequence{1});
  EXPECT_EQ(journal->commit().value(), Sequence{2});
  spend(*journal, {3});
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 2, 3));
}

TEST_F(FileJournalSpec, TellsTwiceWhatArrivedAlthoughItsWriteFailed) {
  const auto journal = open();
  jobs.run_all();
  spend(*journal, {1});
  disk.writes_to_fail = 1;
  disk.failed_write_keeps = segment_bytes_min;
  journal->add(spent(1, 2).view());
  EXPECT_FALSE(journal->commit().ok());
  journal->add(spent(1, 3).view());
  EXPECT_EQ(journal->commit().value(), Sequence{2});
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 2, 2, 3)) << "the last one wins";
}

TEST_F(FileJournalSpec, SurvivesFailedWritesOneAfterTheOther) {
  const auto journal = open();
  disk.failed_write_keeps = 8;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t amount = 1; amount <= 20; ++amount) {
    jobs.run_all();
    disk.writes_to_fail = static_cast<int>(amount % 4);
    journal->add(spent(1, amount).view());
    while (!journal->commit().ok()) {
      journal->tick();
      jobs.run_all();
    }
    expected.push_back(amount);
  }
  EXPECT_EQ(replayed().amounts(), expected);
}

TEST_F(FileJournalSpec, HasNoRoomAfterAFailedWriteUntilTheNextSegmentIsPrepared) {
  const auto journal = open();
  disk.writes_to_fail = 1;
  journal->add(spent(1, 1).view());
  EXPECT_FALSE(journal->commit().ok());
  EXPECT_EQ(journal->room(), 0);
  jobs.run_all();
  EXPECT_GT(journal->room(), 0);
}

TEST_F(FileJournalSpec, RemovesASegmentAtOnceIfNothingCouldBeWrittenToIt) {
  const auto journal = open();
  disk.writes_to_fail = 1;
  disk.failed_write_keeps = 50;
  journal->add(spent(1, 1).view());
  EXPECT_FALSE(journal->commit().ok());
  jobs.run_all();
  EXPECT_THAT(disk.files(), ElementsAre(segment_file(2)));
}

TEST_F(FileJournalSpec, RemovesTheSegmentsThatHoldNothingButWhatWasReleased) {
  const auto journal = open();
  const std::uint64_t first = fill_segment(*journal) - 1;
  const std::uint64_t second = fill_segment(*journal);
  journal->release(Sequence{first - 1});
  jobs.run_all();
  EXPECT_EQ(disk.files().front(), segment_file(1)) << "its last commit is not released";
  journal->release(Sequence{first});
  jobs.run_all();
  EXPECT_THAT(disk.files(), ElementsAre(segment_file(2), segment_file(3), segment_file(4)));
  EXPECT_EQ(replayed().changes.size(), second + 1);
  EXPECT_EQ(journal->figures().bytes, 3 * segment_bytes_min);
}

TEST_F(FileJournalSpec, KeepsTheCurrentSegmentWhileThereIsPlaceInIt) {
  const auto journal = open();
  jobs.run_all();
  spend(*journal, {1});
  journal->release(Sequence{1});
  jobs.run_all();
  EXPECT_THAT(disk.files(), ElementsAre(segment_file(1), segment_file(2)));
}

TEST_F(FileJournalSpec, GivesBackALargeSegmentOnceItIsReleased) {
  const auto journal = open();
  jobs.run_all();
  while (journal->room() > 0) {
    journal->add(spent(1, 1).view());
  }
  journal->add(spent(1, 1).view());
  ASSERT_TRUE(done(journal->commit()));
  jobs.run_all();
  journal->release(Sequence{1});
  jobs.run_all();
  EXPECT_EQ(journal->figures().bytes, segment_bytes_min) << "only the next one is left";
  spend(*journal, {5});
  EXPECT_THAT(replayed().amounts(), ElementsAre(5));
}

TEST_F(FileJournalSpec, RemovesTheOldestFirstAndNoneBeforeTheOneInFrontOfIt) {
  const auto journal = open();
  const std::uint64_t commits = fill_segment(*journal) + fill_segment(*journal);
  disk.removals_to_fail = 1;
  journal->release(Sequence{commits - 1});
  jobs.run_all();
  EXPECT_EQ(disk.files().front(), segment_file(1)) << "nothing overtakes it";
  EXPECT_EQ(disk.files().size(), 4);
  journal->tick();
  jobs.run_all();
  EXPECT_EQ(disk.files().front(), segment_file(3));
}

TEST_F(FileJournalSpec, LosesNothingToJobsThatRunAfterItIsGone) {
  auto journal = open();
  spend(*journal, std::vector<std::uint64_t>(1'000, 1));
  journal->release(Sequence{500});
  EXPECT_GT(jobs.waiting(), 0);
  journal.reset();
  jobs.run_all();
  EXPECT_LE(replayed().changes.size(), 1'000);
  EXPECT_EQ(replayed().changes.back().first.sequence, Sequence{1'000});
}

TEST_F(FileJournalSpec, DoesNotOpenWithoutSpaceForItsFirstSegment) {
  disk.bytes_max = segment_bytes_min - 1;
  EXPECT_TRUE(refused(journals()->open(Epoch{1}, 0, nullptr), FaultCode::unavailable,
                      "No space left on device"));
  EXPECT_TRUE(disk.files().empty());
}

TEST_F(FileJournalSpec, DoesNotOpenTwiceInOneEpoch) {
  const auto journal = open();
  EXPECT_TRUE(
      refused(journals()->open(Epoch{1}, 0, nullptr), FaultCode::already_exists, segment_file(1)));
}

TEST_F(FileJournalSpec, TellsItsFigures) {
  const auto journal = open();
  spend(*journal, {1, 2, 3});
  const JournalFigures figures = journal->figures();
  EXPECT_EQ(figures.commits, 3);
  EXPECT_EQ(figures.bytes_written, 3 * spent_frame_bytes);
  EXPECT_EQ(figures.bytes, segment_bytes_min);
  EXPECT_EQ(figures.failures, 0);
}

TEST(NoJournalSpec, TakesEverythingKeepsNothingAndIsDurableAtOnce) {
  NoJournal journal;
  EXPECT_EQ(journal.commit().value(), Sequence{0});
  journal.add(spent(1, 1).view());
  EXPECT_EQ(journal.commit().value(), Sequence{1});
  EXPECT_EQ(journal.durable(), Sequence{1});
  EXPECT_GT(journal.room(), std::size_t{1} << 40);
}

}  // namespace sluice::test
