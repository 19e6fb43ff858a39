// SPDX-License-Identifier: Apache-2.0
#include "bench/token_replay.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <vector>

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

/// Requests that come faster than they are answered, a few of them with long answers.
std::vector<TraceRequest> made_up_trace() {
  std::mt19937_64 random{1};
  std::vector<TraceRequest> trace;
  Duration at{};
  for (int i = 0; i < 1'000; ++i) {
    at += std::chrono::milliseconds{random() % 400};
    const std::uint64_t generated = random() % 10 == 0 ? 400 + random() % 600 : random() % 200;
    trace.push_back({at, Amount{100 + random() % 900 + generated}, Amount{generated}});
  }
  return trace;
}

TokenReplayResult replay(Admission admission, Estimate estimate, std::uint64_t quota = 50) {
  QuotasInProcess tenants;
  return replay_tokens(made_up_trace(), admission, estimate, {.tenants = 5, .quota_percent = quota},
                       tenants);
}

TEST(TokenReplaySpec, AReservedEstimateThatIsNeverTooLowNeverPassesAQuotaAtAnyInstant) {
  const auto result = replay(Admission::reserve, Estimate::most);
  EXPECT_EQ(result.passed_most, Amount{});
  EXPECT_EQ(result.tenants_passed, 0U);
  EXPECT_GT(result.refused, 0U) << "otherwise nobody would have met a quota";
  EXPECT_EQ(result.cut_short, 0U);
}

TEST(TokenReplaySpec, ReservingMoreAsAnAnswerGrowsNeverPassesAQuotaEither) {
  const auto result = replay(Admission::reserve_as_it_grows, Estimate::mean);
  EXPECT_EQ(result.passed_most, Amount{});
  EXPECT_GT(result.cut_short, 0U);
  EXPECT_LE(result.used, result.quotas);
}

TEST(TokenReplaySpec, CheckingFirstAndRecordingAfterwardsPassesQuotas) {
  for (const Estimate estimate : {Estimate::mean, Estimate::most}) {
    const auto result = replay(Admission::check_then_record, estimate);
    EXPECT_GT(result.passed_most, Amount{});
    EXPECT_GT(result.tenants_passed, 0U);
  }
}

TEST(TokenReplaySpec, WhatFitsIsAdmittedInFullHoweverItIsDone) {
  Amount asked;
  for (const TraceRequest& request : made_up_trace()) {
    asked = asked + request.tokens;
  }
  for (const Admission admission :
       {Admission::check_then_record, Admission::reserve, Admission::reserve_as_it_grows}) {
    const auto result = replay(admission, Estimate::mean, 1'000);
    EXPECT_EQ(result.answered, 1'000U);
    EXPECT_EQ(result.used, asked);
    EXPECT_EQ(result.passed_most, Amount{});
  }
}

}  // namespace
}  // namespace sluice::bench
