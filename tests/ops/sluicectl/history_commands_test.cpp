// SPDX-License-Identifier: Apache-2.0
// What the real program tells of the past of tenants, against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "actors/tenant/invariant.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::chrono::seconds patience{30};

class HistoryCommandSpec : public CommandTest {
protected:
  HistoryCommandSpec() {
    SLUICE_INVARIANT(ctl("tenant create acme --timezone Europe/Zurich "
                         "--limit hourly=llm_tokens:10k/hour --limit pace=api_requests:1k/hour")
                         .exit == 0);
  }

  void spend(const std::string& charge) const { ASSERT_EQ(ctl("check acme " + charge).exit, 0); }
  void pass(const std::string& time) const { ASSERT_EQ(ctl("clock advance " + time).exit, 0); }

  /// Asks until there are so many entries: what was spent reaches the store a moment later.
  [[nodiscard]] nlohmann::json asked(const std::string& words, const std::string& list,
                                     std::size_t entries) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    nlohmann::json document;
    do {
      document = ctl(words + " --json").json();
    } while (document[list].size() < entries && std::chrono::steady_clock::now() < deadline);
    return document;
  }
};

TEST_F(HistoryCommandSpec, ShowsWhatWasUsedHourByHour) {
  spend("llm_tokens=1500");
  pass("1h");
  spend("llm_tokens=2500");
  const auto history = asked("history acme --meter llm_tokens", "points", 2);
  EXPECT_EQ(history["by"], "hour");
  EXPECT_EQ(history["complete"], true);
  ASSERT_THAT(history["points"], SizeIs(2));
  EXPECT_EQ(history["points"][0]["start_at"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(history["points"][0]["meter"], "llm_tokens");
  EXPECT_EQ(history["points"][0]["used"], 1'500);
  EXPECT_EQ(history["points"][0]["allowed"], 1);
  EXPECT_EQ(history["points"][1]["used"], 2'500);
  EXPECT_THAT(ctl("history acme").out,
              AllOf(HasSubstr("START"), HasSubstr("2025-06-10 13:00:00 UTC"), HasSubstr("2.5k")));
}

TEST_F(HistoryCommandSpec, ShowsMinutesAndDaysToo) {
  spend("api_requests=3");
  pass("1m");
  spend("api_requests=4");
  EXPECT_THAT(asked("history acme --by minute", "points", 2)["points"], SizeIs(2));
  const auto days = asked("history acme --by day", "points", 1)["points"];
  ASSERT_THAT(days, SizeIs(1));
  EXPECT_EQ(days[0]["start_at"], "2025-06-10T00:00:00Z");
  EXPECT_EQ(days[0]["used"], 7);
}

TEST_F(HistoryCommandSpec, StopsAtSoManyRowsAndSaysWhereToGoOn) {
  spend("api_requests");
  pass("1h");
  spend("api_requests");
  ASSERT_THAT(asked("history acme", "points", 2)["points"], SizeIs(2));
  EXPECT_EQ(asked("history acme --max 1", "points", 1)["complete"], false);
  EXPECT_THAT(ctl("history acme --max 1").out,
              HasSubstr("there may be more: --from 2025-06-10T12:00:00Z"));
}

TEST_F(HistoryCommandSpec, ShowsOnlyTheSpanThatIsAskedFor) {
  spend("api_requests");
  ASSERT_THAT(asked("history acme", "points", 1)["points"], SizeIs(1));
  EXPECT_EQ(ctl("history acme --to 2025-06-10T12:00:00Z").out, "nothing was used\n");
  EXPECT_EQ(ctl("history acme --from 2025-06-10T13:00:00Z").out, "nothing was used\n");
  EXPECT_EQ(ctl("history acme --from 2025-06-11 --to 2025-06-10").exit, 2);
}

TEST_F(HistoryCommandSpec, RefusesATenantOrAMeterThatDoesNotExist) {
  EXPECT_EQ(ctl("history nobody").exit, 1);
  EXPECT_EQ(ctl("history 0197a1b2-0000-7000-8000-00000000002a").exit, 1);
  EXPECT_THAT(ctl("history acme --meter nonsense").err, HasSubstr("--meter: there is no meter"));
  EXPECT_EQ(ctl("windows nobody").exit, 1);
}

TEST_F(HistoryCommandSpec, ShowsTheFinalCountsOfWindowsInTheTenantsTime) {
  EXPECT_EQ(ctl("windows acme").out, "no window with anything used is over\n");
  spend("llm_tokens=1500");
  pass("1h");
  spend("llm_tokens=1");
  const auto windows = asked("windows acme", "windows", 1);
  EXPECT_EQ(windows["slug"], "acme");
  ASSERT_THAT(windows["windows"], SizeIs(1));
  const auto& window = windows["windows"][0];
  EXPECT_EQ(window["limit"], "hourly");
  EXPECT_EQ(window["meter"], "llm_tokens");
  EXPECT_EQ(window["ended_at"], "2025-06-10T13:00:00Z");
  EXPECT_EQ(window["used"], 1'500);
  EXPECT_THAT(ctl("windows acme").out,
              AllOf(HasSubstr("2025-06-10 15:00:00 CEST"), HasSubstr("1.5k")));
  EXPECT_EQ(ctl("windows acme --csv").out,
            "ended_at,limit,limit_id,meter,used,overage,price_micros,paid_by\r\n"
            "2025-06-10T13:00:00Z,hourly,1,llm_tokens,1500,0,0,\r\n");
}

TEST_F(HistoryCommandSpec, ShowsWhatWasAboveTheSizeAndWhatItCost) {
  ASSERT_EQ(ctl("limit set acme hourly --meter llm_tokens --size 1k --period hour "
                "--enforcement overage --overage-price 150000/1k")
                .exit,
            0);
  spend("llm_tokens=3k");
  pass("1h");
  spend("llm_tokens=1");
  const auto windows = asked("windows acme", "windows", 1)["windows"];
  ASSERT_THAT(windows, SizeIs(1));
  EXPECT_EQ(windows[0]["overage"], 2'000);
  EXPECT_EQ(windows[0]["price_micros"], 300'000);
  EXPECT_THAT(ctl("windows acme").out, ContainsRegex("3k +2k +0\\.3\n"));
  EXPECT_EQ(asked("history acme", "points", 2)["points"][0]["overage"], 2'000);
  EXPECT_EQ(asked("history acme", "points", 2)["points"][0]["price_micros"], 300'000);
  EXPECT_THAT(ctl("history acme").out, ContainsRegex("3k +1 +0 +0 +2k +0\\.3\n"));
}

TEST_F(HistoryCommandSpec, TellsTheValuesOfALabelApart) {
  ASSERT_EQ(ctl("limit set acme monthly --meter api_requests --size 100 --period month "
                "--history-by user,team")
                .exit,
            0);
  spend("api_requests=3 --label user=ann");
  spend("api_requests=4 --label user=bob");
  const auto history = asked("history acme --meter api_requests --label user", "points", 2);
  ASSERT_THAT(history["points"], SizeIs(2));
  EXPECT_EQ(history["points"][0]["label"], "user");
  EXPECT_EQ(history["points"][0]["value"], "ann");
  EXPECT_EQ(history["points"][0]["others"], false);
  EXPECT_EQ(history["points"][0]["used"], 3);
  const auto one = asked("statistics acme --label user --value bob", "meters", 1);
  ASSERT_THAT(one["meters"], SizeIs(1));
  EXPECT_EQ(one["meters"][0]["used"], 4);
  EXPECT_THAT(ctl("history acme --label team").out, ContainsRegex("7 +2 +0 +0 +- +team=\n"));
  EXPECT_THAT(ctl("history acme --label user --csv").out,
              HasSubstr("api_requests,3,1,0,0,0,0,user,ann,false\r\n"));
  EXPECT_THAT(ctl("history acme --value ann").exit, 2);
  EXPECT_THAT(ctl("limit show acme").out, HasSubstr("user,team"));
}

TEST_F(HistoryCommandSpec, ShowsWindowsOfALimitThatIsGone) {
  spend("llm_tokens=1500");
  pass("1h");
  spend("llm_tokens=1");
  ASSERT_THAT(asked("windows acme", "windows", 1)["windows"], SizeIs(1));
  ASSERT_EQ(ctl("limit remove acme hourly").exit, 0);
  const auto windows = ctl("windows acme --json").json()["windows"];
  ASSERT_THAT(windows, SizeIs(1));
  EXPECT_EQ(windows[0]["limit"], nullptr);
  EXPECT_EQ(windows[0]["limit_id"], 1);
}

}  // namespace
}  // namespace sluice::test
