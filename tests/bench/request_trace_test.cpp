// SPDX-License-Identifier: Apache-2.0
#include "bench/request_trace.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

const std::string header = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

Result<std::vector<TraceRequest>> read(const std::string& text) {
  std::istringstream in{text};
  return read_trace(in);
}

std::string refusal(const std::string& text) {
  const auto requests = read(text);
  return requests.ok() ? "accepted" : requests.fault().context;
}

TEST(RequestTraceSpec, CountsTimeFromTheFirstRequestAndAddsUpTheTokens) {
  const auto requests = read(header +
                             "2023-11-16 23:59:59.6805900,374,44\n"
                             "2023-11-17 00:00:01.0000000,396,0\n");
  ASSERT_TRUE(requests.ok());
  const std::vector<TraceRequest> expected{{0ns, Amount{418}, Amount{44}},
                                           {1'319'410us, Amount{396}, Amount{0}}};
  EXPECT_EQ(requests.value(), expected);
}

TEST(RequestTraceSpec, LinesMayEndAsOnWindowsAndTheLastOneNotAtAll) {
  const auto requests = read(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
      "2023-11-16 18:15:46.68,1,2\r\n2023-11-16 18:15:46.68,3,4");
  ASSERT_TRUE(requests.ok());
  EXPECT_EQ(requests.value().size(), 2U);
}

TEST(RequestTraceSpec, ARefusalNamesTheLineAndTheColumn) {
  const std::string good = "2023-11-16 18:15:46.68,1,2\n";
  EXPECT_EQ(refusal(header + good + "yesterday,1,2\n"),
            "trace line 3: TIMESTAMP must look like 2023-11-16 18:15:46.6805900");
  EXPECT_EQ(refusal(header + "2023-11-16 18:15:46.68,-1,2\n"),
            "trace line 2: ContextTokens must be a whole number");
  EXPECT_EQ(refusal(header + "2023-11-16 18:15:46.68,1,2,3\n"),
            "trace line 2: GeneratedTokens must be a whole number, and the last column");
}

TEST(RequestTraceSpec, ATimestampThatNoClockEverShowsIsRefused) {
  for (const char* timestamp :
       {"2023-02-29 00:00:00", "2023-13-01 00:00:00", "2023-11-16 24:00:00", "2023-11-16 18:60:00",
        "2023-11-16 18:15:60", "2023-11-16 18:15:46.", "2023-11-16 18:15:46.1234567890",
        "2023-11-16 18:15", "2023-11-16T18:15:46", "2023-11-16 -1:15:46", ""}) {
    EXPECT_EQ(refusal(header + timestamp + ",1,2\n"),
              "trace line 2: TIMESTAMP must look like 2023-11-16 18:15:46.6805900")
        << timestamp;
  }
}

TEST(RequestTraceSpec, TokensThatAreNoAmountAreRefused) {
  EXPECT_EQ(refusal(header + "2023-11-16 18:15:46.68,9223372036854775807,1\n"),
            "trace line 2: ContextTokens must be a whole number");
}

TEST(RequestTraceSpec, TimeMustNotRunBackwards) {
  EXPECT_EQ(refusal(header + "2023-11-16 18:15:46.68,1,2\n2023-11-16 18:15:46.67,1,2\n"),
            "trace line 3: TIMESTAMP is before the one of the line above");
}

TEST(RequestTraceSpec, AnotherHeaderOrNoRequestsIsRefused) {
  EXPECT_EQ(refusal("time,tokens\n"),
            "trace line 1: the header must be TIMESTAMP,ContextTokens,GeneratedTokens");
  EXPECT_EQ(refusal(header), "trace line 2: there are no requests");
}

TEST(RequestTraceSpec, AFileThatCannotBeReadIsNamed) {
  const auto requests = read_trace_file("/does/not/exist.csv");
  ASSERT_FALSE(requests.ok());
  EXPECT_EQ(requests.fault().context, "trace: cannot read /does/not/exist.csv");
}

}  // namespace
}  // namespace sluice::bench
