// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredCounters : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 3))));
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(2, 3))));
  }
  [[nodiscard]] std::vector<Counter> counters_of(std::uint64_t number) {
    return stored(tenant_id(number)).counters;
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredCounters, testing::ValuesIn(all_places()), name_of_kind);

TEST_P(StoredCounters, AreReadAsTheyWereWritten) {
  const std::vector rows{counter(1, 1, 5), counter(2, 3, 7), counter(1, 2, 0)};
  ASSERT_TRUE(done(store->save(batch(rows))));
  EXPECT_EQ(counters_of(1), (std::vector{rows[0].counter, rows[2].counter}));
  EXPECT_EQ(counters_of(2), std::vector{rows[1].counter});
}

TEST_P(StoredCounters, OutliveARestart) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  restart();
  EXPECT_EQ(counters_of(1), std::vector{counter(1, 1, 5).counter});
}

TEST_P(StoredCounters, AreSeenByEveryConnectionAtOnce) {
  ASSERT_TRUE(done(other->save(batch({counter(1, 1, 5)}))));
  EXPECT_EQ(counters_of(1), std::vector{counter(1, 1, 5).counter});
}

TEST_P(StoredCounters, AreAbsolute) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  EXPECT_EQ(counters_of(1).front().used, Amount{5}) << "writing twice is writing once";
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 4)}))));
  EXPECT_EQ(counters_of(1).front().used, Amount{4});
}

TEST_P(StoredCounters, LoseWhatIsNoLongerSo) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 50)}))));
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 0)}))));
  const Counter left = counters_of(1).front();
  EXPECT_EQ(left.over, Amount{});
  EXPECT_EQ(left.previous, Amount{});
  EXPECT_EQ(left.paced_until, WallTime{});
}

TEST_P(StoredCounters, HoldTheLastOfTwoRowsInOneList) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5), counter(1, 1, 9)}))));
  EXPECT_EQ(counters_of(1), std::vector{counter(1, 1, 9).counter});
}

TEST_P(StoredCounters, KeepEveryValueThatTheyMayHave) {
  std::vector rows{counter(1, 1, Amount::max_raw), counter(1, 2, 0), counter(1, 3, 0)};
  rows[0].counter.until = wall_time_never;
  rows[0].counter.fired = ThresholdMask{255};
  rows[0].counter.over = Amount::max();
  rows[0].counter.previous = Amount::max();
  rows[0].counter.paced_until = wall_time_never;
  rows[1].counter.until = WallTime::min();
  rows[1].counter.fired = ThresholdMask{0};
  rows[1].counter.paced_until = WallTime::min();
  rows[2].counter.until = WallTime{std::chrono::nanoseconds{1'700'000'000'123'456'789}};
  ASSERT_TRUE(done(store->save(batch(rows))));
  EXPECT_EQ(counters_of(1), (std::vector{rows[0].counter, rows[1].counter, rows[2].counter}));
}

TEST_P(StoredCounters, ArePassedOverIfTheirTenantIsGone) {
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5), counter(9, 1, 5), counter(2, 1, 7)}))));
  EXPECT_FALSE(is_stored(tenant_id(1)));
  EXPECT_EQ(counters_of(2), std::vector{counter(2, 1, 7).counter});
}

TEST_P(StoredCounters, ArePassedOverIfTheirLimitIsGone) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 4, 5), counter(1, 3, 7), counter(1, 0, 5)}))));
  EXPECT_EQ(counters_of(1), std::vector{counter(1, 3, 7).counter});
}

TEST_P(StoredCounters, OfATenantThatCameBackAreNotRevived) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 3))));
  EXPECT_TRUE(counters_of(1).empty());
}

TEST_P(StoredCounters, GoWithTheirLimitAndTheOthersStay) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5), counter(1, 2, 6), counter(1, 3, 7)}))));
  TenantDefinition definition = next(tenant_with_limits(1, 3));
  definition.limits.erase(definition.limits.begin() + 1);
  definition.limits.push_back(window_limit(4));
  ASSERT_TRUE(done(store->replace(deed(epoch), definition)));
  EXPECT_EQ(counters_of(1), (std::vector{counter(1, 1, 5).counter, counter(1, 3, 7).counter}));
}

TEST_P(StoredCounters, StayWhenTheirLimitIsEdited) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  TenantDefinition definition = next(tenant_with_limits(1, 3));
  definition.limits[0].rule = WindowRule{Amount{1}, Period::month};
  ASSERT_TRUE(done(store->replace(deed(epoch), definition)));
  EXPECT_EQ(counters_of(1), std::vector{counter(1, 1, 5).counter});
}

TEST_P(StoredCounters, StayWhenAReplacementIsRefused) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  TenantDefinition definition = next(next(tenant_with_limits(1, 3)));
  definition.limits.clear();
  EXPECT_TRUE(refused(store->replace(deed(epoch), definition), FaultCode::conflict, "version 1"));
  EXPECT_EQ(counters_of(1), std::vector{counter(1, 1, 5).counter});
}

TEST_P(StoredCounters, AreNothingToWriteWhenThereAreNone) {
  EXPECT_TRUE(store->save(batch({})).ok());
}

// A reader that looks while lists of counters are written must find all of them at the
// same value, the one before or the one after.
TEST_P(StoredCounters, OfOneListAreWrittenAllOrNone) {
  constexpr std::uint32_t limits = limits_per_tenant_max;
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(3, limits))));
  std::jthread writer{[this](const std::stop_token& stop) {
    for (std::uint64_t value = 1; !stop.stop_requested(); ++value) {
      std::vector<CounterRow> rows;
      for (std::uint32_t limit = 1; limit <= limits; ++limit) {
        rows.push_back(counter(3, limit, value));
      }
      ASSERT_TRUE(done(other->save(batch(rows))));
    }
  }};
  for (int look = 0; look < 200; ++look) {
    const std::vector<Counter> seen = counters_of(3);
    ASSERT_TRUE(seen.empty() || seen.size() == limits);
    for (const Counter& one : seen) {
      ASSERT_EQ(one.used, seen.front().used);
    }
  }
}

TEST_P(StoredCounters, OfTwoConnectionsAreAllWritten) {
  constexpr std::uint64_t rounds = 50;
  const auto write = [this](Store& connection, std::uint32_t limit) {
    for (std::uint64_t value = 1; value <= rounds; ++value) {
      ASSERT_TRUE(done(connection.save(batch({counter(1, limit, value)}))));
    }
  };
  {
    const std::jthread first{[&] { write(*store, 1); }};
    const std::jthread second{[&] { write(*other, 2); }};
  }
  EXPECT_EQ(counters_of(1),
            (std::vector{counter(1, 1, rounds).counter, counter(1, 2, rounds).counter}));
}

}  // namespace sluice::test
