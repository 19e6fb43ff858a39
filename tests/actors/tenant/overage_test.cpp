// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(OverageSpec, WhatPassesTheLimitIsAdmittedAndPriced) {
  Desk desk{{for_overage(window(10, Period::day), 150)}};
  EXPECT_EQ(desk.charge(10).overage, Amount{0});
  const Decision decision = desk.charge(3);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.overage, Amount{3});
  EXPECT_EQ(decision.price_micros, 450U);
  EXPECT_EQ(desk.used(), Amount{13});
}

TEST(OverageSpec, OnlyTheUnitsAboveTheLimitAreOverage) {
  Desk desk{{for_overage(window(10, Period::day), 150)}};
  desk.charge(8);
  EXPECT_EQ(desk.charge(5).overage, Amount{3});
}

TEST(OverageSpec, APriceIsForSoManyUnitsAndRoundedUpOnce) {
  Limit limit = for_overage(window(0, Period::day), 150'000);
  limit.overage->per = Amount{1'000'000'000};
  Desk desk{{limit}};
  EXPECT_EQ(desk.charge(1).price_micros, 1U) << "an indication";
  desk.charge(1'999'999'999);
  desk.pass(24h);
  desk.peek(1);
  ASSERT_EQ(desk.happenings.closed_windows.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_windows[0].window.over, Amount{2'000'000'000});
  EXPECT_EQ(desk.happenings.closed_windows[0].window.price_micros, 300'000U);
}

TEST(OverageSpec, BeyondItsCapAChargeIsDenied) {
  Desk desk{{for_overage(window(10, Period::day), 1, 5)}};
  EXPECT_TRUE(desk.admits(15));
  const Decision denied = desk.charge(1);
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.retry_after, 12h);
  EXPECT_EQ(desk.charge(16).retry_after, std::nullopt);
}

TEST(OverageSpec, AnAlertMayHaveAPriceAndACap) {
  Desk desk{{alerting(priced(window(10, Period::day), 2, 5))}};
  EXPECT_EQ(desk.charge(12).price_micros, 4U);
  EXPECT_EQ(desk.charge(4).outcome, Outcome::denied);
}

TEST(OverageSpec, UnitsAboveTheLimitAreCountedWhateverTheEnforcement) {
  for (const Limit& limit : {window(10, Period::day), alerting(window(10, Period::day))}) {
    Desk desk{{limit}};
    EXPECT_EQ(desk.record(12).overage, Amount{2});
    EXPECT_EQ(desk.counters()[0].over, Amount{2});
  }
}

TEST(OverageSpec, WhatWasWithinTheLimitStaysSoWhenItIsLowered) {
  Desk desk{{for_overage(window(10, Period::day), 1)}};
  desk.charge(10);
  desk.tenant.adopt(plan_of({for_overage(window(5, Period::day), 1)}), desk.now, desk.happenings);
  desk.charge(1);
  EXPECT_EQ(desk.counters()[0].over, Amount{1});
}

TEST(OverageSpec, AGaugeHasTheOverageOfItsLevel) {
  Desk desk{{for_overage(window(10, Period::never), 1)}};
  desk.charge(15);
  desk.release(3);
  EXPECT_EQ(desk.counters()[0].over, Amount{2});
  desk.charge(3);
  EXPECT_EQ(desk.counters()[0].over, Amount{5});
}

TEST(OverageSpec, TheHistoryTellsIt) {
  Desk desk{{for_overage(window(10, Period::day), 1)}};
  desk.charge(13);
  desk.pass(1min);
  desk.charge(1);
  ASSERT_EQ(desk.happenings.closed_usage.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_usage[0].bucket.overage, Amount{3});
}

TEST(OverageSpec, SumsSaturate) {
  Desk desk{{for_overage(window(0, Period::day), Amount::max_raw)}};
  EXPECT_EQ(desk.charge(Amount::max_raw).price_micros, Amount::max_raw);
  EXPECT_EQ(desk.charge(Amount::max_raw).outcome, Outcome::allowed);
  EXPECT_EQ(desk.used(), Amount::max());
  EXPECT_EQ(desk.counters()[0].over, Amount{(std::uint64_t{1} << 56) - 1});
}

}  // namespace
}  // namespace sluice
