// SPDX-License-Identifier: Apache-2.0
// Goal    What a consumer uses is what it owes and what its owner is paid, to the millionth: from
//         the use to the hour, from the hour to the line, from the line to the payout.
// Method  The real server on each store, with a clock that only the test moves, and the real
//         sluicectl for everything that anybody does.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr int not_allowed = 3;  // The exit code of a check that was decided so.

struct Kind {
  const char* name;
  bool postgres;
};

/// acme shares a model by the day: 2 millionths for each of the first 1,000 tokens, 1 for further
/// ones, 70 % of it its own. beta may use it for up to 2,500 a day.
class SharingBill : public ::testing::TestWithParam<Kind> {
protected:
  void SetUp() override {
    std::vector<std::string> flags{"--simulated-time", "2025-06-10T12:00:00Z", "--flush-interval",
                                   "20ms"};
    if (GetParam().postgres) {
      postgres.emplace();
      flags.insert(flags.end(), {"--postgres", postgres->conninfo()});
    }
    served.emplace(flags);
    ASSERT_EQ(ctl("tenant create acme --tier enterprise").exit, 0);
    ASSERT_EQ(ctl("tenant create beta --tier enterprise").exit, 0);
    const json policy{
        {"resourceType", "model"},
        {"resourceId", "gpt-x"},
        {"visibility", "marketplace"},
        {"permissions", {"execute"}},
        {"conditions", {{{"kind", "cost_limit"}, {"operator", "lte"}, {"values", {"2500"}}}}},
        {"pricing",
         {{"kind", "tiered"},
          {"period", "day"},
          {"meter", "llm_tokens"},
          {"bands", {{{"upTo", 1000}, {"priceMicros", 2}}, {{"priceMicros", 1}}}}}},
        {"revenue", {{"ownerBasisPoints", 7000}, {"schedule", "daily"}}}};
    const std::string file = directory.path() / "policy.json";
    std::ofstream{file} << policy;
    const Called put = ctl("share policy put acme model/gpt-x --file " + file + " --json");
    ASSERT_EQ(put.exit, 0) << put.err;
  }

  [[nodiscard]] Called ctl(const std::string& words) {
    return call("127.0.0.1:" + std::to_string(served->server().port()), words);
  }
  [[nodiscard]] json told(const std::string& words) {
    const Called called = ctl(words + " --json");
    EXPECT_EQ(called.exit, 0) << words << ": " << called.err;
    return called.exit == 0 ? called.json() : json::object();
  }
  /// Asks until the answer is so; the last one.
  [[nodiscard]] json told_once(const std::string& words,
                               const std::function<bool(const json&)>& is_so) {
    const auto until = std::chrono::steady_clock::now() + 60s;
    json answer = told(words);
    while (!is_so(answer) && std::chrono::steady_clock::now() < until) {
      answer = told(words);
    }
    EXPECT_TRUE(is_so(answer)) << words << ": " << answer.dump();
    return answer;
  }
  /// The id of the grant.
  [[nodiscard]] std::string grant() {
    const std::string id = told("share request beta model/gpt-x")["id"];
    EXPECT_EQ(ctl("share approve acme " + id).exit, 0);
    return id;
  }
  [[nodiscard]] int use(int tokens) {
    return ctl("check beta llm_tokens=" + std::to_string(tokens) + " --resource model:gpt-x").exit;
  }
  void set_clock(std::chrono::sys_seconds to) {
    const auto ns = std::chrono::duration_cast<Duration>(to.time_since_epoch());
    (void)must(served->administrator().set_wall_clock(WallTime{ns}));
  }
  static bool has_total(const json& answer, int amount) {
    return answer["totals"].size() == 1 && answer["totals"][0]["amountMicros"] == amount;
  }

  TemporaryDirectory directory;
  std::optional<PostgresServer> postgres;
  std::optional<Served> served;
};

TEST_P(SharingBill, AddsUpFromTheUseToThePayout) {
  using namespace std::chrono;
  const std::string first = grant();
  EXPECT_EQ(use(900), 0);
  set_clock(sys_days{2025y / June / 10} + hours{15});
  EXPECT_EQ(use(300), 0) << "2200 so far";
  EXPECT_EQ(use(301), not_allowed) << "it would be 2501";
  ASSERT_EQ(ctl("share revoke acme " + first).exit, 0);
  EXPECT_EQ(use(1), not_allowed);
  (void)grant();
  EXPECT_EQ(use(100), 0) << "a new grant, but the band goes on";
  (void)told_once("share statement beta --as consumer --running",
                  [](const json& answer) { return has_total(answer, 2300); });

  set_clock(sys_days{2025y / June / 11} + hours{2});
  const auto is_closed = [](const json& answer) { return has_total(answer, 2300); };
  const json owned = told_once("share statement acme --policy model/gpt-x", is_closed);
  const json owed = told_once("share statement beta --as consumer", is_closed);
  EXPECT_EQ(owned, owed) << "both read the same lines";
  ASSERT_EQ(owned["statements"].size(), 2U);
  EXPECT_EQ(owned["statements"][0]["amountMicros"], 2200);
  EXPECT_EQ(owned["statements"][1]["amountMicros"], 100);
  EXPECT_EQ(owned["totals"][0]["ownerMicros"], 1610);
  EXPECT_EQ(owned["totals"][0]["platformMicros"], 690);

  const json payouts = told_once("share payouts acme",
                                 [](const json& answer) { return answer["payouts"].size() == 1; });
  EXPECT_EQ(payouts["payouts"][0]["amountMicros"], 1610);
  EXPECT_EQ(payouts["payouts"][0]["statements"], 2);
  EXPECT_EQ(ctl("share paid acme USD/1 --reference 'wire 4711'").exit, 0);
  EXPECT_EQ(ctl("share paid acme USD/1 --reference again").exit, 1) << "once";

  const json stats = told("share stats acme --by hour --policy model/gpt-x");
  ASSERT_EQ(stats["points"].size(), 2U);
  EXPECT_EQ(stats["points"][0]["amountMicros"], 1800);
  EXPECT_EQ(stats["points"][1]["amountMicros"], 500);
  EXPECT_EQ(stats["points"][1]["denied"], 1);
}

TEST_P(SharingBill, IsToldOfOneConsumerAloneAndAddedUpOverAllPages) {
  using namespace std::chrono;
  (void)grant();
  EXPECT_EQ(use(10), 0);
  const std::string acme = told("tenant show acme")["id"];
  const std::string beta = told("tenant show beta")["id"];
  set_clock(sys_days{2025y / June / 11} + hours{2});
  EXPECT_EQ(use(20), 0);
  set_clock(sys_days{2025y / June / 12} + hours{2});
  const json page = told_once("share statement acme --page-size 1 --counterparty " + beta,
                              [](const json& answer) { return has_total(answer, 60); });
  EXPECT_EQ(page["statements"].size(), 1U);
  EXPECT_EQ(page["totals"][0]["lines"], 2) << "of the whole answer";
  const std::string next = page["next"];
  EXPECT_TRUE(told("share statement acme --after " + next)["totals"].empty()) << "told once";
  EXPECT_TRUE(told("share statement acme --counterparty " + acme)["statements"].empty());
}

INSTANTIATE_TEST_SUITE_P(OnEachStore, SharingBill,
                         ::testing::Values(Kind{"Sqlite", false}, Kind{"Postgres", true}),
                         [](const ::testing::TestParamInfo<Kind>& kind) {
                           return std::string{kind.param.name};
                         });

}  // namespace
}  // namespace sluice::test
