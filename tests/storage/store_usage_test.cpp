// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t a_day = 20'000 * 24 * 60;  // Midnight of 2024-10-04, in minutes.

UsageRow bucket(std::uint64_t tenant_number, std::uint16_t meter, std::uint32_t minute,
                std::uint64_t used) {
  return {tenant_id(tenant_number),
          {MeterId{meter}, Minute{minute}, Amount{used}, static_cast<std::uint32_t>(used), 2, 3,
           Amount{4}}};
}

/// The point that these buckets add up to.
UsagePoint point(std::uint16_t meter, std::uint32_t start_minute, std::uint64_t used,
                 std::uint64_t buckets = 1) {
  return {MeterId{meter},     start_of(Minute{start_minute}),
          Amount{used},       used,
          2 * buckets,        3 * buckets,
          Amount{4 * buckets}};
}

class StoredUsage : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(2, 2))));
  }
  [[nodiscard]] SaveBatch closed(std::vector<UsageRow> rows) const {
    SaveBatch made = batch({});
    made.closed_usage = std::move(rows);
    return made;
  }
  [[nodiscard]] SaveBatch open(std::vector<UsageRow> rows) const {
    SaveBatch made = batch({});
    made.open_usage = std::move(rows);
    return made;
  }
  [[nodiscard]] std::vector<UsagePoint> usage(Granularity granularity, std::uint64_t number = 1) {
    const auto told = store->usage({.tenant = tenant_id(number), .granularity = granularity});
    EXPECT_TRUE(done(told));
    return told.ok() ? told.value() : std::vector<UsagePoint>{};
  }
  [[nodiscard]] std::vector<UsagePoint> minutes() { return usage(Granularity::minute); }
  [[nodiscard]] std::vector<UsagePoint> hours() { return usage(Granularity::hour); }
  [[nodiscard]] std::vector<UsagePoint> days() { return usage(Granularity::day); }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredUsage, testing::ValuesIn(all_places()), name_of_kind);

TEST_P(StoredUsage, IsNoneAtFirst) {
  EXPECT_THAT(minutes(), IsEmpty());
  EXPECT_THAT(usage(Granularity::day, 9), IsEmpty()) << "nor of a tenant that does not exist";
}

TEST_P(StoredUsage, ThatIsOpenIsLoadedWithItsTenantAsItWasWritten) {
  UsageRow full = bucket(1, 1024, 153'722'867, Amount::max_raw);
  full.bucket.allowed = full.bucket.denied = full.bucket.throttled =
      std::numeric_limits<std::uint32_t>::max();
  full.bucket.overage = Amount::max();
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, 0, 5), full, bucket(2, 1, a_day, 7)}))));
  restart();
  EXPECT_THAT(stored(tenant_id(1)).open_usage, ElementsAre(bucket(1, 1, 0, 5).bucket, full.bucket));
  EXPECT_THAT(stored(tenant_id(2)).open_usage, ElementsAre(bucket(2, 1, a_day, 7).bucket));
}

TEST_P(StoredUsage, ThatIsOpenIsReplacedByTheNextOfItsMeter) {
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day, 5), bucket(1, 2, a_day, 5)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day + 1, 6)}))));
  EXPECT_THAT(stored(tenant_id(1)).open_usage,
              ElementsAre(bucket(1, 1, a_day + 1, 6).bucket, bucket(1, 2, a_day, 5).bucket));
}

TEST_P(StoredUsage, OfAMinuteCountsInItsHourAndItsDay) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day + 59, 5), bucket(1, 1, a_day + 60, 7),
                                       bucket(1, 1, a_day + 61, 1), bucket(1, 1, a_day - 1, 9)}))));
  EXPECT_THAT(minutes(), ElementsAre(point(1, a_day - 1, 9), point(1, a_day + 59, 5),
                                     point(1, a_day + 60, 7), point(1, a_day + 61, 1)));
  EXPECT_THAT(hours(),
              ElementsAre(point(1, a_day - 60, 9), point(1, a_day, 5), point(1, a_day + 60, 8, 2)));
  EXPECT_THAT(days(), ElementsAre(point(1, a_day - 24 * 60, 9), point(1, a_day, 13, 3)));
}

TEST_P(StoredUsage, IsCountedOnceHoweverOftenItsBatchIsSaved) {
  const SaveBatch twice = closed({bucket(1, 1, a_day, 5), bucket(1, 2, a_day, 6)});
  ASSERT_TRUE(done(store->save(twice)));
  ASSERT_TRUE(done(other->save(twice)));
  EXPECT_THAT(minutes(), ElementsAre(point(1, a_day, 5), point(2, a_day, 6)));
  EXPECT_THAT(hours(), ElementsAre(point(1, a_day, 5), point(2, a_day, 6)));
  EXPECT_THAT(days(), ElementsAre(point(1, a_day, 5), point(2, a_day, 6)));
}

TEST_P(StoredUsage, IsCountedOnceWhenABatchRepeatsSomeOfAnother) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5)}))));
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5), bucket(1, 1, a_day + 1, 2)}))));
  EXPECT_THAT(hours(), ElementsAre(point(1, a_day, 7, 2)));
}

TEST_P(StoredUsage, IsCountedOnceWhenABatchHasItTwice) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5), bucket(1, 1, a_day, 5)}))));
  EXPECT_THAT(days(), ElementsAre(point(1, a_day, 5)));
}

TEST_P(StoredUsage, ThatWasClosedStaysAsItIs) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5)}))));
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 50)}))));
  EXPECT_THAT(minutes(), ElementsAre(point(1, a_day, 5)));
  EXPECT_THAT(days(), ElementsAre(point(1, a_day, 5)));
}

TEST_P(StoredUsage, CountsWhatIsOpenToo) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day + 1, 2), bucket(1, 2, a_day + 60, 1)}))));
  EXPECT_THAT(minutes(),
              ElementsAre(point(1, a_day, 5), point(1, a_day + 1, 2), point(2, a_day + 60, 1)));
  EXPECT_THAT(hours(), ElementsAre(point(1, a_day, 7, 2), point(2, a_day + 60, 1)));
  EXPECT_THAT(days(), ElementsAre(point(1, a_day, 7, 2), point(2, a_day, 1)));
}

TEST_P(StoredUsage, CountsOnceWhatWasOpenAndIsClosed) {
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day, 4)}))));
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5)}))));
  EXPECT_THAT(minutes(), ElementsAre(point(1, a_day, 5)));
  EXPECT_THAT(hours(), ElementsAre(point(1, a_day, 5)));
}

TEST_P(StoredUsage, SaturatesAndNeverWraps) {
  ASSERT_TRUE(done(store->save(
      closed({bucket(1, 1, a_day, Amount::max_raw), bucket(1, 1, a_day + 1, Amount::max_raw)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day + 2, Amount::max_raw)}))));
  EXPECT_EQ(days().front().used, Amount::max());
}

TEST_P(StoredUsage, SaturatesAboveLimitsToo) {
  UsageRow above = bucket(1, 1, a_day, 1);
  above.bucket.overage = Amount::max();
  ASSERT_TRUE(done(store->save(closed({above, bucket(1, 1, a_day + 1, 1)}))));
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day + 2, 1)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day + 3, 1)}))));
  EXPECT_EQ(hours().front().overage, Amount::max());
  EXPECT_EQ(days().front().overage, Amount::max());
}

TEST_P(StoredUsage, IsToldFromItsStartUpToButWithoutItsEnd) {
  ASSERT_TRUE(done(store->save(
      closed({bucket(1, 1, a_day, 1), bucket(1, 1, a_day + 1, 2), bucket(1, 1, a_day + 2, 3)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day + 3, 4)}))));
  UsageQuery query{.tenant = tenant_id(1), .granularity = Granularity::minute};
  query.from = start_of(Minute{a_day + 1});
  query.to = start_of(Minute{a_day + 3});
  EXPECT_THAT(store->usage(query).value(),
              ElementsAre(point(1, a_day + 1, 2), point(1, a_day + 2, 3)));
  query.from += 1ns;
  query.to += 1ns;
  EXPECT_THAT(store->usage(query).value(),
              ElementsAre(point(1, a_day + 2, 3), point(1, a_day + 3, 4)))
      << "what starts within";
  query.to = query.from;
  EXPECT_THAT(store->usage(query).value(), IsEmpty());
}

TEST_P(StoredUsage, MayBeAskedForAllOfTime) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, 0, 1), bucket(1, 1, 153'722'867, 2)}))));
  const UsageQuery query{.tenant = tenant_id(1),
                         .granularity = Granularity::minute,
                         .from = WallTime::min(),
                         .to = WallTime::max()};
  EXPECT_THAT(store->usage(query).value(), ElementsAre(point(1, 0, 1), point(1, 153'722'867, 2)));
}

TEST_P(StoredUsage, IsToldOfOneMeterIfOneIsNamed) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 1), bucket(1, 2, a_day, 2)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 1, a_day + 1, 4), bucket(1, 2, a_day + 1, 5)}))));
  const UsageQuery query{.tenant = tenant_id(1), .meter = MeterId{2}};
  EXPECT_THAT(store->usage(query).value(), ElementsAre(point(2, a_day, 7, 2)));
}

TEST_P(StoredUsage, IsToldEarliestFirstUpToAsManyPointsAsAreWanted) {
  ASSERT_TRUE(done(store->save(
      closed({bucket(1, 2, a_day, 2), bucket(1, 1, a_day + 60, 3), bucket(1, 1, a_day, 1)}))));
  ASSERT_TRUE(done(store->save(open({bucket(1, 2, a_day + 1, 9), bucket(1, 1, a_day + 61, 9)}))));
  UsageQuery query{.tenant = tenant_id(1), .points_max = 2};
  EXPECT_THAT(store->usage(query).value(), ElementsAre(point(1, a_day, 1), point(2, a_day, 11, 2)));
  query.points_max = 3;
  EXPECT_EQ(store->usage(query).value().back(), point(1, a_day + 60, 12, 2));
}

TEST_P(StoredUsage, IsRefusedInNoPointsAndInTooMany) {
  UsageQuery query{.tenant = tenant_id(1), .points_max = 0};
  EXPECT_TRUE(refused(store->usage(query), FaultCode::invalid_argument, "points_max 0"));
  query.points_max = usage_points_max + 1;
  EXPECT_TRUE(refused(store->usage(query), FaultCode::invalid_argument, "1 to 10000"));
  query.points_max = usage_points_max;
  EXPECT_TRUE(done(store->usage(query)));
}

TEST_P(StoredUsage, OfTenantsThatAreGoneIsPassedOver) {
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  SaveBatch late = closed({bucket(1, 1, a_day, 5), bucket(2, 1, a_day, 6), bucket(9, 1, 0, 1)});
  late.open_usage = {bucket(1, 1, a_day + 1, 5), bucket(2, 1, a_day + 1, 1)};
  ASSERT_TRUE(done(store->save(late)));
  EXPECT_THAT(days(), IsEmpty());
  EXPECT_THAT(usage(Granularity::day, 2), ElementsAre(point(1, a_day, 7, 2)));
}

TEST_P(StoredUsage, GoesWithItsTenantAndIsNotRevived) {
  SaveBatch all = closed({bucket(1, 1, a_day, 5), bucket(2, 1, a_day, 6)});
  all.open_usage = {bucket(1, 1, a_day + 1, 5)};
  ASSERT_TRUE(done(store->save(all)));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  EXPECT_THAT(minutes(), IsEmpty());
  EXPECT_THAT(hours(), IsEmpty());
  EXPECT_THAT(days(), IsEmpty());
  EXPECT_THAT(stored(tenant_id(1)).open_usage, IsEmpty());
  EXPECT_THAT(usage(Granularity::hour, 2), ElementsAre(point(1, a_day, 6)));
}

TEST_P(StoredUsage, OutlivesTheLimitsThatItWasSpentUnder) {
  ASSERT_TRUE(done(store->save(closed({bucket(1, 1, a_day, 5)}))));
  ASSERT_TRUE(done(store->replace(deed(epoch), next(tenant(1)))));
  EXPECT_THAT(days(), ElementsAre(point(1, a_day, 5)));
}

WindowRow window(std::uint64_t tenant_number, std::uint32_t limit, WallTime ended_at,
                 std::uint64_t used) {
  return {tenant_id(tenant_number),
          {LimitId{limit}, MeterId{1}, ended_at, Amount{used}, Amount{used / 2}, used / 3}};
}

class StoredWindows : public StoredUsage {
protected:
  [[nodiscard]] Result<Done> save(std::vector<WindowRow> rows) {
    SaveBatch made = batch({});
    made.closed_windows = std::move(rows);
    return store->save(made);
  }
  [[nodiscard]] std::vector<ClosedWindow> windows(std::uint64_t number = 1) {
    const auto told = store->closed_windows(tenant_id(number));
    EXPECT_TRUE(done(told));
    return told.ok() ? told.value() : std::vector<ClosedWindow>{};
  }
  static constexpr WallTime then{std::chrono::nanoseconds{1'700'000'000'123'456'789}};
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredWindows, testing::ValuesIn(all_places()), name_of_kind);

TEST_P(StoredWindows, AreToldLatestFirst) {
  const std::vector rows{window(1, 1, then, 5), window(1, 2, then + 1ns, Amount::max_raw),
                         window(1, 1, then - 1h, 7), window(2, 1, then, 8)};
  ASSERT_TRUE(done(save(rows)));
  restart();
  EXPECT_THAT(windows(), ElementsAre(rows[1].window, rows[0].window, rows[2].window));
  EXPECT_THAT(windows(2), ElementsAre(rows[3].window));
  EXPECT_THAT(windows(9), IsEmpty());
}

TEST_P(StoredWindows, TellWhatWasAboveTheSizeAndWhatItCost) {
  WindowRow dear = window(1, 1, then, 9);
  dear.window.over = Amount::max();
  dear.window.price_micros = Amount::max_raw;
  ASSERT_TRUE(done(save({dear, window(1, 2, then, 1)})));
  EXPECT_EQ(windows().front(), dear.window);
  EXPECT_EQ(windows().back().over, Amount{}) << "nothing was above the size";
  EXPECT_EQ(windows().back().price_micros, 0U);
}

TEST_P(StoredWindows, AreKeptOnceAndAsTheyWereFirst) {
  ASSERT_TRUE(done(save({window(1, 1, then, 5)})));
  ASSERT_TRUE(done(save({window(1, 1, then, 9), window(1, 2, then, 6), window(1, 2, then, 6)})));
  EXPECT_THAT(windows(), ElementsAre(window(1, 1, then, 5).window, window(1, 2, then, 6).window));
}

TEST_P(StoredWindows, AreNotKeptIfNothingWasUsed) {
  ASSERT_TRUE(done(save({window(1, 1, then, 0), window(1, 2, then, 1)})));
  EXPECT_THAT(windows(), ElementsAre(window(1, 2, then, 1).window));
}

WindowRow paid(std::uint32_t limit, WallTime ended_at, std::uint64_t used, EntryId by) {
  WindowRow row{tenant_id(1), {LimitId{limit}, MeterId{1}, ended_at, Amount{used}}};
  row.window.paid_by = by;
  return row;
}

TEST_P(StoredWindows, AreKeptIfTheyOweWhatWasUsedBefore) {
  WindowRow owing = window(1, 1, then, 0);
  owing.window.over = Amount{5};
  ASSERT_TRUE(done(save({owing})));
  EXPECT_THAT(windows(), ElementsAre(owing.window));
}

TEST_P(StoredWindows, TellWhatEachGrantPaidBehindTheWindowOfThatMoment) {
  const std::vector rows{window(1, 1, then, 5), paid(1, then, 2, EntryId{1, 1}),
                         paid(1, then, 3, EntryId{1, 2}), window(1, 2, then, 7),
                         paid(1, then - 1h, 4, EntryId{1, 1})};
  ASSERT_TRUE(done(save({rows[4], rows[2], rows[3], rows[0], rows[1]})));
  restart();
  EXPECT_THAT(windows(), ElementsAre(rows[0].window, rows[1].window, rows[2].window, rows[3].window,
                                     rows[4].window));
}

TEST_P(StoredWindows, AreNotKeptOfAGrantThatPaidNothing) {
  WindowRow nothing = paid(1, then, 0, EntryId{1, 1});
  nothing.window.over = Amount{5};
  ASSERT_TRUE(
      done(save({nothing, paid(1, then, 0, EntryId{1, 2}), paid(1, then, 3, EntryId{1, 3})})));
  EXPECT_THAT(windows(), ElementsAre(paid(1, then, 3, EntryId{1, 3}).window));
}

TEST_P(StoredWindows, TellOnceWhatAGrantPaidUpToAMoment) {
  ASSERT_TRUE(done(save({paid(1, then, 2, EntryId{1, 1})})));
  ASSERT_TRUE(done(save({paid(1, then, 9, EntryId{1, 1}), paid(1, then, 3, EntryId{1, 2})})));
  EXPECT_THAT(windows(), ElementsAre(paid(1, then, 2, EntryId{1, 1}).window,
                                     paid(1, then, 3, EntryId{1, 2}).window));
}

TEST_P(StoredWindows, MayHaveEndedAnyTime) {
  const std::vector rows{window(1, 1, WallTime::max() - 1ns, 1), window(1, 1, WallTime{}, 2),
                         window(1, 1, WallTime::min(), 3)};
  ASSERT_TRUE(done(save(rows)));
  EXPECT_THAT(windows(), ElementsAre(rows[0].window, rows[1].window, rows[2].window));
}

TEST_P(StoredWindows, OfTenantsThatAreGoneArePassedOver) {
  ASSERT_TRUE(done(save({window(9, 1, then, 5), window(2, 1, then, 6)})));
  EXPECT_THAT(windows(9), IsEmpty());
  EXPECT_THAT(windows(2), ElementsAre(window(2, 1, then, 6).window));
}

TEST_P(StoredWindows, OutliveTheirLimit) {
  ASSERT_TRUE(done(save({window(1, 1, then, 5)})));
  ASSERT_TRUE(done(store->replace(deed(epoch), next(tenant(1)))));
  ASSERT_TRUE(done(save({window(1, 2, then, 6)}))) << "also if that went first";
  EXPECT_THAT(windows(), ElementsAre(window(1, 1, then, 5).window, window(1, 2, then, 6).window));
}

TEST_P(StoredWindows, GoWithTheirTenant) {
  ASSERT_TRUE(done(save({window(1, 1, then, 5), window(2, 1, then, 6)})));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  EXPECT_THAT(windows(), IsEmpty());
  EXPECT_THAT(windows(2), ElementsAre(window(2, 1, then, 6).window));
}

TEST_P(StoredWindows, AreToldUpToABound) {
  std::vector<WindowRow> rows;
  for (std::size_t count = 0; count <= usage_points_max; ++count) {
    rows.push_back(window(1, 1, then + count * 1min, count + 1));
  }
  ASSERT_TRUE(done(save(rows)));
  const std::vector<ClosedWindow> told = windows();
  EXPECT_EQ(told.size(), usage_points_max);
  EXPECT_EQ(told.back(), rows[1].window) << "the earliest is left out";
}

}  // namespace sluice::test
