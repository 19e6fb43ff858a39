// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/byte_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace sluice {
namespace {

void put(ByteQueue& queue, std::string_view text) {
  std::memcpy(queue.room(text.size()).data(), text.data(), text.size());
  queue.filled(text.size());
}

std::string text_of(const ByteQueue& queue) {
  const auto bytes = queue.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ByteQueueSpec, HoldsNoMemoryBeforeItIsUsed) {
  EXPECT_EQ(ByteQueue(1024, 1024).capacity(), 0U);
}

TEST(ByteQueueSpec, KeepsTheOrderWhenItMovesAndWhenItGrows) {
  ByteQueue queue{16, 64};
  put(queue, "0123456789abcdef");
  queue.take(10);
  put(queue, "ghij");
  EXPECT_EQ(queue.capacity(), 16U) << "there was room in front";
  put(queue, "klmnopqrstuvwxyz");
  EXPECT_EQ(text_of(queue), "abcdefghijklmnopqrstuvwxyz");
}

TEST(ByteQueueSpec, GrowsWithWhatIsInIt) {
  ByteQueue queue{16, 64};
  for (int i = 0; i < 1000; ++i) {
    put(queue, "x");
    ASSERT_LE(queue.capacity(), std::max<std::size_t>(16, 2 * queue.size()));
  }
}

TEST(ByteQueueSpec, LetsGoOfMoreThanItKeepsOnceItIsEmpty) {
  ByteQueue queue{16, 64};
  put(queue, std::string(65, 'x'));
  queue.take(64);
  EXPECT_EQ(text_of(queue), "x");
  queue.take(1);
  EXPECT_EQ(queue.capacity(), 0U);
  put(queue, "y");
  EXPECT_EQ(text_of(queue), "y");
}

TEST(ByteQueueSpec, KeepsWhatItGrewToUpToItsBound) {
  ByteQueue queue{16, 64};
  put(queue, std::string(64, 'x'));
  queue.take(64);
  EXPECT_EQ(queue.capacity(), 64U);
}

TEST(ByteQueueSpec, SteadyWorkUsesTheSameMemory) {
  ByteQueue queue{64, 64};
  put(queue, "x");
  const auto* memory = queue.bytes().data();
  for (int i = 0; i < 100; ++i) {
    queue.take(1);
    put(queue, "y");
  }
  EXPECT_EQ(queue.bytes().data(), memory);
}

}  // namespace
}  // namespace sluice
