// SPDX-License-Identifier: Apache-2.0
// What the real program tells of the history of usage, against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "actors/tenant/invariant.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class AnalyticsCommandSpec : public CommandTest {
protected:
  AnalyticsCommandSpec() {
    SLUICE_INVARIANT(ctl("tenant create acme --limit monthly=llm_tokens:10k/month").exit == 0);
    SLUICE_INVARIANT(ctl("tenant create globex --limit monthly=llm_tokens:10k/month").exit == 0);
  }

  /// Asks until the text is there: what was spent reaches the store a moment later.
  [[nodiscard]] std::string asked(const std::string& words, const std::string& text) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    std::string out;
    do {
      out = ctl(words).out;
    } while (out.find(text) == std::string::npos && std::chrono::steady_clock::now() < deadline);
    return out;
  }
};

TEST_F(AnalyticsCommandSpec, ForetellsWhenALimitIsUsedUp) {
  ASSERT_EQ(ctl("check acme llm_tokens=1000").exit, 0);
  ASSERT_EQ(ctl("clock advance 2h").exit, 0);
  ASSERT_EQ(ctl("check acme llm_tokens=1000").exit, 0);
  const std::string table = asked("forecast acme", "2025-06-10 22:00");
  EXPECT_THAT(table, AllOf(HasSubstr("EXHAUSTED"), HasSubstr("monthly"),
                           HasSubstr("2025-06-10 22:00:00 UTC")))
      << "2000 in two hours, 8000 are left";
  EXPECT_THAT(ctl("forecast acme --csv").out,
              AllOf(StartsWith("limit,meter,used,size,pace_per_hour"), HasSubstr("monthly,llm")));
  EXPECT_EQ(ctl("forecast acme --json").json()["limits"][0]["pace_per_hour"], 1'000);
}

TEST_F(AnalyticsCommandSpec, RanksTenantsAndAddsThemUp) {
  ASSERT_EQ(ctl("check acme llm_tokens=300").exit, 0);
  ASSERT_EQ(ctl("check globex llm_tokens=400").exit, 0);
  const std::string table = asked("rank --meter llm_tokens", "acme");
  EXPECT_LT(table.find("globex"), table.find("acme"));
  EXPECT_THAT(asked("rank --by allowed --csv", "globex"),
              StartsWith("id,slug,name,tier,used,allowed,denied,throttled,overage\r\n"));
  EXPECT_NE(ctl("rank").exit, 0) << "amounts of which meter?";
  EXPECT_THAT(asked("statistics", "700"), HasSubstr("llm_tokens"));
  EXPECT_THAT(asked("statistics acme --csv", "300"), StartsWith("meter,buckets,used"));
  EXPECT_NE(ctl("statistics acme --tier free").exit, 0);
}

TEST_F(AnalyticsCommandSpec, PrintsHistoryAsRows) {
  ASSERT_EQ(ctl("check acme llm_tokens=300").exit, 0);
  EXPECT_THAT(asked("history acme --csv", "llm_tokens"),
              HasSubstr("2025-06-10T12:00:00Z,llm_tokens,300,1,0,0,0,0\r\n"));
}

TEST_F(AnalyticsCommandSpec, SaysBesideTheRowsThatTheyAreNotAll) {
  ASSERT_EQ(ctl("check acme llm_tokens=300").exit, 0);
  EXPECT_THAT(asked("history acme --csv --max 1", "llm_tokens"), StartsWith("start,meter"));
  const auto cut = ctl("history acme --csv --max 1");
  EXPECT_EQ(cut.err,
            "sluicectl: there may be more: --from 2025-06-10T12:00:00Z, or a larger --max\n");
  EXPECT_EQ(ctl("history acme --csv").err, "");
}

TEST_F(AnalyticsCommandSpec, SaysThatItCannotJudgeYet) {
  EXPECT_EQ(ctl("unusual acme").out, "there are not enough earlier weeks to compare with\n");
  EXPECT_EQ(ctl("unusual acme --csv").out,
            "start,meter,used,expected,spread,lowest,highest,weeks\r\n");
}

}  // namespace
}  // namespace sluice::test
