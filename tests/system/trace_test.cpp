// SPDX-License-Identifier: Apache-2.0
// Goal    Tokens that are known only afterwards never pass a quota, at any instant, and a quota
//         that holds is used as well as one that does not.
// Method  The first part of a recorded hour of a language model's requests, drawn to 200 tenants,
//         through the real server on simulated time; and all of it on the code that decides, for
//         the figures of the page. The trace lies beside the checkout; without it these tests are
//         skipped.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "bench/request_trace.hpp"
#include "bench/token_quotas.hpp"
#include "bench/token_replay.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using bench::Admission;
using bench::Estimate;
using bench::TokenReplayResult;
using bench::TraceRequest;

constexpr std::size_t slice = 2'500;
constexpr const char* trace_file = SLUICE_SHARED_DATA "/azure_llm_conversation_2023.csv";

double share_used(const TokenReplayResult& result) {
  return 100.0 * static_cast<double>(result.used.raw()) / static_cast<double>(result.quotas.raw());
}

struct RecordedHour : ::testing::Test {
  void SetUp() override {
    if (!std::filesystem::exists(trace_file)) {
      GTEST_SKIP() << "there is no trace beside this checkout";
    }
    trace = must(bench::read_trace_file(trace_file));
  }
  [[nodiscard]] TokenReplayResult in_process(Admission admission, Estimate estimate,
                                             std::size_t requests) const {
    bench::QuotasInProcess tenants;
    return bench::replay_tokens(std::span{trace}.first(requests), admission, estimate, {}, tenants);
  }
  /// The same by the server, which counts as the replay does in the end.
  [[nodiscard]] TokenReplayResult by_server(Admission admission, Estimate estimate) {
    Served served{{"--simulated-time", "2023-11-16T18:15:46Z"}};
    const auto gateway = served.client({.check_timeout = std::chrono::seconds{10}});
    bench::QuotasOfServer tenants{*gateway, served.administrator()};
    const auto result =
        bench::replay_tokens(std::span{trace}.first(slice), admission, estimate, {}, tenants);
    EXPECT_EQ(tenants.used(), result.used);
    EXPECT_EQ(result, in_process(admission, estimate, slice));
    RecordProperty("quotas_used_percent", fmt::format("{:.1f}", share_used(result)));
    return result;
  }

  std::vector<TraceRequest> trace;
};

TEST_F(RecordedHour, WhatIsReservedAtMostNeverPassesAQuotaAtAnyInstant) {
  const auto result = by_server(Admission::reserve, Estimate::most);
  EXPECT_EQ(result.passed_most, Amount{});
  EXPECT_EQ(result.tenants_passed, 0U);
  EXPECT_GT(result.refused, slice / 4) << "otherwise few would have met their quota";
}

TEST_F(RecordedHour, ReservingMoreAsAnswersGrowNeverPassesAQuotaAndUsesItAsWellAsCheckingDoes) {
  const auto result = by_server(Admission::reserve_as_it_grows, Estimate::mean);
  EXPECT_EQ(result.passed_most, Amount{});
  EXPECT_LE(result.used, result.quotas);
  const auto checked = in_process(Admission::check_then_record, Estimate::mean, slice);
  EXPECT_GT(share_used(result), 0.97 * share_used(checked));
}

TEST_F(RecordedHour, CheckingFirstAndChargingAfterwardsPassesQuotas) {
  const auto result = by_server(Admission::check_then_record, Estimate::mean);
  EXPECT_GT(result.passed_most, Amount{1'000});
  EXPECT_GT(result.tenants_passed, 0U);
}

/// As the page writes it: 12,345.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) {
    text.insert(at - 3, ",");
  }
  return text;
}

TEST_F(RecordedHour, GivesTheFiguresOfThePage) {
  struct Row {
    Admission admission;
    Estimate estimate;
    const char* unit = "";
  };
  std::ifstream file{SLUICE_DOCS "/reservations.md"};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  for (const Row& row : {Row{Admission::check_then_record, Estimate::mean, " tokens"},
                         Row{Admission::check_then_record, Estimate::most, " tokens"},
                         Row{Admission::reserve, Estimate::mean, " tokens"},
                         Row{Admission::reserve_as_it_grows, Estimate::mean},
                         Row{Admission::reserve, Estimate::most}}) {
    const auto result = in_process(row.admission, row.estimate, trace.size());
    const std::string figures =
        fmt::format("| {} | {} | {} | {:.1f} % | {}{} | {} |", grouped(result.answered),
                    grouped(result.refused), grouped(result.cut_short), share_used(result),
                    grouped(result.passed_most.raw()), row.unit, result.tenants_passed);
    EXPECT_NE(page.find(figures), std::string::npos) << figures;
  }
}

}  // namespace
}  // namespace sluice::test
