// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/entry_bytes.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/actors/tenant/granted_entry.hpp"

namespace sluice {
namespace {

std::vector<std::byte> bytes_of(const Entry& entry) {
  std::vector<std::byte> bytes;
  encode_entry(entry, bytes);
  return bytes;
}

// Where things stand in the bytes of a grant that recurs, from the start of the entry and from that
// of the grant, which is the last of it.
constexpr std::size_t state_at = 17;
constexpr std::size_t grant_bytes = 89;
constexpr std::size_t amount_at = 4;
constexpr std::size_t recurs_at = 29;
constexpr std::size_t rollover_min_at = 41;
constexpr std::size_t rollover_max_at = 49;
constexpr std::size_t balance_at = 65;
constexpr std::size_t paid_at = 73;
constexpr std::size_t told_at = 81;

bool is_refused_with(std::vector<std::byte> bytes, std::size_t at, unsigned value) {
  bytes.at(at) = std::byte(value);
  return !decode_entry(bytes);
}

TEST(EntryBytesSpec, OfAGrantSayItsIdDigestAndTimeOnce) {
  const Entry entry = granted();
  const auto read = decode_entry(bytes_of(entry));
  ASSERT_TRUE(read && read->grant);
  EXPECT_EQ(read->grant->id, entry.id);
  EXPECT_EQ(read->grant->digest, entry.digest);
  EXPECT_EQ(read->grant->given_at, entry.begun);
}

TEST(EntryBytesDeathTest, OfAGrantThatIsAnotherThanItsEntrySaysAreABug) {
  const auto dies = [](auto change) {
    Entry entry = granted();
    change(entry);
    EXPECT_DEATH((void)bytes_of(entry), "invariant_broken");
  };
  dies([](Entry& entry) { entry.grant->id = EntryId{0, 2}; });
  dies([](Entry& entry) { ++entry.grant->digest; });
  dies([](Entry& entry) { entry.grant->given_at += Duration{1}; });
  dies([](Entry& entry) { entry.state = EntryState::answered; });
  dies([](Entry& entry) { entry.grant.reset(); });
}

TEST(EntryBytesSpec, OfAGrantAreRefusedInAnotherState) {
  const std::vector<std::byte> bytes = bytes_of(granted());
  for (unsigned state = 0; state < 256; ++state) {
    if (state != static_cast<unsigned>(EntryState::granted)) {
      EXPECT_TRUE(is_refused_with(bytes, state_at, state)) << state;
    }
  }
}

TEST(EntryBytesSpec, OfAGrantWithAnAmountAboveTheLargestAreRefused) {
  const std::vector<std::byte> bytes = bytes_of(granted());
  const std::size_t grant_at = bytes.size() - grant_bytes;
  for (const std::size_t at :
       {amount_at, rollover_min_at, rollover_max_at, balance_at, paid_at, told_at}) {
    EXPECT_TRUE(is_refused_with(bytes, grant_at + at + 7, 0x80)) << at;
  }
}

TEST(EntryBytesSpec, OfAGrantThatNeitherRecursNorNotAreRefused) {
  const std::vector<std::byte> bytes = bytes_of(granted());
  const std::size_t at = bytes.size() - grant_bytes + recurs_at;
  ASSERT_EQ(bytes[at], std::byte{1});
  for (unsigned value = 2; value < 256; ++value) {
    EXPECT_TRUE(is_refused_with(bytes, at, value)) << value;
  }
}

TEST(EntryBytesSpec, OfAGrantThatCannotBeAreRefused) {
  const auto refuses = [](auto change) {
    Entry entry = granted();
    change(*entry.grant);
    return !decode_entry(bytes_of(entry));
  };
  EXPECT_TRUE(refuses([](Grant& grant) { grant.limit = LimitId{}; }));
  EXPECT_TRUE(refuses([](Grant& grant) { grant.terms.amount = Amount{}; }));
  EXPECT_TRUE(refuses([](Grant& grant) { grant.terms.recurrence->period = Period::minute; }));
  EXPECT_TRUE(refuses([](Grant& grant) { grant.terms.recurrence->period = Period::never; }));
  EXPECT_TRUE(refuses([](Grant& grant) { grant.terms.recurrence->every = 0; }));
  EXPECT_TRUE(
      refuses([](Grant& grant) { grant.terms.recurrence->every = recurrence_every_max + 1; }));
  EXPECT_TRUE(refuses([](Grant& grant) { grant.terms.rollover = {Amount{2}, Amount{1}}; }));
  EXPECT_TRUE(refuses([](Grant& grant) { grant.told = Amount{31}; }));
}

}  // namespace
}  // namespace sluice
