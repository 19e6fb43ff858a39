// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/storage/journal/frames.hpp"

namespace sluice::test {

namespace {

ThresholdCrossed crossing(TenantId tenant, std::uint8_t percent) {
  return {
      tenant,      LimitId{4},      MeterId{2},    Percent{percent},      Amount{Amount::max_raw},
      Amount{100}, wall_time_never, EntryId{5, 6}, WallTime{Duration{-7}}};
}

OwnedChange crossed(std::size_t count) {
  OwnedChange change;
  change.tenant = {1, 2};
  for (std::size_t i = 0; i < count; ++i) {
    change.crossed.push_back(crossing(change.tenant, static_cast<std::uint8_t>(1 + i % 100)));
  }
  return change;
}

}  // namespace

TEST(FrameCrossingSpec, ComesBackWithTheChangeThatItIsOf) {
  OwnedChange beside = reserved(2, 6);
  beside.crossed = {crossing(beside.tenant, 80)};
  const std::vector<OwnedChange> changes{spent(1, 5), crossed(2), beside, spent(4, 7)};
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameCrossingSpec, HasRoomForEveryThresholdOfATenant) {
  const std::vector<OwnedChange> changes{crossed(crossings_per_decision_max)};
  EXPECT_LE(encoded_bytes(changes[0].view()), change_bytes_max);
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameCrossingSpec, MakesNoSenseWithoutALimitOrInAnotherNumber) {
  const std::vector<std::byte> whole = frame_of({crossed(1)});
  const std::size_t count_at = frame_header_bytes + change_header_bytes;
  for (const std::size_t at : {count_at, count_at + crossing_count_bytes}) {
    std::vector<std::byte> frame = whole;
    frame[at] = std::byte{0};
    reseal(frame);
    EXPECT_FALSE(changes_of(frame)) << at;
  }
}

}  // namespace sluice::test
