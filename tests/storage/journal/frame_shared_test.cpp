// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/actors/tenant/shared_entry.hpp"
#include "tests/storage/journal/frames.hpp"

namespace sluice::test {

namespace {

constexpr TenantId consumer{1, 2};

SharedHourRow hour_row(std::uint64_t number) {
  return {consumer, shared_count(number).owner, shared_count(number).open};
}

OwnedChange with_hours(std::vector<SharedHourRow> rows) {
  OwnedChange change;
  change.tenant = consumer;
  change.closed_shared = std::move(rows);
  return change;
}

}  // namespace

TEST(FrameSharedSpec, ComesBackWithTheChangeThatItIsOf) {
  OwnedChange beside = spent(2, 6);
  beside.entries = {shared_entry(), reserved_under_a_grant()};
  beside.closed_shared = {hour_row(3)};
  beside.closed_shared[0].consumer = beside.tenant;
  const std::vector<OwnedChange> changes{spent(1, 5), with_hours({hour_row(1), hour_row(2)}),
                                         beside, spent(4, 7)};
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameSharedSpec, MakesNoSenseWithoutAGrantAnHourOrAnOwner) {
  const std::vector<std::byte> whole = frame_of({with_hours({hour_row(1)})});
  const std::size_t row_at = frame_header_bytes + change_header_bytes + shared_count_prefix_bytes;
  const auto without = [&](std::size_t at, std::size_t bytes) {
    std::vector<std::byte> frame = whole;
    std::fill_n(frame.begin() + static_cast<std::ptrdiff_t>(row_at + at), bytes, std::byte{0});
    reseal(frame);
    return changes_of(frame).has_value();
  };
  EXPECT_FALSE(without(0, 16)) << "a grant";
  EXPECT_FALSE(without(32, 16)) << "an owner";
  EXPECT_FALSE(without(48, 4)) << "an hour";
  EXPECT_TRUE(without(52, 24)) << "what was counted may be nothing";
}

}  // namespace sluice::test
