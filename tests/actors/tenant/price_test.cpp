// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/price.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr WallTime at(std::int64_t since_epoch) {
  return WallTime{seconds{since_epoch}};
}

Pricing for_each(std::uint64_t micros, std::uint64_t per) {
  return {.kind = PricingKind::usage, .price_micros = micros, .per = Amount{per}};
}

/// 2 micros for each of the first 100 units, 1 for each of the next 900, then 3 for every 10.
Pricing in_bands() {
  return {.kind = PricingKind::tiered,
          .per = Amount{10},
          .bands = {{Amount{100}, 20}, {Amount{1000}, 10}, {std::nullopt, 3}}};
}

std::string field_of(const Result<Done>& outcome) {
  return outcome.ok() ? "" : outcome.fault().context.substr(0, outcome.fault().context.find(':'));
}

TEST(Price, OfFreePricingIsNothing) {
  EXPECT_EQ(cost_of({}, Amount::max()), 0U);
}

TEST(Price, OfFixedPricingIsTheSameForAnyUse) {
  const Pricing fixed{.kind = PricingKind::fixed, .price_micros = 5'000'000};
  EXPECT_EQ(cost_of(fixed, Amount{}), 5'000'000U);
  EXPECT_EQ(cost_of(fixed, Amount{1'000'000}), 5'000'000U);
}

TEST(Price, OfUsageIsRoundedUpOnce) {
  EXPECT_EQ(cost_of(for_each(7, 3), Amount{}), 0U);
  EXPECT_EQ(cost_of(for_each(7, 3), Amount{1}), 3U);
  EXPECT_EQ(cost_of(for_each(7, 3), Amount{2}), 5U);
  EXPECT_EQ(cost_of(for_each(7, 3), Amount{3}), 7U);
}

TEST(Price, OfEachUnitIsThatOfTheBandItFallsInto) {
  EXPECT_EQ(cost_of(in_bands(), Amount{100}), 200U);
  EXPECT_EQ(cost_of(in_bands(), Amount{101}), 201U);
  EXPECT_EQ(cost_of(in_bands(), Amount{1000}), 1100U);
  EXPECT_EQ(cost_of(in_bands(), Amount{1001}), 1101U) << "0.3 of a millionth, rounded up";
  EXPECT_EQ(cost_of(in_bands(), Amount{1010}), 1103U);
}

TEST(Price, OfBandsIsRoundedUpOverAllOfThemAndNotInEach) {
  const Pricing thirds{.kind = PricingKind::tiered,
                       .per = Amount{3},
                       .bands = {{Amount{1}, 1}, {Amount{2}, 1}, {std::nullopt, 1}}};
  EXPECT_EQ(cost_of(thirds, Amount{3}), 1U);
}

TEST(Price, StopsAtTheMostThatAPeriodCosts) {
  EXPECT_EQ(cost_of(for_each(cost_micros_max, 1), Amount::max()), cost_micros_max);
  EXPECT_EQ(cost_of(for_each(cost_micros_max, Amount::max_raw), Amount::max()), cost_micros_max);
  Pricing dear = in_bands();
  dear.bands.back().price_micros = cost_micros_max;
  EXPECT_EQ(cost_of(dear, Amount::max()), cost_micros_max);
}

TEST(Price, IsRefusedByTheNameOfItsField) {
  Pricing pricing = for_each(0, 1);
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.price_micros");
  pricing.price_micros = cost_micros_max + 1;
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.price_micros");
  pricing = for_each(1, 0);
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.per");
  pricing = for_each(1, 1);
  pricing.currency = "usd";
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.currency");
  pricing = for_each(1, 1);
  pricing.bands.push_back({});
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.bands");
  pricing = {.price_micros = 1};
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.price_micros") << "free has none";
}

TEST(Price, NeedsBandsThatAscendAndEndOpen) {
  EXPECT_TRUE(validate_pricing(in_bands()).ok());
  Pricing pricing = in_bands();
  pricing.bands[1].up_to = Amount{100};
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.bands[1].up_to");
  pricing = in_bands();
  pricing.bands[0].up_to = std::nullopt;
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.bands[0].up_to");
  pricing = in_bands();
  pricing.bands[2].up_to = Amount{2000};
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.bands[2].up_to");
  pricing.bands.clear();
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.bands");
  pricing.bands.assign(price_bands_max + 1, {});
  EXPECT_EQ(field_of(validate_pricing(pricing)), "pricing.bands");
}

TEST(Price, IsSharedInPartsOfTheWhole) {
  EXPECT_TRUE(validate_revenue({}).ok());
  EXPECT_EQ(field_of(validate_revenue({.owner_basis_points = 10'001})),
            "revenue.owner_basis_points");
  EXPECT_EQ(field_of(validate_revenue({.minimum_payout_micros = cost_micros_max + 1})),
            "revenue.minimum_payout_micros");
}

TEST(Price, MayChangeButNotHowItsUseIsCounted) {
  const Pricing before = for_each(1, 1);
  EXPECT_TRUE(validate_pricing_change(before, in_bands()).ok());
  Pricing after = before;
  after.period = BillingPeriod::day;
  EXPECT_EQ(field_of(validate_pricing_change(before, after)), "pricing.period");
  after = before;
  after.meter = MeterId{1};
  EXPECT_EQ(field_of(validate_pricing_change(before, after)), "pricing.meter");
}

TEST(BillingPeriod, IsADayAWeekFromMondayOrAMonthOfUtc) {
  const WallTime leap_day = at(1'709'164'800);  // Thursday 2024-02-29.
  const WallTime noon = leap_day + hours{12};
  EXPECT_EQ(billing_period_at(BillingPeriod::day, noon), (Window{leap_day, leap_day + hours{24}}));
  EXPECT_EQ(billing_period_at(BillingPeriod::week, noon),
            (Window{leap_day - hours{72}, leap_day + hours{96}}));
  EXPECT_EQ(billing_period_at(BillingPeriod::month, noon),
            (Window{leap_day - hours{28 * 24}, leap_day + hours{24}}));
}

TEST(BillingPeriod, HoldsItsStartAndNotItsEnd) {
  for (const BillingPeriod period :
       {BillingPeriod::day, BillingPeriod::week, BillingPeriod::month}) {
    const Window window = billing_period_at(period, at(1'709'164'800));
    EXPECT_EQ(billing_period_at(period, window.start), window);
    EXPECT_EQ(billing_period_at(period, window.end - Duration{1}), window);
    EXPECT_EQ(billing_period_at(period, window.end).start, window.end);
  }
}

TEST(BillingPeriod, StaysInsideOfTimeAtItsEnds) {
  EXPECT_EQ(billing_period_at(BillingPeriod::month, WallTime::max()).end, wall_time_never);
  EXPECT_EQ(billing_period_at(BillingPeriod::month, WallTime::min()).start, WallTime::min());
}

}  // namespace
}  // namespace sluice
