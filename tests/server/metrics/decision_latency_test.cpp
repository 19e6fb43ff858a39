// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/decision_latency.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr ReactorIndex first{0};
constexpr ReactorIndex second{1};

TEST(DecisionLatencySpec, CountsEachCheckUnderTheFirstBoundThatHoldsIt) {
  DecisionLatency latency(1);
  latency.record(first, 5us, 1);
  latency.record(first, 6us, 64);
  const LatencyReading reading = latency.read();
  EXPECT_EQ(reading.counts[0], 1U);
  EXPECT_EQ(reading.counts[1], 64U);
  EXPECT_EQ(reading.count(), 65U);
  EXPECT_EQ(reading.sum_ns, 5'000U + 64 * 6'000U);
}

TEST(DecisionLatencySpec, CountsWhatIsBeyondAllBounds) {
  DecisionLatency latency(1);
  latency.record(first, 2s, 3);
  EXPECT_EQ(latency.read().counts.back(), 3U);
}

TEST(DecisionLatencySpec, AddsUpTheReactors) {
  DecisionLatency latency(2);
  latency.record(first, 1us, 1);
  latency.record(second, 1us, 2);
  EXPECT_EQ(latency.read().counts[0], 3U);
}

}  // namespace
}  // namespace sluice
