// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/tenure.hpp"

#include <gtest/gtest.h>

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

constexpr Instant after(Duration since_start) {
  return Instant{since_start};
}

class TenureSpec : public ::testing::Test {
protected:
  Tenure tenure;
};

TEST_F(TenureSpec, DoesNotHoldBeforeItHasBegun) {
  EXPECT_FALSE(tenure.holds(after(0s)));
  EXPECT_FALSE(tenure.holds(after(-1s))) << "a machine's clock may start anywhere";
  EXPECT_FALSE(tenure.ended());
}

TEST_F(TenureSpec, HoldsUntilItsEndAndNotAtIt) {
  tenure.extend(after(10s));
  EXPECT_EQ(tenure.until(), after(10s));
  EXPECT_TRUE(tenure.holds(after(0s)));
  EXPECT_TRUE(tenure.holds(after(10s - 1ns)));
  EXPECT_FALSE(tenure.holds(after(10s)));
}

TEST_F(TenureSpec, ReliesOnNineTenthsOfALeaseFromWhenItWasAskedFor) {
  tenure.granted(after(5s), 100s);
  EXPECT_EQ(tenure.until(), after(95s));
}

TEST_F(TenureSpec, HoldsAgainOnceARenewalComesAfterItsEnd) {
  tenure.extend(after(10s));
  EXPECT_FALSE(tenure.holds(after(15s)));
  EXPECT_FALSE(tenure.ended()) << "nobody else is known to own the shards";
  tenure.extend(after(20s));
  EXPECT_TRUE(tenure.holds(after(15s)));
}

TEST_F(TenureSpec, IsNeverCutShortByALateRenewal) {
  tenure.extend(after(20s));
  tenure.extend(after(10s));
  EXPECT_EQ(tenure.until(), after(20s));
}

TEST_F(TenureSpec, IsOverForGoodOnceSomebodyElseOwnsTheShards) {
  tenure.extend(after(20s));
  tenure.end();
  EXPECT_TRUE(tenure.ended());
  EXPECT_FALSE(tenure.holds(after(0s)));
  tenure.extend(after(30s));
  EXPECT_TRUE(tenure.ended());
  EXPECT_FALSE(tenure.holds(after(0s)));
}

TEST_F(TenureSpec, MayEndBeforeItHasBegun) {
  tenure.end();
  tenure.extend(after(10s));
  EXPECT_TRUE(tenure.ended());
  EXPECT_FALSE(tenure.holds(after(0s)));
}

}  // namespace
}  // namespace sluice::testing
