// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/postponed.hpp"

#include <gtest/gtest.h>

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

const TenantId whose{1, 1};

Instant after_start(Duration time) {
  return Instant{time};
}
Fault because(const std::string& reason) {
  return {FaultCode::invalid_argument, reason};
}

TEST(PostponedSpec, WaitsTwiceAsLongEachTimeUpToAnHour) {
  Postponed postponed;
  EXPECT_FALSE(postponed.holds(whose, after_start(0s)));
  static_cast<void>(postponed.refuse(whose, because("a"), after_start(0s)));
  EXPECT_TRUE(postponed.holds(whose, after_start(9s)));
  EXPECT_FALSE(postponed.holds(whose, after_start(10s)));
  static_cast<void>(postponed.refuse(whose, because("a"), after_start(10s)));
  EXPECT_TRUE(postponed.holds(whose, after_start(29s)));
  EXPECT_FALSE(postponed.holds(whose, after_start(30s)));
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(postponed.refuse(whose, because("a"), after_start(30s)));
  }
  EXPECT_TRUE(postponed.holds(whose, after_start(1h + 29s)));
  EXPECT_FALSE(postponed.holds(whose, after_start(1h + 30s)));
}

TEST(PostponedSpec, TellsAReasonOnce) {
  Postponed postponed;
  EXPECT_TRUE(postponed.refuse(whose, because("a"), after_start(0s)));
  EXPECT_FALSE(postponed.refuse(whose, because("a"), after_start(10s)));
  EXPECT_TRUE(postponed.refuse(whose, because("b"), after_start(30s)));
}

TEST(PostponedSpec, ForgetsWhoWasRepaired) {
  Postponed postponed;
  static_cast<void>(postponed.refuse(whose, because("a"), after_start(0s)));
  postponed.forget(whose);
  EXPECT_FALSE(postponed.holds(whose, after_start(1s)));
  EXPECT_TRUE(postponed.refuse(whose, because("a"), after_start(1s)));
}

TEST(PostponedSpec, KnowsABoundedNumberOfTenants) {
  Postponed postponed;
  std::size_t held = 0;
  for (std::uint64_t i = 0; i < Postponed::tenants_max + 10; ++i) {
    static_cast<void>(postponed.refuse(TenantId{2, i}, because("a"), after_start(0s)));
  }
  for (std::uint64_t i = 0; i < Postponed::tenants_max + 10; ++i) {
    held += postponed.holds(TenantId{2, i}, after_start(1s)) ? 1U : 0U;
  }
  EXPECT_EQ(held, Postponed::tenants_max);
}

}  // namespace
}  // namespace sluice::testing
