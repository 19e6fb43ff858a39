// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "actors/runtime/usage_reading.hpp"
#include "actors/runtime/usage_watch.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t midnight = 20'000 * 24 * 60;  // Of 2024-10-04, in minutes.
constexpr std::uint32_t week_of_minutes = 7 * 24 * 60;
constexpr WallTime that_day = start_of(Minute{midnight});

UsageRow minute(std::uint64_t tenant_number, std::uint16_t meter, std::uint32_t at,
                std::uint64_t used, std::uint32_t denied = 0) {
  return {tenant_id(tenant_number),
          {MeterId{meter}, Minute{at}, Amount{used}, 1, denied, 0, Amount{}}};
}

class StoredAnalytics : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (std::uint64_t number = 1; number <= 4; ++number) {
      TenantDefinition made = tenant_with_limits(number, 2);
      made.tier = number % 2 == 0 ? "even" : "odd";
      ASSERT_TRUE(done(store->create(deed(epoch), made)));
    }
  }
  void save(std::vector<UsageRow> closed, std::vector<UsageRow> open = {}) {
    SaveBatch rows = batch({});
    rows.closed_usage = std::move(closed);
    rows.open_usage = std::move(open);
    ASSERT_TRUE(done(store->save(rows)));
  }
  [[nodiscard]] static TopQuery ranking(TopBy by, Granularity granularity = Granularity::day) {
    return {.by = by,
            .meter = MeterId{1},
            .range = {granularity, that_day, that_day + 24h},
            .count = 10};
  }
  [[nodiscard]] std::vector<std::pair<TenantId, std::uint64_t>> ranked(const TopQuery& query) {
    const auto top = store->top_tenants(query);
    EXPECT_TRUE(done(top));
    std::vector<std::pair<TenantId, std::uint64_t>> told;
    for (const TopTenant& tenant : top.ok() ? top.value() : std::vector<TopTenant>{}) {
      told.emplace_back(tenant.id, sum_of(tenant, query.by));
    }
    return told;
  }
  /// How much was used by the hour.
  [[nodiscard]] std::vector<UsagePoint> usage(Granularity granularity) {
    const auto told = store->usage({.tenant = tenant_id(1), .granularity = granularity});
    EXPECT_TRUE(done(told));
    return told.value();
  }
};

TEST_P(StoredAnalytics, RanksTenantsTheGreatestSumFirst) {
  save({minute(1, 1, midnight, 5), minute(1, 1, midnight + 70, 6), minute(2, 1, midnight, 30),
        minute(3, 1, midnight, 11), minute(3, 2, midnight, 900), minute(4, 1, midnight - 1, 500)});
  EXPECT_THAT(ranked(ranking(TopBy::used)),
              ElementsAre(std::pair{tenant_id(2), 30U}, std::pair{tenant_id(1), 11U},
                          std::pair{tenant_id(3), 11U}));
  TopQuery two = ranking(TopBy::used);
  two.count = 2;
  EXPECT_THAT(ranked(two), SizeIs(2));
}

TEST_P(StoredAnalytics, RanksByChecksOfAllMetersAndWithinATier) {
  save({minute(1, 1, midnight, 5, 3), minute(1, 2, midnight, 5, 4), minute(2, 1, midnight, 1, 6),
        minute(3, 1, midnight, 9)});
  TopQuery denied = ranking(TopBy::denied);
  denied.meter.reset();
  EXPECT_THAT(ranked(denied),
              ElementsAre(std::pair{tenant_id(1), 7U}, std::pair{tenant_id(2), 6U}));
  EXPECT_EQ(store->top_tenants(denied).value().at(0).used, Amount{}) << "they do not add up";
  denied.tier = "even";
  EXPECT_THAT(ranked(denied), ElementsAre(std::pair{tenant_id(2), 6U}));
  const TopTenant first = store->top_tenants(denied).value().at(0);
  EXPECT_EQ(first.slug, tenant(2).slug);
  EXPECT_EQ(first.tier, "even");
}

TEST_P(StoredAnalytics, CountsWhatIsOpenAndNothingTwice) {
  save({}, {minute(1, 1, midnight + 5, 7)});
  for (const auto granularity : {Granularity::minute, Granularity::hour, Granularity::day}) {
    EXPECT_THAT(ranked(ranking(TopBy::used, granularity)),
                ElementsAre(std::pair{tenant_id(1), 7U}));
  }
  save({minute(1, 1, midnight + 5, 7)});
  EXPECT_THAT(ranked(ranking(TopBy::used)), ElementsAre(std::pair{tenant_id(1), 7U}));
  // A batch that is saved again, as after a fault.
  save({minute(1, 1, midnight + 5, 7)}, {minute(1, 1, midnight + 5, 7)});
  EXPECT_THAT(ranked(ranking(TopBy::used)), ElementsAre(std::pair{tenant_id(1), 7U}));
  EXPECT_THAT(stored(tenant_id(1)).open_usage, IsEmpty());
  save({}, {minute(1, 1, midnight + 6, 2)});
  EXPECT_THAT(ranked(ranking(TopBy::used)), ElementsAre(std::pair{tenant_id(1), 9U}));
}

TEST_P(StoredAnalytics, AddsUpAllTenantsByStartAndMeter) {
  save({minute(1, 1, midnight, 5), minute(2, 1, midnight + 59, 6), minute(2, 2, midnight + 60, 7),
        minute(3, 1, midnight + 61, 8)});
  const PlatformUsageQuery query{.range = {Granularity::hour, that_day, that_day + 24h}};
  const auto told = store->usage_of_all(query);
  ASSERT_TRUE(done(told));
  ASSERT_THAT(told.value(), SizeIs(3));
  EXPECT_EQ(told.value()[0].used, Amount{11});
  EXPECT_EQ(told.value()[0].allowed, 2U);
  EXPECT_EQ(told.value()[1].meter, MeterId{1});
  EXPECT_EQ(told.value()[1].start, that_day + 1h);
  EXPECT_EQ(told.value()[2].used, Amount{7});
  PlatformUsageQuery of_tier = query;
  of_tier.tier = "odd";
  EXPECT_THAT(store->usage_of_all(of_tier).value(), SizeIs(2));
  const auto statistics = read_platform_usage(*store, query);
  ASSERT_TRUE(done(statistics));
  EXPECT_EQ(statistics.value().meters.at(0).used, Amount{19});
  EXPECT_EQ(statistics.value().meters.at(0).peak_start, that_day);
}

TEST_P(StoredAnalytics, WalksThroughTheTenantsOfAnHourWithTheirEarlierWeeks) {
  std::vector<UsageRow> rows;
  for (std::uint64_t number = 1; number <= 4; ++number) {
    rows.push_back(minute(number, 1, midnight, 100 * number));
    rows.push_back(minute(number, 1, midnight - week_of_minutes, number));
    rows.push_back(minute(number, 1, midnight - 3 * week_of_minutes, 3 * number));
  }
  save(rows, {minute(4, 1, midnight + 1, 1)});
  BusyQuery query{.hour = that_day, .above = Amount{100}, .rows_max = 3};
  std::vector<ComparedHour> found;
  for (std::size_t pages = 0; pages < 20; ++pages) {
    const auto page = store->busy_hours(query);
    ASSERT_TRUE(done(page));
    found.insert(found.end(), page.value().hours.begin(), page.value().hours.end());
    if (!page.value().next) {
      break;
    }
    query.after = *page.value().next;
  }
  ASSERT_THAT(found, SizeIs(3)) << "the first one used no more than that";
  EXPECT_EQ(found[0].tenant, tenant_id(2));
  EXPECT_EQ(found[0].used, Amount{200});
  EXPECT_EQ(found[0].weeks, 3U);
  EXPECT_EQ(found[0].earlier[0], Amount{2});
  EXPECT_EQ(found[0].earlier[1], Amount{0});
  EXPECT_EQ(found[0].earlier[2], Amount{6});
  EXPECT_EQ(found[2].used, Amount{401}) << "with the minute that is open";
}

TEST_P(StoredAnalytics, AlertsOnceHoweverOftenAnHourIsLookedAt) {
  std::vector<UsageRow> rows{minute(1, 1, midnight, 5'000), minute(2, 1, midnight, 50)};
  for (std::uint32_t week = 1; week <= 4; ++week) {
    rows.push_back(minute(1, 1, midnight - week * week_of_minutes, 40));
  }
  save(rows);
  for (int round = 0; round < 2; ++round) {
    UsageWatch watch{epoch};  // As a server that starts has it.
    for (int call = 0; call < 40; ++call) {
      ASSERT_TRUE(done(watch.look(*store, that_day + 61min, that_day + 61min)));
    }
    EXPECT_EQ(watch.next(), that_day + 1h);
  }
  const auto alerts = store->alerts({});
  ASSERT_TRUE(done(alerts));
  ASSERT_THAT(alerts.value().alerts, SizeIs(1));
  EXPECT_EQ(alerts.value().alerts[0].alert.kind, AlertKind::usage_unusual);
  EXPECT_EQ(alerts.value().alerts[0].alert.tenant, tenant_id(1));
}

TEST_P(StoredAnalytics, DoesNotLookAtAnHourBeforeAllOfItIsSaved) {
  UsageWatch watch{epoch};
  ASSERT_TRUE(done(watch.look(*store, that_day + 59min, that_day + 2h)));
  ASSERT_TRUE(watch.next().has_value());
  EXPECT_LT(*watch.next(), that_day);
}

TEST_P(StoredAnalytics, ForgetsMinutesAndKeepsTheirHoursAndDays) {
  const std::uint32_t long_ago = midnight - 90 * 24 * 60;
  save({minute(1, 1, long_ago, 5), minute(1, 1, midnight, 7)});
  UsageForgetting what{.minutes_before = that_day - 24h};
  for (int part = 0; part < 40; ++part) {
    const auto rest = store->forget_usage(epoch, what);
    ASSERT_TRUE(done(rest));
    if (rest.value() == Rest::none) {
      break;
    }
  }
  EXPECT_THAT(usage(Granularity::minute), SizeIs(1));
  EXPECT_THAT(usage(Granularity::hour), SizeIs(2));
  what = {.hours_before = that_day - 24h, .days_before = that_day - 24h};
  for (int part = 0; part < 40; ++part) {
    ASSERT_TRUE(done(store->forget_usage(epoch, what)));
  }
  EXPECT_THAT(usage(Granularity::hour), SizeIs(1));
  EXPECT_THAT(usage(Granularity::day), SizeIs(1));
  save({minute(1, 1, long_ago + 1, 1)});
  EXPECT_THAT(usage(Granularity::hour), SizeIs(2)) << "months are made again for what comes late";
}

TEST_P(StoredAnalytics, ForgetsNothingByTheRightOfAnOldEpoch) {
  const Epoch old = epoch;
  ASSERT_TRUE(done(other->acquire(claim(1))));
  const auto refused = store->forget_usage(old, {.minutes_before = that_day});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::fenced);
}

TEST_P(StoredAnalytics, TellsAForecastAndWhatIsUnusualFromWhatIsThere) {
  std::vector<UsageRow> rows;
  for (std::uint32_t hour = 1; hour <= 24; ++hour) {
    rows.push_back(minute(1, 1, midnight - hour * 60, 10));
  }
  save(rows);
  TenantUsage usage;
  usage.tenant = tenant_id(1);
  usage.at = that_day;
  usage.limits.resize(1);
  usage.limits[0].limit = window_limit(1);
  usage.limits[0].reading.size = Amount{1'000};
  usage.limits[0].reading.resets_at = that_day + 24h * 20;
  usage.limits[0].window = {that_day - 24h * 3, that_day + 24h * 20};
  const auto told = read_forecast(*store, usage);
  ASSERT_TRUE(done(told));
  EXPECT_EQ(told.value().limits.at(0).pace_per_hour, Amount{10});
  EXPECT_EQ(told.value().limits.at(0).exhausted_at, that_day + 100h);
  const auto unusual = read_unusual(*store, tenant_id(1), that_day);
  ASSERT_TRUE(done(unusual));
  EXPECT_EQ(unusual.value().meters.at(0).hours_judged, 0U);
  const auto statistics =
      read_statistics(*store, {.tenant = tenant_id(1), .from = that_day - 48h, .to = that_day});
  ASSERT_TRUE(done(statistics));
  EXPECT_EQ(statistics.value().meters.at(0).used, Amount{240});
}

INSTANTIATE_TEST_SUITE_P(Contract, StoredAnalytics, testing::ValuesIn(all_places()), name_of_kind);

}  // namespace sluice::test
