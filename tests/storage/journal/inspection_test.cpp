// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/inspection.hpp"

#include <gmock/gmock.h>

#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class InspectionSpec : public JournalFixture {
protected:
  using State = SegmentReport::State;

  static std::size_t frame(std::size_t n) {
    return segment_header_bytes + (n - 1) * spent_frame_bytes;
  }
  void damage(std::size_t commit, std::uint64_t segment = 1) {
    disk.bytes(segment_file(segment))[frame(commit) + 60] ^= std::byte{1};
  }
  [[nodiscard]] std::vector<SegmentReport> reports() { return inspect(disk, this_boot).value(); }
  [[nodiscard]] std::vector<std::string> problems(const BootId& boot = this_boot) {
    return verify(disk, boot).value();
  }
  [[nodiscard]] std::vector<std::string> repaired(RepairMode mode = RepairMode::apply) {
    return repair(disk, this_boot, mode).value();
  }
};

TEST_F(InspectionSpec, TellsWhatIsInEachSegment) {
  const auto journal = open(1, 0);
  spend(*journal, {1, 2, 3});
  jobs.run_all();
  const std::vector<SegmentReport> found = reports();
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[0].file, segment_file(1));
  EXPECT_EQ(found[0].header->boot, this_boot);
  EXPECT_EQ(found[0].size, segment_bytes_min);
  EXPECT_EQ(found[0].used, frame(4));
  EXPECT_EQ(found[0].frames, 3);
  EXPECT_EQ(found[0].first, Sequence{1});
  EXPECT_EQ(found[0].last, Sequence{3});
  EXPECT_EQ(found[0].state, State::whole);
  EXPECT_EQ(found[1].frames, 0);
  EXPECT_EQ(found[1].state, State::whole);
}

TEST_F(InspectionSpec, TellsATornTailFromDamage) {
  spend(*open(), {1, 2, 3});
  damage(3);
  EXPECT_EQ(reports()[0].state, State::torn);
  EXPECT_EQ(reports()[0].offset, frame(3));
  EXPECT_THAT(problems(), IsEmpty());
  damage(3);
  damage(2);
  EXPECT_EQ(reports()[0].state, State::damaged);
  EXPECT_EQ(reports()[0].offset, frame(2));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("commit 2 of epoch 1")));
  EXPECT_THAT(problems(next_boot), IsEmpty()) << "a power cut may do this";
}

TEST_F(InspectionSpec, ReadsTheChangesOfADamagedSegmentToo) {
  spend(*open(), {1, 2, 3});
  damage(2);
  std::vector<std::uint64_t> sequences;
  ASSERT_TRUE(done(read_changes(disk, reports()[0].name, [&](const auto& at, const auto& change) {
    sequences.push_back(at.sequence.raw());
    EXPECT_EQ(change.counters.front().used.raw(), at.sequence.raw());
  })));
  EXPECT_THAT(sequences, ElementsAre(1, 3));
}

TEST_F(InspectionSpec, FindsAllDamageAtOnce) {
  spend(*open(), {1, 2, 3, 4, 5, 6});
  damage(2);
  damage(4);
  damage(5);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("commit 2"), HasSubstr("commits 4 to 5")));
}

TEST_F(InspectionSpec, OfAWholeJournalHasNothingToRepair) {
  spend(*open(), {1, 2, 3});
  EXPECT_THAT(repaired(), IsEmpty());
  EXPECT_THAT(disk.files(), ElementsAre(segment_file(1)));
}

TEST_F(InspectionSpec, RepairChangesNothingUntilItIsToApplyIt) {
  spend(*open(), {1, 2, 3});
  damage(2);
  const std::vector<std::byte> before = disk.bytes(segment_file(1));
  EXPECT_THAT(repaired(RepairMode::dry_run), ElementsAre(HasSubstr("commit 2 of epoch 1")));
  EXPECT_EQ(disk.bytes(segment_file(1)), before);
  EXPECT_EQ(disk.files().size(), 1);
}

TEST_F(InspectionSpec, RepairLosesOnlyWhatCannotBeReadAndKeepsTheOriginal) {
  spend(*open(), {1, 2, 3, 4, 5});
  damage(2);
  damage(4);
  const std::vector<std::byte> before = disk.bytes(segment_file(1));
  EXPECT_THAT(repaired(),
              ElementsAre(testing::AllOf(HasSubstr("commit 2"), HasSubstr("commit 4"))));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 3, 5));
  EXPECT_THAT(disk.files(), ElementsAre(segment_file(1), segment_file(1) + ".damaged-copy"));
  EXPECT_EQ(disk.bytes(segment_file(1) + ".damaged-copy"), before);
  disk.lose_power();
  EXPECT_THAT(replayed(next_boot).amounts(), ElementsAre(1, 3, 5));
}

TEST_F(InspectionSpec, RepairAcceptsThatASegmentIsMissing) {
  const auto journal = open();
  const std::uint64_t first = fill_segment(*journal) - 1;
  const std::uint64_t second = fill_segment(*journal);
  ASSERT_TRUE(done(disk.remove(segment_file(2))));
  EXPECT_THAT(repaired(), ElementsAre(HasSubstr("commits " + std::to_string(first + 1) + " to " +
                                                std::to_string(first + second))));
  EXPECT_EQ(replayed().changes.size(), first + 1);
}

TEST_F(InspectionSpec, RepairMendsAHeader) {
  spend(*open(), {1, 2, 3});
  damage(2);
  disk.bytes(segment_file(1))[3] ^= std::byte{1};
  EXPECT_THAT(repaired(), ElementsAre(HasSubstr("commit 2")));
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 3));
  EXPECT_TRUE(reports()[0].header);
}

TEST_F(InspectionSpec, RepairLeavesOutWhatStandsBehindLaterCommits) {
  const auto journal = open();
  const std::uint64_t first = fill_segment(*journal) - 1;
  disk.bytes(segment_file(2)) = disk.bytes(segment_file(1));
  EXPECT_THAT(repaired(), ElementsAre(HasSubstr("stand behind later ones")));
  EXPECT_EQ(replayed().changes.size(), first);
}

TEST_F(InspectionSpec, WhatWasRepairedDoesNotExcuseDamageThatComesLater) {
  spend(*open(), {1, 2, 3, 4});
  damage(3);
  ASSERT_EQ(repaired().size(), 1);
  damage(2);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("commit 2 of")));
  EXPECT_THAT(repaired(), ElementsAre(HasSubstr("commit 2 of")));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(replayed().amounts(), ElementsAre(1, 4));
}

TEST_F(InspectionSpec, RepairOverwritesNoCopyOfAnEarlierOne) {
  spend(*open(), {1, 2, 3, 4});
  damage(2);
  ASSERT_EQ(repaired().size(), 1);
  const std::vector<std::byte> copy = disk.bytes(segment_file(1) + ".damaged-copy");
  disk.bytes(segment_file(1))[segment_header_bytes + 50] ^= std::byte{1};
  ASSERT_EQ(repaired().size(), 1);
  EXPECT_EQ(disk.bytes(segment_file(1) + ".damaged-copy"), copy);
  EXPECT_EQ(disk.files().back(), segment_file(1) + ".damaged-copy-2");
  EXPECT_THAT(replayed().amounts(), ElementsAre(3, 4));
}

TEST_F(InspectionSpec, RepairThatFindsNoSpaceLeavesTheSegmentAsItWas) {
  spend(*open(), {1, 2, 3});
  damage(2);
  const std::vector<std::byte> before = disk.bytes(segment_file(1));
  disk.bytes_max = disk.bytes_used();
  EXPECT_TRUE(refused(repair(disk, this_boot, RepairMode::apply), FaultCode::unavailable,
                      "No space left on device"));
  EXPECT_EQ(disk.bytes(segment_file(1)), before);
  EXPECT_EQ(disk.files().size(), 1);
}

}  // namespace sluice::test
