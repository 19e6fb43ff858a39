// SPDX-License-Identifier: Apache-2.0
// Tiers and features, told to the real program and the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::chrono::seconds patience{30};

class TierCommandSpec : public CommandTest {
protected:
  [[nodiscard]] nlohmann::json shown(const std::string& slug) const {
    return ctl("tenant show " + slug + " --json").json();
  }
  /// The size of a limit, as programs read it.
  [[nodiscard]] nlohmann::json size(const std::string& slug, const std::string& limit) const {
    const nlohmann::json tenant = shown(slug);
    for (const auto& each : tenant["limits"]) {
      if (each["name"] == limit) {
        return each["size"];
      }
    }
    return "no such limit";
  }
  /// Looks again and again: a timer makes it so, not a request.
  [[nodiscard]] bool becomes_of_tier(const std::string& slug, const std::string& tier) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    bool is = false;
    while (!is && std::chrono::steady_clock::now() < deadline) {
      is = shown(slug)["tier"] == tier;
    }
    return is;
  }
};

TEST_F(TierCommandSpec, GoesUpAndDownAndKeepsWhatWasUsed) {
  ASSERT_EQ(ctl("tenant create acme --tier free").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests=10k").exit, 0);
  EXPECT_EQ(ctl("check acme api_requests").exit, 3);
  const Called up = ctl("tenant upgrade acme professional --json");
  ASSERT_EQ(up.exit, 0) << up.err;
  EXPECT_TRUE(up.json()["exceeded"].empty());
  ASSERT_EQ(ctl("check acme api_requests=5k").exit, 0);
  const auto down = ctl("tenant downgrade acme free --json").json();
  ASSERT_EQ(down["exceeded"].size(), 1U);
  EXPECT_EQ(down["exceeded"][0]["limit"], "api_requests");
  EXPECT_EQ(down["exceeded"][0]["size"], 10'000);
  EXPECT_EQ(down["exceeded"][0]["used"], 15'000);
  EXPECT_EQ(ctl("check acme api_requests").exit, 3);
}

TEST_F(TierCommandSpec, ComesAtTheEndOfTheMonthThoughTheServerWasAwayThen) {
  ASSERT_EQ(ctl("tenant create acme --tier free --timezone Europe/Berlin --anchor-day 15").exit, 0);
  const auto changed = ctl("tenant upgrade acme starter --at-period-end --json").json();
  EXPECT_EQ(changed["tenant"]["tier"], "free");
  EXPECT_EQ(changed["tenant"]["pending_tier"]["tier"], "starter");
  EXPECT_EQ(changed["tenant"]["pending_tier"]["starts_at"], "2025-06-14T22:00:00Z");
  server().stop();
  restart();
  EXPECT_EQ(shown("acme")["pending_tier"]["tier"], "starter");
  ASSERT_EQ(ctl("clock advance 120h").exit, 0);
  ASSERT_TRUE(becomes_of_tier("acme", "starter"));
  EXPECT_EQ(size("acme", "api_requests"), 100'000);
  EXPECT_TRUE(shown("acme")["pending_tier"].is_null());
}

TEST_F(TierCommandSpec, ConvertsATrialUpwardsAndRevivesNobody) {
  ASSERT_EQ(ctl("tenant create acme --tier free --trial-days 14").exit, 0);
  ASSERT_EQ(ctl("tenant upgrade acme starter").exit, 0);
  EXPECT_EQ(shown("acme")["status"], "active");
  ASSERT_EQ(ctl("tenant suspend acme --reason unpaid").exit, 0);
  ASSERT_EQ(ctl("tenant upgrade acme enterprise").exit, 0);
  EXPECT_EQ(shown("acme")["status"], "suspended");
  EXPECT_TRUE(size("acme", "api_requests").is_null());
}

TEST_F(TierCommandSpec, RefusesTheWrongWayAndUnknownTiers) {
  ASSERT_EQ(ctl("tenant create acme --tier starter").exit, 0);
  const Called wrong = ctl("tenant upgrade acme free");
  EXPECT_EQ(wrong.exit, 1);
  EXPECT_THAT(wrong.err, HasSubstr("free ranks below starter"));
  EXPECT_THAT(ctl("tenant upgrade acme gold").err, HasSubstr("there is no tier \"gold\""));
  EXPECT_EQ(ctl("tenant upgrade acme starter --expect-version 9").exit, 1);
}

TEST_F(TierCommandSpec, WhatAnEditMakesOfATierIsTheSame) {
  ASSERT_EQ(ctl("tenant create acme --tier free --limit mine=llm_tokens:5/day").exit, 0);
  ASSERT_EQ(ctl("tenant edit acme --tier starter").exit, 0);
  EXPECT_EQ(size("acme", "users"), 10);
  ASSERT_EQ(ctl("tenant edit acme --tier friends").exit, 0);
  EXPECT_EQ(shown("acme")["limits"].size(), 1U) << "a label has no limits";
}

TEST_F(TierCommandSpec, TheCatalogueIsPutShownAppliedAndRemoved) {
  ASSERT_EQ(ctl("tier put <(echo '{\"name\":\"team\",\"rank\":15,\"limits\":"
                "[\"users=users:7/never\"],\"features\":{\"sso\":true}}')")
                .exit,
            0);
  ASSERT_EQ(ctl("tenant create acme --tier team").exit, 0);
  EXPECT_EQ(size("acme", "users"), 7);
  auto team = ctl("tier show team --json").json();
  EXPECT_EQ(team["version"], 1);
  team["limits"][0]["size"] = 9;
  const std::string file = "<(echo '" + team.dump() + "')";
  EXPECT_EQ(ctl("tier put " + file + " --expect-version 5").exit, 1);
  ASSERT_EQ(ctl("tier put " + file + " --expect-version 1").exit, 0);
  EXPECT_EQ(size("acme", "users"), 7) << "not before it is applied";
  EXPECT_EQ(ctl("tier apply team --json").json()["changed"], 1);
  EXPECT_EQ(size("acme", "users"), 9);
  EXPECT_EQ(ctl("tier remove team").exit, 1);
  ASSERT_EQ(ctl("tenant downgrade acme free").exit, 0);
  EXPECT_EQ(ctl("tier remove team").out, "removed tier team\n");
  EXPECT_EQ(ctl("tier show team").exit, 1);
}

TEST_F(TierCommandSpec, AFileThatIsWrongIsRefusedByTheNameOfItsMember) {
  const auto complaint = [this](const std::string& json) {
    const Called called = ctl("tier put <(echo '" + json + "')");
    EXPECT_EQ(called.exit, 2) << json;
    return called.err;
  };
  EXPECT_THAT(complaint("[]"), HasSubstr("the file: must be an object"));
  EXPECT_THAT(complaint(R"({"rank":1})"), HasSubstr("name: must be a text"));
  EXPECT_THAT(complaint(R"({"name":"x","rank":-1})"), HasSubstr("rank: must be a whole number"));
  EXPECT_THAT(complaint(R"({"name":"x","rank":1,"price":2})"), HasSubstr("price: is not known"));
  EXPECT_THAT(complaint(R"({"name":"x","rank":1,"limits":[{"name":"a","meter":"cows"}]})"),
              HasSubstr("limits[0].meter"));
  EXPECT_THAT(complaint(R"({"name":"x","rank":1,"features":{"a":1.5}})"), HasSubstr("features.a"));
  EXPECT_THAT(ctl("tier put /does/not/exist").err, HasSubstr("cannot be read"));
}

TEST_F(TierCommandSpec, FeaturesAreTheTiersButWhereTheTenantHasItsOwn) {
  ASSERT_EQ(ctl("tenant create acme --tier free").exit, 0);
  ASSERT_EQ(ctl("feature set acme seats=50").exit, 0);
  ASSERT_EQ(ctl("feature set acme api_access=false").exit, 0);
  ASSERT_EQ(ctl("feature set acme code=007 --text").exit, 0);
  const auto features = ctl("feature list acme --json").json();
  EXPECT_EQ(features["tier"], "free");
  EXPECT_EQ(features["features"]["seats"], 50);
  EXPECT_EQ(features["features"]["api_access"], false);
  EXPECT_EQ(features["features"]["code"], "007");
  EXPECT_THAT(features["own"], ElementsAre("api_access", "code", "seats"));
  EXPECT_THAT(ctl("tenant show acme").out, HasSubstr("api_access=false code=007 seats=50"));
  const Called cleared = ctl("feature clear acme api_access");
  EXPECT_THAT(cleared.out, HasSubstr("api_access  true   tier free"));
  EXPECT_EQ(ctl("feature clear acme api_access").exit, 1);
  EXPECT_EQ(ctl("feature set acme Bad=1").exit, 1);
}

}  // namespace
}  // namespace sluice::test
