// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/hash_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sluice {
namespace {

/// Things are numbers, found by a hash that many of them share.
struct Things {
  HashIndex index;
  std::map<HashIndex::Place, std::uint64_t> there;

  static std::uint64_t hash_of(std::uint64_t thing) { return thing % 97; }
  [[nodiscard]] HashIndex::Place find(std::uint64_t thing) const {
    return index.find(hash_of(thing),
                      [&](HashIndex::Place place) { return there.at(place) == thing; });
  }
};

TEST(HashIndexSpec, KnowsNothingAtFirst) {
  EXPECT_EQ(Things{}.find(1), HashIndex::no_place);
}

TEST(HashIndexSpec, ThingsWithOneHashAreToldApart) {
  Things things;
  things.there = {{1, 100}, {2, 197}};
  things.index.add(Things::hash_of(100), 1);
  things.index.add(Things::hash_of(197), 2);
  EXPECT_EQ(things.find(100), 1U);
  EXPECT_EQ(things.find(197), 2U);
  EXPECT_EQ(things.find(294), HashIndex::no_place);
}

TEST(HashIndexSpec, WhatMovesIsFoundWhereItIs) {
  Things things;
  things.there = {{9, 100}};
  things.index.add(Things::hash_of(100), 1);
  things.index.move(Things::hash_of(100), 1, 9);
  EXPECT_EQ(things.find(100), 9U);
}

TEST(HashIndexSpec, FindsWhatIsThereWhateverWasErased) {
  Things things;
  std::map<std::uint64_t, HashIndex::Place> places;
  std::mt19937 random{7};
  for (HashIndex::Place next = 0; next < 20'000; ++next) {
    const std::uint64_t thing = random() % 1'000;
    if (const auto found = places.find(thing); found != places.end()) {
      things.index.erase(Things::hash_of(thing), found->second);
      things.there.erase(found->second);
      places.erase(found);
    } else {
      things.there[next] = thing;
      things.index.add(Things::hash_of(thing), next);
      places[thing] = next;
    }
    const std::uint64_t other = random() % 1'000;
    const auto expected = places.find(other);
    ASSERT_EQ(things.find(other),
              expected == places.end() ? HashIndex::no_place : expected->second);
  }
  EXPECT_EQ(things.index.size(), places.size());
}

}  // namespace
}  // namespace sluice
