// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/due_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace sluice {
namespace {

DueHeap::Item item(DueHeap::Number number, std::int64_t due) {
  return {Instant{Duration{due}}, EntryId{1, number}, number};
}

TEST(DueHeapSpec, OfThoseDueTogetherTheLowestIdIsFirst) {
  DueHeap heap;
  heap.add(item(2, 5));
  heap.add(item(1, 5));
  EXPECT_EQ(heap.first().number, 1U);
}

TEST(DueHeapSpec, IsVisitedInOrderUntilThatIsEnough) {
  DueHeap heap;
  for (const DueHeap::Number number : {4U, 1U, 3U, 2U, 5U}) {
    heap.add(item(number, number));
  }
  std::vector<DueHeap::Number> visited;
  heap.visit<4>([&](const DueHeap::Item& one) {
    visited.push_back(one.number);
    return one.number < 3;
  });
  EXPECT_EQ(visited, (std::vector<DueHeap::Number>{1, 2, 3}));
}

TEST(DueHeapSpec, TheFirstIsFirstWhateverWasTakenOut) {
  DueHeap heap;
  std::set<std::tuple<Instant, EntryId, DueHeap::Number>> model;
  std::mt19937 random{11};
  for (int step = 0; step < 20'000; ++step) {
    const auto number = static_cast<DueHeap::Number>(random() % 200);
    const auto same = std::find_if(model.begin(), model.end(), [number](const auto& one) {
      return std::get<DueHeap::Number>(one) == number;
    });
    if (same != model.end()) {
      model.erase(same);
      heap.erase(number);
    } else {
      const DueHeap::Item added = item(number, static_cast<std::int64_t>(random() % 50));
      model.insert({added.due, added.id, added.number});
      heap.add(added);
    }
    ASSERT_EQ(heap.size(), model.size());
    if (!model.empty()) {
      ASSERT_EQ(heap.first().number, std::get<DueHeap::Number>(*model.begin()));
    }
    auto next = model.begin();
    heap.visit<7>([&](const DueHeap::Item& visited) {
      EXPECT_EQ(visited.number, std::get<DueHeap::Number>(*next++));
      return true;
    });
    ASSERT_EQ(std::distance(model.begin(), next), std::min<std::ptrdiff_t>(7, std::ssize(model)));
  }
}

}  // namespace
}  // namespace sluice
