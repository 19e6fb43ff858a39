// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/frame.hpp"

#include <capnp/serialize.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "tests/protocol/transport/messages.hpp"

namespace sluice {
namespace {

using ::testing::HasSubstr;

std::vector<std::byte> bytes_of(std::vector<std::uint32_t> numbers) {
  std::vector<std::byte> bytes(numbers.size() * sizeof(std::uint32_t));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

constexpr std::size_t bound = 1 << 20;

TEST(FrameSpec, IsWhatCapnProtoItselfWrites) {
  for (const unsigned segments : {1U, 2U, 3U, 10U}) {
    auto message = message_of_segments(segments);
    const auto expected = capnp::messageToFlatArray(*message);
    const auto frame = frame_of(*message);
    ASSERT_EQ(frame.size(), expected.asBytes().size());
    EXPECT_EQ(std::memcmp(frame.data(), expected.begin(), frame.size()), 0);
  }
}

TEST(FrameSpec, SaysNothingUntilItsTableIsComplete) {
  const auto frame = frame_of(*message_of_segments(4));
  const std::span<const std::byte> bytes{frame};
  for (std::size_t length = 0; length < 24; ++length) {
    EXPECT_EQ(read_frame_head(bytes.first(length), bound).frame_bytes, 0U) << length;
  }
  EXPECT_EQ(read_frame_head(bytes.first(24), bound).frame_bytes, frame.size());
}

TEST(FrameSpec, TakesAMessageOfExactlyTheBoundAndRefusesOneWordMore) {
  const auto frame = frame_of(*message_of_segments(1));
  EXPECT_EQ(read_frame_head(frame, frame.size()).problem, "");
  EXPECT_THAT(read_frame_head(frame, frame.size() - 1).problem, HasSubstr("frame_bytes_max"));
}

TEST(FrameSpec, RefusesSizesWhoseSumWouldOverflowThirtyTwoBits) {
  const auto head = bytes_of({1, 0xffff'ffff, 0xffff'ffff, 0});
  EXPECT_THAT(read_frame_head(head, bound).problem, HasSubstr("frame_bytes_max"));
}

TEST(FrameSpec, RefusesMoreThan511SegmentsBeforeTheirSizesHaveArrived) {
  EXPECT_EQ(read_frame_head(bytes_of({510, 1}), bound).problem, "");
  EXPECT_THAT(read_frame_head(bytes_of({511, 1}), bound).problem, HasSubstr("512 segments"));
  EXPECT_THAT(read_frame_head(bytes_of({0xffff'ffff, 1}), bound).problem, HasSubstr("segments"));
}

TEST(FrameSpec, RefusesAMessageWithoutContent) {
  EXPECT_THAT(read_frame_head(bytes_of({0, 0}), bound).problem, HasSubstr("without content"));
}

TEST(FrameSpec, ACopyReadsLikeTheOriginal) {
  const auto frame = frame_of(*message_of_segments(10));
  auto copy = copy_frame(frame, {});
  EXPECT_EQ(copy->getRoot<wire::TenantPage>().getTenants().size(), 9U);
}

}  // namespace
}  // namespace sluice
