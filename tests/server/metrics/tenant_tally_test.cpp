// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/tenant_tally.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

UsageRow minute_of(std::uint64_t tenant, std::uint32_t allowed, std::uint32_t denied = 0) {
  UsageBucket bucket{MeterId{1}, Minute{1}, Amount{allowed}};
  bucket.allowed = allowed;
  bucket.denied = denied;
  return UsageRow{TenantId{1, tenant}, bucket};
}

std::uint64_t asked_in_all(const TenantTally& tally) {
  std::uint64_t asked = 0;
  for (const TenantTally::Count& count : tally.read()) {
    asked += count.asked;
  }
  return asked;
}

TEST(TenantTallySpec, CountsATenantByItsName) {
  TenantTally tally(2);
  tally.add(minute_of(1, 10, 2));
  tally.add(minute_of(1, 5));
  const auto counts = tally.read();
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].tenant, (TenantId{1, 1}));
  EXPECT_EQ(counts[0].asked, 17U);
  EXPECT_EQ(counts[0].refused, 2U);
  EXPECT_EQ(counts[1].tenant, std::nullopt);
  EXPECT_EQ(counts[1].asked, 0U);
}

TEST(TenantTallySpec, CountsTheOthersTogetherOnceItHasNoNamesLeft) {
  TenantTally tally(2);
  tally.add(minute_of(1, 10));
  tally.add(minute_of(2, 10));
  tally.add(minute_of(3, 9));
  EXPECT_EQ(tally.read().size(), 3U);
  EXPECT_EQ(tally.read().back().asked, 9U);
}

TEST(TenantTallySpec, GivesTheNameOfTheIdlestToOneThatIsBusier) {
  TenantTally tally(2);
  tally.add(minute_of(1, 10));
  tally.add(minute_of(2, 5));
  tally.add(minute_of(3, 6));
  const auto counts = tally.read();
  EXPECT_EQ(counts[1].tenant, (TenantId{1, 3}));
  EXPECT_EQ(counts.back().asked, 5U) << "what the idlest had is not lost";
}

TEST(TenantTallySpec, LosesNoCheckWhoeverHasTheNames) {
  TenantTally tally(3);
  std::uint64_t asked = 0;
  for (std::uint64_t round = 0; round < 100; ++round) {
    const auto allowed = static_cast<std::uint32_t>(round * 7 % 13);
    tally.add(minute_of(round % 11, allowed));
    asked += allowed;
  }
  EXPECT_EQ(asked_in_all(tally), asked);
  EXPECT_EQ(tally.read().size(), 4U);
}

}  // namespace
}  // namespace sluice
