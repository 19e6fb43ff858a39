// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"
#include "tests/actors/tenant/shared_entry.hpp"

namespace sluice {
namespace {

std::vector<std::byte> bytes_of_entry(const Entry& entry) {
  std::vector<std::byte> bytes;
  encode_entry(entry, bytes);
  return bytes;
}

bool is_refused(std::vector<std::byte> bytes, std::size_t at, std::byte value) {
  bytes.at(at) = value;
  return !decode_entry(bytes);
}

/// From its end: what a count has behind the number of its parts.
constexpr std::size_t count_bytes = 93;

}  // namespace

TEST(EntryBytesOfSharingSpec, ComeBackAsTheyWere) {
  for (const Entry& entry : {shared_entry(), reserved_under_a_grant()}) {
    const std::vector<std::byte> bytes = bytes_of_entry(entry);
    EXPECT_EQ(bytes.size(), encoded_entry_bytes(entry));
    const auto back = decode_entry(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, entry);
  }
  EXPECT_LE(bytes_of_entry(shared_entry()).size(), shared_entry_bytes_max);
}

TEST(EntryBytesOfSharingSpec, AreOfTheFormOfBeforeWhereThereIsNothingOfSharing) {
  EXPECT_EQ(bytes_of_entry(Entry{.id = {1, 2}})[0], std::byte{3});
  EXPECT_EQ(bytes_of_entry(shared_entry())[0], std::byte{4});
}

TEST(EntryBytesOfSharingSpec, AreRefusedIfTheyAreCutOrGoOn) {
  std::vector<std::byte> bytes = bytes_of_entry(shared_entry());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_entry(std::span{bytes}.first(size))) << size;
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(decode_entry(bytes));
}

TEST(EntryBytesOfSharingSpec, AreRefusedWithPartsThatThereAreNot) {
  const std::vector<std::byte> bytes = bytes_of_entry(shared_entry());
  const std::size_t parts_at = bytes.size() - count_bytes - 1;
  ASSERT_EQ(bytes[parts_at], std::byte{1});
  for (const unsigned parts : {0U, 2U, 3U, 4U, 5U, 8U, 255U}) {
    EXPECT_TRUE(is_refused(bytes, parts_at, static_cast<std::byte>(parts))) << parts;
  }
}

TEST(EntryBytesOfSharingSpec, AreRefusedInAFormThatHadNothingOfIt) {
  EXPECT_TRUE(is_refused(bytes_of_entry(shared_entry()), 0, std::byte{3}));
  EXPECT_TRUE(is_refused(bytes_of_entry(reserved_under_a_grant()), 0, std::byte{3}));
}

TEST(EntryBytesOfSharingSpec, AreRefusedWithAPeriodOrAmountThatThereIsNot) {
  const std::vector<std::byte> bytes = bytes_of_entry(shared_entry());
  EXPECT_TRUE(is_refused(bytes, bytes.size() - 17, std::byte{3})) << "a period";
  EXPECT_TRUE(is_refused(bytes, bytes.size() - 1, std::byte{0x80})) << "units of the period";
}

}  // namespace sluice
