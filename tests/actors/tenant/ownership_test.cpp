// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ownership.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

const ServerId ours{"ours"};
const ServerId another{"another"};

Result<Done> claimed(ClockKind clock, const OwnedBefore& before) {
  return check_clock(Claim{.server = ours, .name = "", .clock = clock}, before);
}

TEST(ClockOfAStoreSpec, IsThatOfTheFirstWhoOwnsIt) {
  EXPECT_TRUE(claimed(ClockKind::real, {}).ok());
  EXPECT_TRUE(claimed(ClockKind::simulated, {}).ok());
}

TEST(ClockOfAStoreSpec, StaysWhatItWasWhoeverComes) {
  const OwnedBefore simulated{ClockKind::simulated, Epoch{3}, another};
  EXPECT_TRUE(claimed(ClockKind::simulated, simulated).ok());
  const auto refused = claimed(ClockKind::real, simulated);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::invalid_argument);
  EXPECT_EQ(refused.fault().context,
            "simulated-time: the store has data of simulated time and cannot be served with the "
            "real clock");
  EXPECT_FALSE(claimed(ClockKind::simulated, {ClockKind::real, Epoch{3}, ours}).ok());
}

TEST(ClockOfAStoreSpec, OfAnEarlierVersionIsRealUnlessItsOwnServerKnowsBetter) {
  EXPECT_FALSE(claimed(ClockKind::simulated, {std::nullopt, Epoch{3}, another}).ok());
  EXPECT_TRUE(claimed(ClockKind::real, {std::nullopt, Epoch{3}, another}).ok());
  EXPECT_TRUE(claimed(ClockKind::simulated, {std::nullopt, Epoch{3}, ours}).ok());
}

TEST(ClockOfAStoreSpec, IsReadAsItIsWritten) {
  for (const ClockKind kind : {ClockKind::real, ClockKind::simulated}) {
    EXPECT_EQ(parse_clock_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_clock_kind("wound up"), std::nullopt);
}

}  // namespace
}  // namespace sluice
