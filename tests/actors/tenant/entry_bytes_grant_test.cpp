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
