// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>

#include "actors/tenant/answer_bytes.hpp"
#include "actors/tenant/entry_bytes.hpp"
#include "tests/storage/journal/frames.hpp"

namespace sluice::test {

namespace {

constexpr std::size_t flags_at = frame_header_bytes + 2;

/// A change that has nothing but these entries.
OwnedChange only(const std::vector<Entry>& entries) {
  OwnedChange change;
  change.tenant = TenantId{1, 2};
  change.entries = entries;
  return change;
}

// Where things stand in the frame of such a change.
constexpr std::size_t count_at = frame_header_bytes + change_header_bytes;
constexpr std::size_t length_at = count_at + entry_count_bytes;
constexpr std::size_t entry_at = length_at + entry_length_bytes;

void write(std::vector<std::byte>& frame, std::size_t at, std::size_t number) {
  const auto narrow = static_cast<std::uint16_t>(number);
  std::memcpy(frame.data() + at, &narrow, sizeof narrow);
}

/// Whether the frame is accepted once its checksum is right.
bool makes_sense(std::vector<std::byte> frame) {
  reseal(frame);
  EXPECT_TRUE(frame_at(frame));
  return changes_of(frame).has_value();
}

}  // namespace

TEST(FrameEntriesSpec, ComeBackWithTheChangeThatTheyAreOf) {
  const std::vector<OwnedChange> changes{spent(1, 5), reserved(2, 6), only({bare_answer(3)}),
                                         spent(4, 7)};
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameEntriesSpec, ComeBackWithTheirLabelsAndCounters) {
  const std::vector<OwnedChange> changes{only({lease(1), counting(2), reservation(3)}),
                                         only({counting(4), lease(5)})};
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameEntriesSpec, ComeBackAsGrantsBesideWhatThesePaid) {
  OwnedChange change = only({grant(1), counting(2), grant(3)});
  change.closed_windows = {payment(7), overspent(1, 50).closed_windows.front(), payment(8)};
  const std::vector<OwnedChange> changes{change, spent(1, 5), only({grant(4)})};
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameEntriesSpec, ComeBackFromBytesOfTheirFirstForm) {
  std::vector<std::byte> frame = frame_of({only({reservation(1)})});
  const std::size_t length = encoded_entry_bytes(reservation(1));
  frame[entry_at] = std::byte{1};
  write(frame, length_at, length - 1);
  frame.resize(aligned(entry_at + length - 1));
  reseal(frame);
  EXPECT_EQ(changes_of(frame), std::vector{only({reservation(1)})});
}

TEST(FrameEntriesSpec, ComeBackAlsoOfATenantThatWasRemoved) {
  OwnedChange change = only({reservation(1)});
  change.removed = true;
  EXPECT_EQ(changes_of(frame_of({change})), std::vector{change});
}

TEST(FrameEntriesSpec, TakeNoBytesOfAChangeThatHasNone) {
  const OwnedChange without = spent(1, 5);
  OwnedChange with = without;
  with.entries = {bare_answer(1)};
  EXPECT_EQ(encoded_bytes(with.view()), encoded_bytes(without.view()) + entry_count_bytes +
                                            entry_length_bytes +
                                            encoded_entry_bytes(bare_answer(1)));
  EXPECT_EQ(frame_of({without})[flags_at], std::byte{0});
  EXPECT_EQ(frame_of({with})[flags_at], std::byte{2});
}

TEST(FrameEntriesSpec, MayBeAsManyAsTheBoundOfAChangeAllows) {
  OwnedChange change = only({});
  while (encoded_bytes(change.view()) + entry_length_bytes + entry_bytes_max <= change_bytes_max) {
    change.entries.push_back(reservation(change.entries.size() + 1));
  }
  EXPECT_GT(change.entries.size(), change_bytes_max / (entry_length_bytes + entry_bytes_max));
  EXPECT_EQ(changes_of(frame_of({change})), std::vector{change});
}

TEST(FrameEntriesSpec, ThatAreSaidToBeThereAndAreNotAreRefused) {
  std::vector<std::byte> frame = frame_of({spent(1, 5)});
  frame[flags_at] = std::byte{2};
  EXPECT_FALSE(makes_sense(frame)) << "nothing stands behind";
  frame.resize(frame.size() + frame_alignment);
  EXPECT_FALSE(makes_sense(frame)) << "zero of them";
}

TEST(FrameEntriesSpec, ThatAreThereAndNotSaidToBeAreRefused) {
  std::vector<std::byte> frame = frame_of({reserved(1, 5)});
  frame[flags_at] = std::byte{0};
  EXPECT_FALSE(makes_sense(frame));
}

TEST(FrameEntriesSpec, OfAnotherNumberAreRefused) {
  for (const std::size_t count : {0U, 1U, 3U, 0xFFFFU}) {
    std::vector<std::byte> frame = frame_of({only({reservation(1), bare_answer(2)})});
    ASSERT_EQ(frame[count_at], std::byte{2});
    write(frame, count_at, count);
    EXPECT_FALSE(makes_sense(frame)) << count;
  }
}

TEST(FrameEntriesSpec, OfAnotherLengthAreRefused) {
  const std::size_t length = encoded_entry_bytes(reservation(1));
  for (const std::size_t other : {std::size_t{0}, length - 1, length + 1, std::size_t{0xFFFF}}) {
    std::vector<std::byte> frame = frame_of({only({reservation(1), bare_answer(2)})});
    write(frame, length_at, other);
    EXPECT_FALSE(makes_sense(frame)) << other;
  }
}

TEST(FrameEntriesSpec, ThatMakeNoSenseThemselvesAreRefused) {
  constexpr std::size_t state_at = entry_at + 17;
  for (const std::size_t at : {entry_at, state_at}) {
    std::vector<std::byte> frame = frame_of({only({reservation(1)})});
    frame[at] = std::byte{0xFF};
    EXPECT_FALSE(makes_sense(frame)) << at;
  }
}

TEST(FrameEntriesSpec, ThatArePagesOfAStoreAreRefused) {
  Entry page{.id = EntryId{reserved_id_high, 1}};
  append_answer(bare_answer(1), page.page);
  EXPECT_FALSE(makes_sense(frame_of({only({page})})));
}

TEST(FrameEntriesSpec, WithAnyBitChangedAreRefusedOrAreOtherChanges) {
  const std::vector<OwnedChange> changes{reserved(1, 5),
                                         only({bare_answer(2), lease(3), counting(4), grant(5)})};
  std::vector<std::byte> frame = frame_of(changes);
  for (std::size_t bit = 8 * frame_header_bytes; bit < 8 * frame.size(); ++bit) {
    frame[bit / 8] ^= std::byte{1} << bit % 8;
    reseal(frame);
    const auto others = changes_of(frame);
    if (others && *others == changes) {
      ASSERT_EQ(frame[bit / 8], std::byte{2}) << "an older form, which has it in the same way";
    } else if (others) {
      std::vector<std::byte> again = frame_of(*others);
      reseal(again);
      ASSERT_EQ(again, frame) << "bit " << bit;
    }
    frame[bit / 8] ^= std::byte{1} << bit % 8;
  }
}

TEST(FrameEntriesSpec, AreTheLastThatAChangeMaySayThatItHas) {
  for (unsigned flags = 4; flags < 256; flags *= 2) {
    std::vector<std::byte> frame = frame_of({spent(1, 5)});
    frame[flags_at] = std::byte(flags);
    EXPECT_FALSE(makes_sense(frame)) << flags;
  }
}

TEST(FrameEntriesSpec, OfOneChangeAreNotToldOfTheNext) {
  const std::vector<std::byte> bytes = frame_of({reserved(1, 5), spent(2, 6)});
  const std::optional<Frame> frame = frame_at(bytes);
  ChangeReader reader;
  reader.start(*frame);
  EXPECT_EQ(reader.next()->entries.size(), 2U);
  EXPECT_TRUE(reader.next()->entries.empty());
}

}  // namespace sluice::test
