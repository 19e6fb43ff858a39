// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ShadowSpec, NeverStandsInTheWayButSaysThatItWouldHave) {
  Desk desk{{window(100, Period::day), shadow(window(10, Period::day))}};
  EXPECT_EQ(desk.charge(10).would_deny.count, 0U);
  const Decision decision = desk.charge(1);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  ASSERT_EQ(decision.would_deny.count, 1U);
  EXPECT_EQ(decision.would_deny.told()[0], LimitId{2});
}

TEST(ShadowSpec, CountsWhatIsAdmitted) {
  Desk desk{{shadow(window(10, Period::day))}};
  desk.charge(15);
  EXPECT_EQ(desk.used(), Amount{15});
}

TEST(ShadowSpec, WhatALiveLimitDeniesItDoesNotCount) {
  Desk desk{{window(5, Period::day), shadow(window(10, Period::day))}};
  desk.charge(6);
  EXPECT_EQ(desk.used(1), Amount{0});
}

TEST(ShadowSpec, TheReadingIsThatOfALiveLimit) {
  Desk desk{{window(100, Period::day), shadow(window(10, Period::day))}};
  EXPECT_EQ(desk.charge(1).reading.limit, LimitId{1});
}

TEST(ShadowSpec, CausesNoWarningAndNoPrice) {
  Desk desk{{with_soft_limit(shadow(for_overage(window(10, Period::day), 7)), 5)}};
  const Decision decision = desk.charge(20);
  EXPECT_FALSE(decision.soft_limit_passed);
  EXPECT_EQ(decision.price_micros, 0U);
  EXPECT_EQ(decision.overage, Amount{0});
}

TEST(ShadowSpec, TheFirstFewVerdictsAreToldByName) {
  Desk desk{std::vector<Limit>(6, shadow(window(1, Period::day)))};
  const Decision decision = desk.charge(2);
  EXPECT_EQ(decision.would_deny.count, 6U);
  EXPECT_EQ(decision.would_deny.told().size(), 4U);
}

TEST(ShadowSpec, MadeLiveItGoesOnWithWhatItCounted) {
  Desk desk{{shadow(window(10, Period::day))}};
  desk.charge(10);
  desk.tenant.adopt(plan_of({window(10, Period::day)}), desk.now, desk.happenings);
  EXPECT_FALSE(desk.admits(1));
}

}  // namespace
}  // namespace sluice
