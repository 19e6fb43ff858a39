// SPDX-License-Identifier: Apache-2.0
// The real program against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class TenantCommandSpec : public CommandTest {};
class LimitCommandSpec : public CommandTest {};
class CheckCommandSpec : public CommandTest {};
class ServerCommandSpec : public CommandTest {};

std::vector<std::string> keys(const nlohmann::json& document) {
  std::vector<std::string> names;
  for (const auto& [key, value] : document.items()) {
    names.push_back(key);
  }
  return names;
}

TEST_F(TenantCommandSpec, CreatesATenantWithItsLimitsAtOnce) {
  const Called created =
      ctl("tenant create acme --name 'Acme Zürich' --tier starter --timezone Europe/Zurich "
          "--anchor-day 31 --limit monthly=api_requests:10k/month,soft=80% "
          "--limit disk=storage_bytes:1GB/never,alert --limit pace=api_requests:5/1s,burst=10");
  ASSERT_EQ(created.exit, 0) << created.err;
  EXPECT_THAT(created.out, AllOf(HasSubstr("Acme Zürich"), HasSubstr("10k / month"),
                                 HasSubstr("1GB in all"), HasSubstr("5 / 1s, burst 10")));
  EXPECT_THAT(created.out, HasSubstr("2025-06-10 14:00:00 CEST"));
}

TEST_F(TenantCommandSpec, TellsProgramsEverythingUnderStableNames) {
  const Called created =
      ctl("tenant create acme --json --limit monthly=api_requests:10k/month,soft=80%");
  ASSERT_EQ(created.exit, 0) << created.err;
  const auto tenant = created.json();
  EXPECT_THAT(
      keys(tenant),
      ElementsAre("billing", "billing_anchor_day", "compliance", "created_at", "created_at_ns",
                  "currency", "deactivated_at", "deactivated_at_ns", "features", "id", "instance",
                  "isolation", "limits", "name", "pending_tier", "purge_at", "purge_at_ns",
                  "region", "settings", "slug", "status", "suspend_reason", "suspended_at",
                  "suspended_at_ns", "tier", "timezone", "trial_days", "trial_ends_at",
                  "trial_ends_at_ns", "unpaid", "updated_at", "updated_at_ns", "version"));
  EXPECT_EQ(tenant["created_at"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(tenant["created_at_ns"], 1749556800000000000);
  const auto& limit = tenant["limits"][0];
  EXPECT_THAT(keys(limit),
              ElementsAre("by", "enforcement", "from_tier", "history_by", "id", "kind", "meter",
                          "name", "overage_terms", "override", "period", "release_on_expiry",
                          "shadow", "size", "soft_limit", "thresholds", "unit", "when"));
  EXPECT_EQ(limit["size"], 10'000);
  EXPECT_EQ(limit["soft_limit"], 8'000);
}

TEST_F(TenantCommandSpec, FindsATenantBySlugAndById) {
  const std::string id = "0197a1b2-0000-7000-8000-00000000002a";
  ASSERT_EQ(ctl("tenant create acme --id " + id).exit, 0);
  EXPECT_EQ(ctl("tenant show acme --json").json()["id"], id);
  EXPECT_EQ(ctl("tenant show " + id + " --json").json()["slug"], "acme");
}

TEST_F(TenantCommandSpec, RefusesWithTheServersReasonAndCodeOne) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  const Called again = ctl("tenant create acme");
  EXPECT_EQ(again.exit, 1);
  EXPECT_THAT(again.err, AllOf(StartsWith("sluicectl: "), HasSubstr("slug")));
  EXPECT_EQ(again.out, "");
  EXPECT_EQ(ctl("tenant show nobody").exit, 1);
  EXPECT_THAT(ctl("tenant create acme2 --timezone Mars/Olympus").err, HasSubstr("timezone"));
}

TEST_F(TenantCommandSpec, TellsProgramsWhyItFailed) {
  const Called missing = ctl("tenant show nobody --json");
  EXPECT_EQ(missing.json()["error"]["code"], "not_found");
  EXPECT_EQ(missing.json()["error"]["exit_code"], 1);
  const Called wrong = ctl("tenant show --json");
  EXPECT_EQ(wrong.exit, 2);
  EXPECT_EQ(wrong.json()["error"]["exit_code"], 2);
}

TEST_F(TenantCommandSpec, ListsPageByPageOrAllAtOnce) {
  const std::string id = "0197a1b2-0000-7000-8000-00000000000";
  ASSERT_EQ(ctl("tenant create bbb --tier pro --id " + id + "2").exit, 0);
  ASSERT_EQ(ctl("tenant create aaa --tier pro --id " + id + "1").exit, 0);
  ASSERT_EQ(ctl("tenant create ccc --tier pro --id " + id + "3").exit, 0);
  const auto page = ctl("tenant list --page-size 2 --json").json();
  EXPECT_EQ(page["tenants"].size(), 2U);
  EXPECT_TRUE(page["more"]);
  const std::string last = page["tenants"][1]["id"];
  EXPECT_EQ(ctl("tenant list --slugs --after " + last).out, "ccc\n");
  EXPECT_EQ(ctl("tenant list --page-size 1 --all --slugs").out, "aaa\nbbb\nccc\n");
  EXPECT_THAT(ctl("tenant list --page-size 2").out, HasSubstr("--after " + last));
  EXPECT_EQ(ctl("tenant list --text bb --slugs").out, "bbb\n");
  EXPECT_EQ(ctl("tenant list --tier free").out, "no tenants\n");
}

TEST_F(TenantCommandSpec, ChangesWhatIsGivenAndLeavesTheRest) {
  ASSERT_EQ(ctl("tenant create acme --name Acme --tier pro").exit, 0);
  const auto edited = ctl("tenant edit acme --slug acme-2 --expect-version 1 --json").json();
  EXPECT_EQ(edited["slug"], "acme-2");
  EXPECT_EQ(edited["name"], "Acme");
  EXPECT_EQ(edited["version"], 2);
  EXPECT_EQ(ctl("tenant edit acme-2").exit, 2) << "there is nothing to change";
  EXPECT_THAT(ctl("tenant edit acme-2 --name ''").err, HasSubstr("--name: must not be empty"));
  EXPECT_EQ(ctl("tenant edit acme-2 --name x --expect-version 1").exit, 1) << "it is at 2";
}

TEST_F(LimitCommandSpec, SetsALimitInTheUnitOfItsMeter) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  ASSERT_EQ(ctl("limit set acme gpu --meter gpu_seconds --size 10h --period month").exit, 0);
  const auto limit = ctl("limit show acme --json").json()["limits"][0];
  EXPECT_EQ(limit["size"], 36'000);
  EXPECT_EQ(limit["enforcement"], "block");
  EXPECT_THAT(ctl("limit show acme").out, HasSubstr("10h / month"));
}

TEST_F(LimitCommandSpec, ReplacesALimitOfTheSameNameAndKeepsItsUsage) {
  ASSERT_EQ(ctl("tenant create acme --limit monthly=api_requests:10/month").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests=4").exit, 0);
  ASSERT_EQ(ctl("limit set acme monthly --meter api_requests --size 5 --period month").exit, 0);
  const auto limits = ctl("usage acme --json").json()["limits"];
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits[0]["used"], 4);
  EXPECT_EQ(limits[0]["remaining"], 1);
}

TEST_F(LimitCommandSpec, RemovesALimit) {
  ASSERT_EQ(ctl("tenant create acme --limit monthly=api_requests:0/month").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests").exit, 3);
  EXPECT_EQ(ctl("limit remove acme monthly").out, "no limits: everything is allowed\n");
  EXPECT_EQ(ctl("check acme api_requests").exit, 0);
  EXPECT_EQ(ctl("limit remove acme monthly").exit, 1) << "it is gone";
}

TEST_F(LimitCommandSpec, RefusesAStaleVersion) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  const std::string set = "limit set acme m --meter api_requests --size 1 --period day ";
  EXPECT_EQ(ctl(set + "--expect-version 1").exit, 0);
  EXPECT_EQ(ctl(set + "--expect-version 1").exit, 1);
}

TEST_F(LimitCommandSpec, CallsAWrongLimitBadUsageAndNamesTheOption) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  const std::string set = "limit set acme m --meter api_requests ";
  for (const auto& [words, option] :
       {std::pair{"--size 1.5 --period day", "--size"},
        {"--size 10", "--period"},
        {"--rate 1 --per soon", "--per"},
        {"--size 1 --period day --alert --block", "--block"},
        {"--size 1 --period day --enforcement beg", "--enforcement"},
        {"--size 1 --period day --alert --enforcement block", "--enforcement"},
        {"--sliding 1", "--sliding"},
        {"--size 1 --period day --overage-price 1", "--overage-price"},
        {"--size 1 --period day --overage-cap 1", "--overage-cap"},
        {"--size 1 --period day --thresholds 0", "--thresholds"},
        {"--concurrency 10", "--concurrency"},
        {"--concurrency 10/30s --size 1 --period day", "--size"},
        {"--size 1 --period day --by User", "--by"},
        {"--size 1 --period day --when model", "--when"}}) {
    const Called called = ctl(set + words);
    EXPECT_EQ(called.exit, 2) << words;
    EXPECT_THAT(called.err, HasSubstr(option)) << words;
  }
  EXPECT_EQ(ctl("limit set acme m --meter nonsense --size 1 --period day").exit, 2);
  EXPECT_EQ(ctl("limit show acme").out, "no limits: everything is allowed\n");
}

TEST_F(CheckCommandSpec, SaysWhichLimitDecidedAndWhatIsLeft) {
  ASSERT_EQ(ctl("tenant create acme --timezone America/New_York "
                "--limit daily=llm_tokens:100k/day --limit pace=api_requests:5/1s,burst=10")
                .exit,
            0);
  const Called allowed = ctl("check acme llm_tokens=64k");
  EXPECT_EQ(allowed.exit, 0);
  EXPECT_EQ(allowed.out,
            "outcome    allowed\n"
            "limit      daily on llm_tokens\n"
            "size       100k\n"
            "used       64k\n"
            "remaining  36k\n"
            "resets at  2025-06-11 00:00:00 EDT\n");
}

TEST_F(CheckCommandSpec, EndsWithThreeWhenDeniedAndSaysWhenToComeBack) {
  ASSERT_EQ(ctl("tenant create acme --limit pace=api_requests:5/1s,burst=10").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests=10").exit, 0);
  const Called denied = ctl("check acme api_requests=5");
  EXPECT_EQ(denied.exit, 3);
  EXPECT_THAT(denied.out, AllOf(HasSubstr("denied"), HasSubstr("retry after  1s\n")));
  ASSERT_EQ(ctl("clock advance 1s").exit, 0);
  EXPECT_EQ(ctl("check acme api_requests=5").exit, 0);
  EXPECT_THAT(ctl("check acme api_requests=11").out, HasSubstr("retry after  never"));
}

TEST_F(CheckCommandSpec, TellsProgramsTheExactNumbers) {
  ASSERT_EQ(ctl("tenant create acme --limit monthly=api_requests:10/month,soft=50%").exit, 0);
  const auto decision = ctl("check acme api_requests=6 --json").json();
  EXPECT_EQ(decision["outcome"], "allowed");
  EXPECT_EQ(decision["allowed"], true);
  EXPECT_EQ(decision["limit"], "monthly");
  EXPECT_EQ(decision["used"], 6);
  EXPECT_EQ(decision["remaining"], 4);
  EXPECT_EQ(decision["soft_limit_passed"], true);
  EXPECT_EQ(decision["resets_at"], "2025-07-01T00:00:00Z");
  EXPECT_EQ(decision["retry_after_ns"], nullptr);
}

TEST_F(CheckCommandSpec, ChargesAllOrNothingAndNothingWhenPeeking) {
  ASSERT_EQ(ctl("tenant create acme --limit requests=api_requests:5/day "
                "--limit tokens=llm_tokens:100/day")
                .exit,
            0);
  EXPECT_EQ(ctl("check acme api_requests llm_tokens=101").exit, 3);
  EXPECT_EQ(ctl("check acme api_requests --peek").exit, 0);
  const auto limits = ctl("usage acme --json").json()["limits"];
  EXPECT_EQ(limits[0]["used"], 0);
  EXPECT_EQ(limits[1]["used"], 0);
}

TEST_F(CheckCommandSpec, TellsAnUnknownTenantFromADeniedOne) {
  const Called unknown = ctl("check 0197a1b2-0000-7000-8000-00000000002a api_requests");
  EXPECT_EQ(unknown.exit, 3);
  EXPECT_THAT(unknown.out, HasSubstr("unknown_tenant"));
  EXPECT_EQ(ctl("check nobody api_requests").exit, 1) << "a slug cannot even be asked about";
}

TEST_F(CheckCommandSpec, CallsAWrongChargeBadUsage) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  EXPECT_THAT(ctl("check acme nonsense").err, HasSubstr("there is no meter 'nonsense'"));
  EXPECT_EQ(ctl("check acme nonsense").exit, 2);
  EXPECT_THAT(ctl("check acme llm_tokens=1GB").err, HasSubstr("llm_tokens: '1GB'"));
  EXPECT_EQ(ctl("check acme llm_tokens=").exit, 2);
  EXPECT_EQ(ctl("check acme").exit, 2);
}

TEST_F(CheckCommandSpec, ShowsUsageWithBars) {
  ASSERT_EQ(ctl("tenant create acme --limit disk=storage_bytes:4GB/never "
                "--limit free=llm_tokens:unlimited/day")
                .exit,
            0);
  ASSERT_EQ(ctl("check acme storage_bytes=3GB llm_tokens=5k").exit, 0);
  const std::string usage = ctl("usage acme").out;
  EXPECT_THAT(usage, HasSubstr("3GB  4GB in all       ███████████████       75%  never\n"));
  EXPECT_THAT(usage, HasSubstr("5k  unlimited / day"));
  EXPECT_THAT(usage, Not(HasSubstr("\033"))) << "no colours without a terminal";
  const auto disk = ctl("usage acme --json").json()["limits"][1];
  EXPECT_TRUE(disk["window_starts_at"].is_null() && disk["resets_at"].is_null()) << "a gauge";
}

TEST_F(ServerCommandSpec, DefinesAMeterThatCanBeChargedAtOnce) {
  ASSERT_EQ(ctl("meter define widgets --unit widget").exit, 0);
  EXPECT_THAT(ctl("meter list").out, HasSubstr("widgets"));
  ASSERT_EQ(ctl("tenant create acme --limit w=widgets:1/day").exit, 0);
  EXPECT_EQ(ctl("check acme widgets").exit, 0);
  EXPECT_EQ(ctl("meter define widgets --unit widget").exit, 1);
}

TEST_F(ServerCommandSpec, MovesASimulatedClock) {
  EXPECT_EQ(ctl("clock advance 90m").out, "the clock stands at 2025-06-10T13:30:00Z\n");
  EXPECT_EQ(ctl("clock set 2025-06-01T00:00:00Z --json").json()["read_at"], "2025-06-01T00:00:00Z");
  EXPECT_EQ(ctl("clock advance fast").exit, 2);
  EXPECT_EQ(ctl("clock set tomorrow").exit, 2);
}

TEST_F(ServerCommandSpec, ShowsTheCountersOfEveryReactor) {
  ASSERT_EQ(ctl("tenant create acme --limit m=api_requests:1/day").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests").exit, 3);
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  const auto status = ctl("status --json").json();
  for (const auto& reactor : status["reactors"]) {
    allowed += reactor["allowed"].get<std::uint64_t>();
    denied += reactor["denied"].get<std::uint64_t>();
  }
  EXPECT_EQ(allowed, 1U);
  EXPECT_EQ(denied, 1U);
  EXPECT_THAT(ctl("status").out, HasSubstr("(simulated)"));
}

TEST_F(ServerCommandSpec, ShowsThatTheServerOwnsTheTenantsAndKeepsAJournal) {
  ASSERT_EQ(ctl("tenant create acme --limit m=api_requests:10/day").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests").exit, 0);
  const auto status = ctl("status --json").json();
  EXPECT_EQ(status["ownership"]["owner"], true);
  EXPECT_GE(status["ownership"]["epoch"], 1);
  std::uint64_t commits = 0;
  for (const auto& reactor : status["reactors"]) {
    commits += reactor["journal"]["commits"].get<std::uint64_t>();
    EXPECT_EQ(reactor["journal"]["failures"], 0);
    EXPECT_EQ(reactor["history_lost"], 0);
  }
  EXPECT_GE(commits, 1U);
}

TEST_F(ServerCommandSpec, PrintsSnapshotsOfTopWithoutATerminal) {
  const Called once = ctl("top --once --interval 10ms");
  EXPECT_EQ(once.exit, 0);
  EXPECT_THAT(once.out, AllOf(HasSubstr("CHECKS/S"), Not(HasSubstr("\033"))));
  const Called twice = ctl("top --count 2 --interval 10ms --json");
  const std::size_t end = twice.out.find('\n');
  EXPECT_TRUE(nlohmann::json::parse(twice.out.substr(0, end)).contains("per_second"));
  EXPECT_TRUE(nlohmann::json::parse(twice.out.substr(end + 1)).contains("per_second"));
}

}  // namespace
}  // namespace sluice::test
