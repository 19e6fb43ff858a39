// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cstring>

#include "storage/journal/file_journals.hpp"
#include "storage/journal/frame.hpp"
#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

using testing::ElementsAre;
using testing::IsEmpty;

class ReplaySpec : public JournalFixture {};

TEST_F(ReplaySpec, OfAnEmptyDirectoryTellsNothing) {
  EXPECT_THAT(replayed().changes, IsEmpty());
}

TEST_F(ReplaySpec, OfAJournalThatWasNeverWrittenToTellsNothing) {
  (void)open();
  jobs.run_all();
  EXPECT_EQ(disk.files().size(), 2);
  EXPECT_THAT(replayed().changes, IsEmpty());
}

TEST_F(ReplaySpec, TellsEpochsInTheirOrderAndReactorsWithinThem) {
  spend(*open(2, 1), {30});
  spend(*open(16, 0), {40});
  spend(*open(1, 1), {11, 12});
  spend(*open(1, 0), {1, 2});
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 2, 11, 12, 30, 40));
}

TEST_F(ReplaySpec, SaysWhichEpochAndCommitAChangeIsOf) {
  spend(*open(5, 3), {1, 2});
  const Replayed found = replayed();
  EXPECT_EQ(found.changes.back().first, (Watermark{Epoch{5}, Sequence{2}}));
}

TEST_F(ReplaySpec, TellsEntriesWithTheChangeThatTheyAreOf) {
  const auto journal = open();
  const std::vector<OwnedChange> changes{spent(1, 5), reserved(1, 6), spent(2, 7), reserved(2, 8)};
  for (const OwnedChange& change : changes) {
    journal->add(change.view());
  }
  ASSERT_TRUE(done(journal->commit()));
  const Replayed found = replayed();
  ASSERT_EQ(found.changes.size(), changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(found.changes[i].second, changes[i]) << i;
  }
}

TEST_F(ReplaySpec, ReadsTheJournalsOfAnyNumberOfReactors) {
  for (std::uint16_t reactor = 0; reactor < 5; ++reactor) {
    spend(*open(1, reactor), {reactor + std::uint64_t{1}});
  }
  const auto fewer = journals();
  Replayed found;
  ASSERT_TRUE(done(fewer->replay(found)));
  const auto only = fewer->open(Epoch{2}, 0, nullptr).value();
  ASSERT_TRUE(done(fewer->forget_replayed()));
  EXPECT_THAT(found.amounts(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(disk.files().size(), 1);
}

TEST_F(ReplaySpec, CountsTheBytes) {
  const auto journal = open();
  (void)fill_segment(*journal);
  const Replayed found = replayed();
  EXPECT_EQ(found.bytes_done, journal->figures().bytes_written);
  EXPECT_EQ(found.bytes_total, found.bytes_done);
}

TEST_F(ReplaySpec, StartsWhereverTheFirstSegmentsWereReleased) {
  const auto journal = open();
  const std::uint64_t commits = fill_segment(*journal);
  journal->release(Sequence{commits - 1});
  jobs.run_all();
  EXPECT_EQ(replayed().changes.front().first.sequence, Sequence{commits});
}

TEST_F(ReplaySpec, IgnoresFilesThatAreNoSegments) {
  (void)disk.create("README", 100);
  (void)disk.create(segment_file(1) + ".damaged-copy", 100);
  EXPECT_THAT(replayed().changes, IsEmpty());
}

TEST_F(ReplaySpec, RefusesASegmentOfANewerVersionAndNamesIt) {
  spend(*open(), {1});
  std::vector<std::byte>& bytes = disk.bytes(segment_file(1));
  bytes[12] = std::byte{segment_version + 1};
  const std::uint32_t sum = crc32c(std::span{bytes}.subspan(12, 116));
  std::memcpy(bytes.data() + 8, &sum, sizeof sum);
  EXPECT_TRUE(refused(replay(), FaultCode::invalid_argument, segment_file(1)));
  EXPECT_TRUE(refused(replay(), FaultCode::invalid_argument, "newer sluiced"));
}

TEST_F(ReplaySpec, KeepsWhatItToldUntilThatIsForgotten) {
  spend(*open(1), {1});
  const auto second = journals();
  Replayed found;
  ASSERT_TRUE(done(second->replay(found)));
  spend(*second->open(Epoch{2}, 0, nullptr).value(), {2});
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 2)) << "it might have crashed here";
  ASSERT_TRUE(done(second->forget_replayed()));
  EXPECT_THAT(replayed().amounts(), ElementsAre(2));
}

TEST_F(ReplaySpec, ForgetsOnlyOnceTheNewJournalsAreOnTheDisk) {
  spend(*open(1), {1});
  const auto second = journals();
  Replayed found;
  ASSERT_TRUE(done(second->replay(found)));
  const auto taking_over = second->open(Epoch{2}, 0, nullptr).value();
  spend(*taking_over, {1});
  disk.syncs_to_fail = 1;
  EXPECT_FALSE(second->forget_replayed().ok());
  EXPECT_EQ(disk.files().size(), 2) << "nothing was removed";
  ASSERT_TRUE(done(second->forget_replayed()));
  disk.lose_power();
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1));
}

TEST_F(ReplaySpec, OptionsAreCheckedByName) {
  options.segment_bytes = segment_bytes_min - 1;
  EXPECT_TRUE(refused(open_journals(options, disk, jobs.factory()), FaultCode::invalid_argument,
                      "segment_bytes must be from 131072 to 1073741824"));
  options.segment_bytes = segment_bytes_max + 1;
  EXPECT_FALSE(open_journals(options, disk, jobs.factory()).ok());
}

TEST_F(ReplaySpec, WithoutDurabilityNothingIsWrittenAndWhatIsThereIsStillTold) {
  options = {Durability::memory, segment_bytes_min, this_boot};
  auto journals = open_journals(options, disk, jobs.factory()).value();
  EXPECT_FALSE(journals->keeps());
  auto journal = journals->open(Epoch{9}, 0, [] {}).value();
  journal->add(TenantChange{.tenant = TenantId{1, 2}, .shard = ShardId{0}, .removed = true});
  EXPECT_EQ(journal->commit().value(), Sequence{1});
  EXPECT_EQ(journal->durable(), Sequence{1});
  EXPECT_TRUE(disk.list().value().empty());
}

}  // namespace sluice::test
