// SPDX-License-Identifier: Apache-2.0
// What a check took, in the bytes of its answer.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"

namespace sluice {
namespace {

using TakenBytes = std::vector<std::byte>;

TakenBytes bytes_of_taken(const Entry& entry) {
  TakenBytes bytes;
  encode_entry(entry, bytes);
  return bytes;
}

Entry bare_check() {
  Entry entry;
  entry.id = EntryId{0, 1};
  entry.first.outcome = Outcome::allowed;
  entry.charges = {{MeterId{1}, Amount{8}, Amount{8}}};
  return entry;
}

Entry taken_by_two() {
  Entry entry = bare_check();
  entry.counted = {LimitId{1}, LimitId{0xA1B2C3D4}};
  return entry;
}

Entry given_back_again() {
  Entry entry = taken_by_two();
  entry.given_back = Amount{0};
  return entry;
}

/// With as much as there may be of everything.
Entry largest_check() {
  Entry entry = bare_check();
  entry.charges.clear();
  for (std::size_t i = 1; i <= charges_per_check_max; ++i) {
    entry.charges.push_back({MeterId{static_cast<std::uint16_t>(i)}, Amount::max(), Amount{i}});
  }
  entry.labels.assign(labels_per_check_max, {std::string(label_name_bytes_max, 'n'),
                                             std::string(label_value_bytes_max, 'v')});
  entry.first.has_reading = true;
  entry.first.reading.size = Amount::max();
  entry.first.retry_after = Duration::max();
  entry.first.sharing = share_verdict_last;
  for (std::uint32_t limit = 1; limit <= limits_per_tenant_max; ++limit) {
    entry.first.would_deny.add(LimitId{limit});
    entry.counted.push_back(LimitId{limit});
  }
  entry.given_back = Amount::max();
  return entry;
}

TEST(EntryBytesTakenSpec, GiveBackWhatACheckTook) {
  Entry nothing_counted = bare_check();
  nothing_counted.given_back = Amount{8};
  for (const Entry& entry :
       {taken_by_two(), given_back_again(), nothing_counted, largest_check()}) {
    const TakenBytes bytes = bytes_of_taken(entry);
    EXPECT_EQ(bytes.front(), std::byte{6}) << "its form";
    EXPECT_EQ(encoded_entry_bytes(entry), bytes.size());
    EXPECT_LE(bytes.size(), entry_bytes_max);
    EXPECT_EQ(decode_entry(bytes), entry);
  }
}

TEST(EntryBytesTakenSpec, AreOfAnEarlierFormIfNothingWasTaken) {
  Entry entry = bare_check();
  EXPECT_EQ(bytes_of_taken(entry).front(), std::byte{3});
  entry.first.sharing = share_verdict_last;
  EXPECT_EQ(bytes_of_taken(entry).front(), std::byte{4});
}

TEST(EntryBytesTakenSpec, ThatAreCutOffAreNoEntry) {
  const TakenBytes bytes = bytes_of_taken(largest_check());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_entry(std::span{bytes}.first(size))) << size;
  }
}

TEST(EntryBytesTakenSpec, WhateverOneByteIsThereIsOneFormForEachEntry) {
  const TakenBytes bytes = bytes_of_taken(given_back_again());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      TakenBytes damaged = bytes;
      damaged[at] = static_cast<std::byte>(value);
      const auto entry = decode_entry(damaged);
      if (entry && damaged.front() >= std::byte{3}) {
        EXPECT_EQ(bytes_of_taken(*entry), damaged) << at;
      }
    }
  }
}

TEST(EntryBytesTakenSpec, ThatNobodyWritesAreNoEntry) {
  TakenBytes bytes = bytes_of_taken(given_back_again());
  bytes[17] = static_cast<std::byte>(EntryState::held);
  EXPECT_FALSE(decode_entry(bytes)) << "only a check took something";
}

}  // namespace
}  // namespace sluice
