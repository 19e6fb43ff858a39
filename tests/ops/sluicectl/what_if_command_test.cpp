// SPDX-License-Identifier: Apache-2.0
// What the real program tells of the past under a limit that is only proposed, against the real
// server.
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
using testing::Not;
using testing::SizeIs;

constexpr std::chrono::seconds patience{30};
/// Without a limit nothing is counted.
constexpr const char* counting = " --limit all=api_requests:unlimited/month";

/// Since noon acme used 700 and, an hour later, 500; beta, of another tier, 900 in all; zeta
/// nothing.
class WhatIfCommandSpec : public CommandTest {
protected:
  WhatIfCommandSpec() {
    for (const char* tenant : {"acme", "beta --tier paid", "zeta"}) {
      SLUICE_INVARIANT(ctl(std::string{"tenant create "} + tenant + counting).exit == 0);
    }
    spend("acme api_requests=700");
    spend("beta api_requests=900");
    SLUICE_INVARIANT(ctl("clock advance 1h").exit == 0);
    spend("acme api_requests=500");
    wait_for("history acme", 2);
    wait_for("history beta", 1);
  }

  void spend(const std::string& check) const { SLUICE_INVARIANT(ctl("check " + check).exit == 0); }
  /// What was spent reaches the store a moment later.
  void wait_for(const std::string& history, std::size_t points) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (ctl(history + " --json").json()["points"].size() < points) {
      SLUICE_INVARIANT(std::chrono::steady_clock::now() < deadline);
    }
  }
};

const std::string per_day = " --meter api_requests --period day --size ";

TEST_F(WhatIfCommandSpec, ShowsTheWorstFirst) {
  const Called called = ctl("limit what-if" + per_day + "800 --json");
  ASSERT_EQ(called.exit, 0) << called.err;
  const auto found = called.json();
  EXPECT_EQ(found["limit"]["size"], 800);
  EXPECT_EQ(found["by"], "hour");
  EXPECT_EQ(found["to_at"], "2025-06-10T14:00:00Z") << "the hour that is open counts, too";
  EXPECT_EQ(found["looked_at"], 3);
  EXPECT_EQ(found["refused_tenants"], 2);
  EXPECT_EQ(found["complete"], true);
  ASSERT_THAT(found["tenants"], SizeIs(2));
  const auto& worst = found["tenants"][0];
  EXPECT_EQ(worst["slug"], "acme");
  EXPECT_EQ(worst["used"], 1'200);
  EXPECT_EQ(worst["buckets"], 2);
  EXPECT_EQ(worst["refused"], 400);
  EXPECT_EQ(worst["refused_buckets"], 1);
  EXPECT_EQ(worst["first_refused_at"], "2025-06-10T13:00:00Z");
  EXPECT_EQ(worst["last_refused_at"], "2025-06-10T13:00:00Z");
  EXPECT_EQ(worst["peak"], 1'200);
  EXPECT_EQ(found["tenants"][1]["slug"], "beta");
}

TEST_F(WhatIfCommandSpec, ShowsATableForPeople) {
  EXPECT_THAT(ctl("limit what-if" + per_day + "800").out,
              AllOf(ContainsRegex("TENANT +USED +REFUSED +SHARE +HOURS +FIRST +LAST +PEAK"),
                    ContainsRegex("acme +1.2k +400 +33% +1 of 2 +2025-06-10 13:00:00 UTC"),
                    HasSubstr("2 of 3 tenants would have been refused something: api_requests at "
                              "800 / day, from 2025-06-09 13:00:00 UTC to 2025-06-10 14:00:00")));
  EXPECT_THAT(ctl("limit what-if" + per_day + "5k").out,
              testing::StartsWith("0 of 3 tenants would have been refused something"));
}

TEST_F(WhatIfCommandSpec, TellsOfOneTenantEvenIfAllFits) {
  EXPECT_THAT(
      ctl("limit what-if acme" + per_day + "2k").out,
      AllOf(ContainsRegex("acme +1.2k +0 +0% +0 of 2 +- +- +1.2k"), HasSubstr("0 of 1 tenant ")));
  EXPECT_THAT(ctl("limit what-if zeta" + per_day + "2k").out,
              ContainsRegex("zeta +0 +0 +- +0 of 0"));
  const auto found = ctl("limit what-if acme" + per_day + "2k --json").json();
  EXPECT_EQ(found["tenants"][0]["first_refused_at"], nullptr);
  EXPECT_EQ(ctl("limit what-if nobody" + per_day + "1").exit, 1);
}

TEST_F(WhatIfCommandSpec, TellsOfOneTierAndOnlyTheWorst) {
  EXPECT_THAT(ctl("limit what-if --tier paid" + per_day + "800").out,
              AllOf(HasSubstr("beta"), Not(HasSubstr("acme")), HasSubstr("1 of 1 tenant ")));
  EXPECT_THAT(ctl("limit what-if --max 1" + per_day + "800").out,
              AllOf(HasSubstr("acme"), Not(HasSubstr("beta")), HasSubstr("larger --max")));
}

TEST_F(WhatIfCommandSpec, TakesTheShortFormAndEveryRuleThatHistoryCanJudge) {
  const auto refused = [&](const std::string& words) {
    const Called called = ctl("limit what-if acme --json " + words);
    return called.exit == 0 ? called.json()["tenants"][0]["refused"].dump() : called.err;
  };
  EXPECT_EQ(refused("--limit daily=api_requests:800/day"), "400");
  EXPECT_EQ(refused("--limit hourly=api_requests:600/hour,soft=80%,throttle"), "100");
  EXPECT_EQ(refused("--meter api_requests --sliding 1k/4h"), "200");
  EXPECT_EQ(refused("--meter api_requests --rate 1 --per 1m --burst 10 --by minute"), "1178");
  EXPECT_EQ(refused("--meter api_requests --size 100 --period day --enforcement overage "
                    "--overage-price 1/1 --overage-cap 1k"),
            "100");
}

TEST_F(WhatIfCommandSpec, LooksOnlyAtTheSpanThatIsAskedFor) {
  const auto found = ctl("limit what-if acme --json --from 2025-06-10T13:00:00Z --to 2025-06-11" +
                         per_day + "400 --by minute")
                         .json();
  EXPECT_EQ(found["tenants"][0]["used"], 500);
  EXPECT_EQ(found["tenants"][0]["refused"], 100);
}

TEST_F(WhatIfCommandSpec, RefusesWhatHistoryCannotJudgeAndNamesTheField) {
  const auto refusal = [&](const std::string& words) {
    const Called called = ctl("limit what-if " + words);
    EXPECT_EQ(called.exit, 1) << words;
    return called.err;
  };
  EXPECT_THAT(refusal("--meter services --concurrency 3/30s"), HasSubstr("limit.rule: "));
  EXPECT_THAT(refusal("--meter users --size 3 --period never"), HasSubstr("limit.rule.period: "));
  EXPECT_THAT(refusal("--limit each=api_requests:3/day,by=user"), HasSubstr("limit.per: "));
  EXPECT_THAT(refusal("--meter api_requests --size 3 --period minute"), HasSubstr("granularity: "));
  EXPECT_THAT(refusal("--by minute --last 60d" + per_day + "3"), HasSubstr("from: more than"));
}

TEST_F(WhatIfCommandSpec, RefusesACommandLineThatSaysTooLittleOrTooMuch) {
  EXPECT_THAT(ctl("limit what-if --size 3 --period day").err, HasSubstr("--meter: is missing"));
  const Called twice = ctl("limit what-if --limit daily=api_requests:3/day --size 3");
  EXPECT_EQ(twice.exit, 2);
  EXPECT_THAT(twice.err, HasSubstr("--limit: says all of the limit"));
  EXPECT_EQ(ctl("limit what-if acme --tier free" + per_day + "3").exit, 2);
}

TEST_F(WhatIfCommandSpec, ChangesNothing) {
  const std::string tenant = ctl("tenant show acme --json").out;
  const std::string usage = ctl("usage acme --json").out;
  const std::string history = ctl("history acme --json").out;
  ASSERT_EQ(ctl("limit what-if acme" + per_day + "1").exit, 0);
  EXPECT_EQ(ctl("tenant show acme --json").out, tenant) << "the version, too";
  EXPECT_EQ(ctl("usage acme --json").out, usage);
  EXPECT_EQ(ctl("history acme --json").out, history);
  EXPECT_EQ(ctl("check acme api_requests=5").exit, 0);
}

}  // namespace
}  // namespace sluice::test
