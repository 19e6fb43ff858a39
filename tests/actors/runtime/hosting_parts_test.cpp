// SPDX-License-Identifier: Apache-2.0
// The small parts of a host: what it remembers, shares, counts and when it flushes.
#include <gtest/gtest.h>

#include "actors/runtime/expiries.hpp"
#include "actors/runtime/flush_pace.hpp"
#include "actors/runtime/negative_cache.hpp"
#include "actors/runtime/plan_catalogue.hpp"
#include "actors/runtime/space_saving.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

Instant time(std::chrono::milliseconds since_start) {
  return Instant{since_start};
}

TEST(NegativeCacheSpec, BelievesForAWhile) {
  NegativeCache cache{16, 5s, HashSeed{7}};
  EXPECT_FALSE(cache.knows(tenant(1), time(0s)));
  cache.remember(tenant(1), time(1s));
  EXPECT_TRUE(cache.knows(tenant(1), time(5999ms)));
  EXPECT_FALSE(cache.knows(tenant(1), time(6s)));
}

TEST(NegativeCacheSpec, ForgetsATenantThatWasCreated) {
  NegativeCache cache{16, 5s, HashSeed{7}};
  cache.remember(tenant(1), time(0s));
  cache.forget(tenant(2));
  EXPECT_TRUE(cache.knows(tenant(1), time(0s)));
  cache.forget(tenant(1));
  EXPECT_FALSE(cache.knows(tenant(1), time(0s)));
}

TEST(NegativeCacheSpec, HoldsNoMoreThanItsSize) {
  NegativeCache cache{16, 5s, HashSeed{7}};
  for (std::uint64_t number = 1; number <= 10'000; ++number) {
    cache.remember(tenant(number), time(0s));
  }
  std::size_t known = 0;
  for (std::uint64_t number = 1; number <= 10'000; ++number) {
    known += cache.knows(tenant(number), time(0s)) ? 1U : 0U;
  }
  EXPECT_LE(known, 16U);
  EXPECT_TRUE(cache.knows(tenant(10'000), time(0s))) << "the newest wins its place";
}

TEST(ExpiriesSpec, ATenantIsDueWhenTheFirstThatIsExpectedIs) {
  Expiries expiries{HashSeed{7}};
  expiries.expect(tenant(1), time(5s));
  expiries.expect(tenant(1), time(3s));
  expiries.expect(tenant(1), time(9s));
  expiries.expect(tenant(1), std::nullopt);
  EXPECT_EQ(expiries.due(time(2999ms)), std::nullopt);
  EXPECT_EQ(expiries.due(time(3s)), tenant(1));
}

TEST(ExpiriesSpec, WhatIsSetTakesThePlaceOfWhatWasExpected) {
  Expiries expiries{HashSeed{7}};
  expiries.expect(tenant(1), time(3s));
  expiries.expect(tenant(2), time(4s));
  expiries.set(tenant(1), time(9s));
  EXPECT_EQ(expiries.due(time(8s)), tenant(2));
  expiries.set(tenant(2), std::nullopt);
  EXPECT_EQ(expiries.due(time(8s)), std::nullopt);
  EXPECT_EQ(expiries.due(time(9s)), tenant(1));
}

TEST(PlanCatalogueSpec, SharesOnePlanBetweenTenantsOfEqualRules) {
  PlanCatalogue catalogue;
  const auto first = catalogue.plan_of(founded(tenant(1), 10)).value();
  const auto second = catalogue.plan_of(founded(tenant(2), 10)).value();
  EXPECT_EQ(first, second);
}

TEST(PlanCatalogueSpec, KeepsPlansApartThatDifferInAnything) {
  PlanCatalogue catalogue;
  const auto plain = catalogue.plan_of(founded(tenant(1), 10)).value();
  EXPECT_NE(catalogue.plan_of(founded(tenant(1), 11)).value(), plain);
  TenantDefinition other = founded(tenant(1), 10);
  other.limits[0].enforcement = Enforcement::alert;
  EXPECT_NE(catalogue.plan_of(other).value(), plain);
  other = founded(tenant(1), 10);
  other.timezone = "Asia/Tokyo";
  EXPECT_NE(catalogue.plan_of(other).value(), plain);
}

TEST(PlanCatalogueSpec, DoesNotGrowWithPlansThatAreNoLongerInUse) {
  PlanCatalogue catalogue;
  const auto kept = catalogue.plan_of(founded(tenant(1), 1)).value();
  for (std::uint64_t size = 2; size <= 5000; ++size) {
    ASSERT_TRUE(catalogue.plan_of(founded(tenant(1), size)).ok());
  }
  EXPECT_LE(catalogue.size(), 64U);
  EXPECT_EQ(catalogue.plan_of(founded(tenant(2), 1)).value(), kept);
}

TEST(PlanCatalogueSpec, RefusesATimeZoneThatDoesNotExist) {
  PlanCatalogue catalogue;
  TenantDefinition lost = founded(tenant(1), 1);
  lost.timezone = "Middle/Earth";
  EXPECT_EQ(catalogue.plan_of(lost).fault().code, FaultCode::invalid_argument);
}

TEST(SpaceSavingSpec, EstimatesTheRateOfASteadyTenant) {
  SpaceSaving busiest;
  for (int tenth = 0; tenth <= 600; ++tenth) {
    busiest.fade(time(std::chrono::milliseconds{tenth * 100}));
    busiest.saw(tenant(1), 100, 25);
  }
  const auto found = busiest.busiest(1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(static_cast<double>(found[0].checks_per_second), 1000, 50);
  EXPECT_NEAR(static_cast<double>(found[0].denied_per_second), 250, 15);
}

TEST(SpaceSavingSpec, FindsTheHeavyOnesAmongManyLightOnes) {
  SpaceSaving busiest;
  for (std::uint64_t round = 0; round < 10'000; ++round) {
    busiest.saw(tenant(1), 10, 0);
    busiest.saw(tenant(2), 5, 0);
    busiest.saw(tenant(100 + round), 1, 0);
  }
  const auto found = busiest.busiest(2);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].tenant, tenant(1));
  EXPECT_EQ(found[1].tenant, tenant(2));
}

TEST(SpaceSavingSpec, IsSureOnlyOfWhatATenantDidSinceItCameIn) {
  SpaceSaving busiest;
  for (std::uint64_t round = 0; round < 10'000; ++round) {
    busiest.saw(tenant(1), 10, 0);
    busiest.saw(tenant(100 + round), 5, 0);
  }
  EXPECT_EQ(busiest.busiest(9).size(), 9U);
  const auto sure = busiest.surely_busiest(9);
  ASSERT_FALSE(sure.empty());
  EXPECT_EQ(sure[0].tenant, tenant(1));
  EXPECT_GT(sure[0].checks_per_second, 1000U);
  EXPECT_LE(sure.size() > 1 ? sure[1].checks_per_second : 0, 1U);
}

TEST(SpaceSavingSpec, ForgetsATenantThatHasGoneQuiet) {
  SpaceSaving busiest;
  busiest.saw(tenant(1), 1000, 0);
  EXPECT_EQ(busiest.busiest(9).size(), 1U);
  busiest.fade(time(60s));
  EXPECT_TRUE(busiest.busiest(9).empty());
}

TEST(SpaceSavingSpec, TakesNoNoticeOfAClockThatDoesNotMove) {
  SpaceSaving busiest;
  busiest.fade(time(5s));
  busiest.saw(tenant(1), 1000, 0);
  busiest.fade(time(5s));
  EXPECT_EQ(busiest.busiest(9).size(), 1U);
}

class FlushPaceSpec : public ::testing::Test {
protected:
  void wait(std::uint32_t ticks) {
    for (std::uint32_t i = 0; i < ticks; ++i) {
      pace.tick();
    }
  }
  FlushPace pace{Ticks{10}, Ticks{100}, 7};
};

TEST_F(FlushPaceSpec, IsDueEveryInterval) {
  wait(9);
  EXPECT_FALSE(pace.due());
  wait(1);
  EXPECT_TRUE(pace.due());
  pace.succeeded();
  EXPECT_FALSE(pace.due());
}

TEST_F(FlushPaceSpec, BacksOffAfterAFailureForUpToTwoIntervals) {
  pace.failed();
  EXPECT_TRUE(pace.backing_off());
  wait(9);
  EXPECT_TRUE(pace.backing_off());
  wait(11);
  EXPECT_FALSE(pace.backing_off());
  EXPECT_TRUE(pace.due());
}

TEST_F(FlushPaceSpec, NeverBacksOffLongerThanItsBound) {
  for (int i = 0; i < 1000; ++i) {
    pace.failed();
  }
  wait(100);
  EXPECT_FALSE(pace.backing_off());
}

TEST_F(FlushPaceSpec, ForgetsItsFailuresWithTheFirstSuccessOrInAHurry) {
  pace.failed();
  pace.succeeded();
  EXPECT_FALSE(pace.backing_off());
  pace.failed();
  pace.hurry();
  EXPECT_FALSE(pace.backing_off());
  EXPECT_TRUE(pace.due());
}

}  // namespace
}  // namespace sluice::testing
