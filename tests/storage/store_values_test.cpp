// SPDX-License-Identifier: Apache-2.0
// History by the values of labels, and prices of buckets, as every store keeps them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "actors/runtime/usage_reading.hpp"
#include "actors/tenant/usage_asked.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t some_day = 20'000 * 24 * 60;  // Midnight of 2024-10-04, in minutes.

PartRef user(std::string value) {
  return PartRef{{"user", std::move(value)}};
}
const PartRef rest_of_users{{.label = "user", .others = true}};

UsageRow used_by(const PartRef& part, std::uint32_t minute, std::uint64_t used) {
  return {tenant_id(1), {MeterId{1}, Minute{minute}, Amount{used}, 1, 2, 3, Amount{4}, 5, part}};
}

/// What these buckets add up to.
UsagePoint point_of(const PartRef& part, std::uint32_t start, std::uint64_t used,
                    std::uint64_t buckets = 1) {
  return {MeterId{1},  start_of(Minute{start}), Amount{used}, buckets, 2 * buckets,
          3 * buckets, Amount{4 * buckets},     5 * buckets,  part};
}

class StoredValues : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    TenantDefinition asks = tenant_with_limits(1, 2);
    asks.limits[0].history_by = {"user", "team"};
    ASSERT_TRUE(done(store->create(deed(epoch), asks)));
  }
  void save(std::vector<UsageRow> closed, std::vector<UsageRow> open = {}) {
    SaveBatch rows = batch({});
    rows.closed_usage = std::move(closed);
    rows.open_usage = std::move(open);
    ASSERT_TRUE(done(store->save(rows)));
  }
  [[nodiscard]] UsageQuery of(std::string label, Granularity granularity) const {
    return {.tenant = tenant_id(1), .granularity = granularity, .label = std::move(label)};
  }
  [[nodiscard]] std::vector<UsagePoint> told(const UsageQuery& query) {
    const auto points = store->usage(query);
    EXPECT_TRUE(done(points));
    return points.ok() ? points.value() : std::vector<UsagePoint>{};
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredValues, testing::ValuesIn(all_places()), name_of_kind);

TEST_P(StoredValues, WhatALimitAsksForIsStored) {
  EXPECT_THAT(stored(tenant_id(1)).definition.limits[0].history_by, ElementsAre("user", "team"));
}

TEST_P(StoredValues, PartsCountInTheirHourAndTheirDayOnceAndAreNoneOfTheWhole) {
  const std::vector rows{used_by({}, some_day, 9), used_by(user("ann"), some_day, 4),
                         used_by(user("bob"), some_day, 5), used_by(user("ann"), some_day + 1, 2)};
  save(rows);
  save(rows);
  EXPECT_THAT(told(of("user", Granularity::minute)),
              ElementsAre(point_of(user("ann"), some_day, 4), point_of(user("bob"), some_day, 5),
                          point_of(user("ann"), some_day + 1, 2)));
  EXPECT_THAT(
      told(of("user", Granularity::hour)),
      ElementsAre(point_of(user("ann"), some_day, 6, 2), point_of(user("bob"), some_day, 5)));
  EXPECT_THAT(told(of("user", Granularity::day)), SizeIs(2));
  EXPECT_THAT(told(of("", Granularity::day)), ElementsAre(point_of({}, some_day, 9)));
}

TEST_P(StoredValues, AQuestionMayBeAboutOneValueOrEveryLabel) {
  save({used_by(user("ann"), some_day, 4), used_by(user(""), some_day, 1),
        used_by(rest_of_users, some_day, 2), used_by(PartRef{{"team", "ann"}}, some_day, 7)});
  UsageQuery one = of("user", Granularity::day);
  one.value = "ann";
  EXPECT_THAT(told(one), ElementsAre(point_of(user("ann"), some_day, 4)));
  one.value = "";
  EXPECT_THAT(told(one), ElementsAre(point_of(user(""), some_day, 1))) << "not the rest";
  EXPECT_THAT(told(of("user", Granularity::day)),
              ElementsAre(point_of(user(""), some_day, 1), point_of(rest_of_users, some_day, 2),
                          point_of(user("ann"), some_day, 4)));
  EXPECT_THAT(told(of(std::string{every_label}, Granularity::day)), SizeIs(4));
  EXPECT_THAT(told(of("model", Granularity::day)), IsEmpty());
}

TEST_P(StoredValues, WhatIsOpenIsCountedAndEndsWhenItIsClosed) {
  save({used_by(user("ann"), some_day, 4)},
       {used_by({}, some_day + 1, 3), used_by(user("ann"), some_day + 1, 3)});
  EXPECT_THAT(told(of("user", Granularity::hour)),
              ElementsAre(point_of(user("ann"), some_day, 7, 2)));
  EXPECT_THAT(stored(tenant_id(1)).open_usage,
              ElementsAre(used_by({}, some_day + 1, 3).bucket,
                          used_by(user("ann"), some_day + 1, 3).bucket));
  save({used_by(user("ann"), some_day + 1, 5)}, {used_by(user("bob"), some_day + 2, 1)});
  EXPECT_THAT(
      told(of("user", Granularity::hour)),
      ElementsAre(point_of(user("ann"), some_day, 9, 2), point_of(user("bob"), some_day, 1)));
  EXPECT_THAT(stored(tenant_id(1)).open_usage,
              ElementsAre(used_by({}, some_day + 1, 3).bucket,
                          used_by(user("bob"), some_day + 2, 1).bucket));
}

TEST_P(StoredValues, ThePartsOfAPageAreTheEarliest) {
  save({used_by(user("ann"), some_day, 4), used_by(user("bob"), some_day, 5)},
       {used_by(user("ann"), some_day + 1, 1)});
  UsageQuery page = of("user", Granularity::hour);
  page.points_max = 1;
  EXPECT_THAT(told(page), ElementsAre(point_of(user("ann"), some_day, 5, 2)));
}

TEST_P(StoredValues, SumsSaturateAndTextsAreAnyUtf8) {
  const PartRef odd = user("\"a\\,{b}' \xc3\xa4");
  UsageRow full = used_by(odd, some_day, Amount::max_raw);
  full.bucket.overage = Amount::max();
  full.bucket.price_micros = Amount::max_raw;
  UsageRow next = full;
  next.bucket.minute = Minute{some_day + 1};
  save({full, next}, {used_by(odd, some_day + 2, 1)});
  const auto points = told(of("user", Granularity::day));
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_EQ(points[0].part, odd);
  EXPECT_EQ(points[0].used, Amount::max());
  EXPECT_EQ(points[0].overage, Amount::max());
  EXPECT_EQ(points[0].price_micros, Amount::max_raw);
}

TEST_P(StoredValues, StatisticsAreOfEachValue) {
  save({used_by(user("ann"), some_day, 4), used_by(user("bob"), some_day, 5),
        used_by(user("ann"), some_day + 60, 6)});
  const auto read = read_statistics(*store, of("user", Granularity::hour));
  ASSERT_TRUE(done(read));
  const auto& meters = read.value().meters;
  ASSERT_THAT(meters, SizeIs(2));
  EXPECT_EQ(meters[0].part, user("ann"));
  EXPECT_EQ(meters[0].used, Amount{10});
  EXPECT_EQ(meters[0].buckets, 2U);
  EXPECT_EQ(meters[0].price_micros, 10U);
  EXPECT_EQ(meters[0].peak_start, start_of(Minute{some_day + 60}));
  EXPECT_EQ(meters[1].part, user("bob"));
}

TEST_P(StoredValues, AreForgottenWithTheirBuckets) {
  save({used_by(user("ann"), some_day - 90 * 24 * 60, 4), used_by(user("ann"), some_day, 5)});
  const WallTime before = start_of(Minute{some_day}) - 24h;
  for (int part = 0; part < 40; ++part) {
    ASSERT_TRUE(done(store->forget_usage(
        epoch, {.minutes_before = before, .hours_before = before, .days_before = before})));
  }
  for (const Granularity each : {Granularity::minute, Granularity::hour, Granularity::day}) {
    EXPECT_THAT(told(of("user", each)), ElementsAre(point_of(user("ann"), some_day, 5)));
  }
}

TEST_P(StoredValues, OfATenantThatIsGoneArePassedOver) {
  UsageRow row = used_by(user("ann"), some_day, 4);
  row.tenant = tenant_id(9);
  save({row}, {row});
  UsageQuery query = of("user", Granularity::day);
  query.tenant = tenant_id(9);
  EXPECT_THAT(told(query), IsEmpty());
}

TEST_P(StoredValues, ABucketHasAPrice) {
  save({used_by({}, some_day, 4), used_by({}, some_day + 1, 4)}, {used_by({}, some_day + 2, 1)});
  EXPECT_THAT(told(of("", Granularity::day)), ElementsAre(point_of({}, some_day, 9, 3)));
  const auto all = store->usage_of_all(
      {.range = {Granularity::day, start_of(Minute{some_day}), start_of(Minute{some_day}) + 24h}});
  ASSERT_TRUE(done(all));
  ASSERT_THAT(all.value(), SizeIs(1));
  EXPECT_EQ(all.value()[0].price_micros, 0U) << "tenants have currencies of their own";
}

}  // namespace sluice::test
