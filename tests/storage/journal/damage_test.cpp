// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "storage/journal/file_journals.hpp"
#include "storage/journal/frame.hpp"
#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

using testing::ElementsAre;
using testing::IsEmpty;

/// What a torn tail is, and what is damage.
class DamageSpec : public JournalFixture {
protected:
  /// Where the frame of the n-th commit (from 1) of one `spent` each starts.
  static std::size_t frame(std::size_t n) {
    return segment_header_bytes + (n - 1) * spent_frame_bytes;
  }
  void zero(std::size_t from, std::size_t to) {
    std::vector<std::byte>& bytes = disk.bytes(segment_file(1));
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from),
              bytes.begin() + static_cast<std::ptrdiff_t>(to), std::byte{0});
  }
  void flip(std::size_t at) { disk.bytes(segment_file(1))[at] ^= std::byte{0x10}; }

  /// Either refused, or the first commits of these amounts and no other.
  testing::AssertionResult is_prefix(const std::vector<std::uint64_t>& all, const BootId& boot) {
    Replayed found;
    if (!journals(boot)->replay(found).ok()) {
      return found.changes.empty() ? testing::AssertionSuccess()
                                   : testing::AssertionFailure() << "refused, and told in part";
    }
    const std::vector<std::uint64_t> amounts = found.amounts();
    return std::equal(
               amounts.begin(), amounts.end(), all.begin(),
               all.begin() + static_cast<std::ptrdiff_t>(std::min(amounts.size(), all.size())))
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << testing::PrintToString(amounts);
  }
};

TEST_F(DamageSpec, WhateverTheLengthOfTheFileItsCommitsAreAPrefix) {
  const std::vector<std::uint64_t> all{1, 2, 3, 4, 5};
  spend(*open(), all);
  std::vector<std::byte>& bytes = disk.bytes(segment_file(1));
  bytes.resize(frame(6));
  for (std::size_t whole = all.size(); !bytes.empty(); bytes.pop_back()) {
    while (bytes.size() < frame(whole + 1) && whole > 0) {
      --whole;
    }
    const std::vector<std::uint64_t> amounts = replayed().amounts();
    ASSERT_EQ(amounts.size(), whole) << bytes.size();
    ASSERT_TRUE(std::equal(amounts.begin(), amounts.end(), all.begin()));
  }
}

TEST_F(DamageSpec, WhicheverByteIsWrongNoWrongChangeIsTold) {
  const std::vector<std::uint64_t> all{1, 2, 3, 4, 5};
  spend(*open(), all);
  for (std::size_t at = 0; at < frame(7); ++at) {
    flip(at);
    ASSERT_TRUE(is_prefix(all, this_boot)) << at;
    ASSERT_TRUE(is_prefix(all, next_boot)) << at;
    flip(at);
  }
}

TEST_F(DamageSpec, WhicheverByteIsWrongNothingThatIsKnownToBeOnTheDiskIsLostSilently) {
  options.durability = Durability::disk;
  const auto journal = open();
  jobs.run_all();
  for (const std::uint64_t amount : {1U, 2U, 3U, 4U}) {
    spend(*journal, {amount});
    jobs.run_all();
  }
  for (std::size_t at = 0; at < frame(4); ++at) {
    flip(at);
    Replayed found;
    const Result<Done> result = journals(next_boot)->replay(found);
    ASSERT_TRUE(!result.ok() || found.changes.size() == 4) << at;
    flip(at);
  }
}

TEST_F(DamageSpec, WhicheverByteOfEntriesIsWrongNoneOfThemIsTold) {
  const auto journal = open();
  journal->add(reserved(1, 1).view());
  ASSERT_TRUE(done(journal->commit()));
  const std::size_t end = segment_header_bytes + journal->figures().bytes_written;
  for (std::size_t at = frame(1); at < end; ++at) {
    flip(at);
    ASSERT_THAT(replayed().changes, IsEmpty()) << at;
    flip(at);
  }
  ASSERT_EQ(replayed().changes.at(0).second, reserved(1, 1));
}

TEST_F(DamageSpec, ACommitThatWasNeverWholeIsPassedOver) {
  spend(*open(), {1, 2, 3});
  zero(frame(3) + 40, frame(4));
  EXPECT_THAT(replayed(this_boot).amounts(), ElementsAre(1, 2));
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1, 2));
}

TEST_F(DamageSpec, InTheMiddleIsRefusedIfTheMachineHasBeenRunningEverSince) {
  spend(*open(), {1, 2, 3});
  flip(frame(2) + 50);
  EXPECT_TRUE(refused(replay(this_boot), FaultCode::data_damaged,
                      "/journal/" + segment_file(1) + ", byte " + std::to_string(frame(2)) +
                          ": commit 2 of epoch 1 must have been there and cannot be read"));
  EXPECT_TRUE(refused(replay(this_boot), FaultCode::data_damaged, "sluicectl journal repair"));
}

TEST_F(DamageSpec, InTheMiddleIsTheEndIfTheMachineWasStartedSince) {
  spend(*open(), {1, 2, 3});
  zero(frame(2), frame(3));
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1));
}

TEST_F(DamageSpec, ZerosInFrontOfAFrameAreNoEnd) {
  spend(*open(), {1, 2, 3});
  zero(frame(2), frame(3));
  EXPECT_TRUE(refused(replay(this_boot), FaultCode::data_damaged, "commit 2"));
}

TEST_F(DamageSpec, WhatWasSyncedIsMissedAlsoAfterAPowerCut) {
  options.durability = Durability::disk;
  const auto journal = open();
  spend(*journal, {1, 2});
  jobs.run_all();
  spend(*journal, {3});
  zero(frame(2), frame(3));
  EXPECT_TRUE(refused(replay(next_boot), FaultCode::data_damaged, "commit 2"));
}

TEST_F(DamageSpec, WhatWasNotYetSyncedIsNotMissedAfterAPowerCut) {
  options.durability = Durability::disk;
  const auto journal = open();
  spend(*journal, {1, 2});
  jobs.run_all();
  spend(*journal, {3, 4});
  zero(frame(3), frame(4));
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1, 2))
      << "4 arrived, but was not safe without 3";
}

TEST_F(DamageSpec, ASegmentThatIsMissingInTheMiddleIsRefused) {
  const auto journal = open();
  (void)fill_segment(*journal);
  (void)fill_segment(*journal);
  ASSERT_TRUE(done(disk.remove(segment_file(2))));
  EXPECT_TRUE(refused(replay(this_boot), FaultCode::data_damaged, segment_file(3)));
}

TEST_F(DamageSpec, AfterASegmentThatAPowerCutTookTheJournalEnds) {
  const auto journal = open();
  const std::uint64_t first = fill_segment(*journal) - 1;
  (void)fill_segment(*journal);
  std::vector<std::byte>& second = disk.bytes(segment_file(2));
  std::fill(second.begin() + segment_header_bytes, second.end(), std::byte{0});
  EXPECT_EQ(replayed(next_boot).changes.size(), first);
}

TEST_F(DamageSpec, WhatArrivedOfAFailedWriteDoesNotStandForWhatWasWrittenInItsPlace) {
  const auto journal = open();
  jobs.run_all();
  disk.writes_to_fail = 1;
  disk.failed_write_keeps = segment_bytes_min;
  journal->add(spent(1, 1).view());
  EXPECT_FALSE(journal->commit().ok());
  journal->add(spent(2, 2).view());
  ASSERT_TRUE(done(journal->commit()));
  spend(*journal, {3});
  std::vector<std::byte>& second = disk.bytes(segment_file(2));
  const auto at = second.begin() + segment_header_bytes;
  std::fill(at, at + frame_header_bytes, std::byte{0});
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1)) << "3 came after 2";
  EXPECT_TRUE(refused(replay(this_boot), FaultCode::data_damaged, "commit 1"));
}

TEST_F(DamageSpec, OfAHeaderAloneLosesNothing) {
  spend(*open(), {1, 2, 3});
  zero(0, segment_header_bytes);
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 2, 3));
}

TEST_F(DamageSpec, OfOneJournalIsNotMixedUpWithAnother) {
  spend(*open(1, 0), {1, 2});
  spend(*open(1, 1), {3});
  zero(frame(2) + 8, frame(3));
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 3));
}

TEST_F(DamageSpec, ASegmentUnderAnotherOnesNameIsRefused) {
  const auto journal = open();
  (void)fill_segment(*journal);
  disk.bytes(segment_file(2)) = disk.bytes(segment_file(1));
  EXPECT_TRUE(refused(replay(), FaultCode::data_damaged, "stand behind later ones"));
}

TEST_F(DamageSpec, APowerCutInMidPreparationLeavesNothingToComplainAbout) {
  (void)disk.create(segment_file(1), segment_bytes_min);
  (void)disk.create(segment_file(2), 0);
  std::vector<std::byte>& half = disk.bytes(segment_file(1));
  std::iota(reinterpret_cast<unsigned char*>(half.data()),
            reinterpret_cast<unsigned char*>(half.data()) + 60, static_cast<unsigned char>(1));
  EXPECT_THAT(replayed().changes, IsEmpty());
}

}  // namespace sluice::test
