// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/slice_table.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/protocol/client/stand_in.hpp"

namespace sluice::client {
namespace {

using namespace std::chrono_literals;

constexpr MeterId meter{1};
constexpr auto start = 100s;

/// A table of two places, and the rounds of whoever looks after them.
class SliceTableSpec : public ::testing::Test {
protected:
  Slice* find(std::uint64_t number, Slice::Now now = start) {
    return table.find(tenant(number), meter, now);
  }
  /// Asks twice, which is worth a place if there is one.
  Slice* hot(std::uint64_t number, Slice::Now now = start) {
    (void)find(number, now);
    return find(number, now);
  }
  /// Nobody leases anything here: a slice is over when nobody wanted any of it.
  void round() {
    table.each_round([](Slice& slice) {
      const bool is_over = slice.try_begin() && slice.is_forgotten();
      if (!is_over) {
        slice.end();
      }
      return is_over;
    });
  }

  SliceTable table{2, {Amount{64}, Amount{1000}, 10s}};
};

TEST_F(SliceTableSpec, APairHasAPlaceOnceItIsAskedAboutAgain) {
  EXPECT_EQ(find(1), nullptr);
  Slice* const slice = find(1);
  ASSERT_NE(slice, nullptr);
  EXPECT_EQ(slice->tenant, tenant(1));
  EXPECT_EQ(find(1), slice);
}

TEST_F(SliceTableSpec, AskedAboutOnceInALongWhileItHasNone) {
  for (int times = 0; times < 5; ++times) {
    EXPECT_EQ(find(1, start + times * 13s), nullptr);
  }
}

TEST_F(SliceTableSpec, TenantsAndMetersArePairs) {
  Slice* const slice = hot(1);
  (void)table.find(tenant(1), MeterId{2}, start);
  Slice* const other = table.find(tenant(1), MeterId{2}, start);
  ASSERT_NE(other, nullptr);
  EXPECT_NE(other, slice);
  EXPECT_EQ(other->meter, MeterId{2});
}

TEST_F(SliceTableSpec, ThereAreSoManyPlaces) {
  ASSERT_NE(hot(1), nullptr);
  ASSERT_NE(hot(2), nullptr);
  EXPECT_EQ(hot(3), nullptr);
  EXPECT_NE(find(1), nullptr);
}

TEST_F(SliceTableSpec, ThoseThatNobodyAsksAboutAnyMoreMakeWay) {
  hot(1);
  Slice* const kept = hot(2);
  for (int rounds = 0; rounds < 3; ++rounds) {
    kept->note_asked();
    round();
  }
  EXPECT_NE(hot(3), nullptr) << "in the place of the first";
  EXPECT_EQ(find(2), kept);
  EXPECT_EQ(hot(1), nullptr);
}

TEST_F(SliceTableSpec, ManyThatComeOnceTakeNoPlaceFromOneThatComesOften) {
  for (std::uint64_t number = 100; number < 400; ++number) {
    (void)find(number);
  }
  EXPECT_NE(hot(1), nullptr);
}

TEST_F(SliceTableSpec, AReaderKeepsWhatItFoundUntilItLeaves) {
  {
    const auto reading = table.read();
    Slice* const found = hot(1);
    hot(2);
    round();
    round();
    EXPECT_NE(find(1), found);
    EXPECT_FALSE(found->take(start, 1).all) << "there is nothing to be had of it any more";
    EXPECT_FALSE(found->try_begin_to_ask(start));
    EXPECT_EQ(hot(3), nullptr) << "its place is not free yet";
  }
  round();
  EXPECT_NE(hot(3), nullptr);
}

TEST_F(SliceTableSpec, ManyThreadsFindWhileOthersAreRetired) {
  std::atomic<bool> is_over{false};
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint64_t first = 0; first < 3; ++first) {
    threads.emplace_back([&, first] {
      for (std::uint64_t times = 0; !is_over; ++times) {
        const TenantId of = tenant(first + times / 8 % 5);
        const auto reading = table.read();
        const Slice* const slice = table.find(of, meter, start);
        wrong += slice != nullptr && slice->tenant != of ? 1U : 0U;
      }
    });
  }
  for (int rounds = 0; rounds < 2'000; ++rounds) {
    round();
  }
  is_over = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace sluice::client
