// SPDX-License-Identifier: Apache-2.0
// Limits of every kind and checks of every mode, as the real program shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/invariant.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A tenant in Zurich, where the server's clock shows 14:00.
class KindSpec : public CommandTest {
protected:
  KindSpec() { SLUICE_INVARIANT(ctl("tenant create acme --timezone Europe/Zurich").exit == 0); }

  void set_limit(const std::string& words) const {
    const Called set = ctl("limit set acme " + words);
    ASSERT_EQ(set.exit, 0) << set.err;
  }
};
class LimitKindSpec : public KindSpec {};
class CheckModeSpec : public KindSpec {};
class LimitResetsSpec : public KindSpec {};

TEST_F(LimitKindSpec, ASlidingWindowShowsItsSpan) {
  set_limit("smooth --meter api_requests --sliding 100/1m30s");
  EXPECT_THAT(ctl("limit show acme").out, HasSubstr("100 in any 1m30s"));
  const auto limit = ctl("limit show acme --json").json()["limits"][0];
  EXPECT_EQ(limit["kind"], "sliding");
  EXPECT_EQ(limit["size"], 100);
  EXPECT_EQ(limit["span_ns"], 90'000'000'000);
  EXPECT_EQ(ctl("check acme api_requests=100").exit, 0);
  EXPECT_EQ(ctl("check acme api_requests").exit, 3);
}

TEST_F(LimitKindSpec, AThrottledCheckEndsAsADeniedOneAndSaysWhenToComeBack) {
  set_limit("even --meter api_requests --size 100 --period day --soft 50% --enforcement throttle");
  ASSERT_EQ(ctl("check acme api_requests=60").exit, 0);
  const Called early = ctl("check acme api_requests=10");
  EXPECT_EQ(early.exit, 3);
  EXPECT_THAT(early.out,
              AllOf(StartsWith("outcome      throttled\n"), ContainsRegex("retry after  [0-9]")));
  const auto decision = ctl("check acme api_requests=10 --json").json();
  EXPECT_EQ(decision["outcome"], "throttled");
  EXPECT_EQ(decision["allowed"], false);
  EXPECT_GT(decision["retry_after_ns"], 0);
}

TEST_F(LimitKindSpec, OverageShowsItsUnitsAndTheirPrice) {
  set_limit(
      "traffic --meter bandwidth_bytes --size 1GB --period month --enforcement overage "
      "--overage-price 150000/1GB --overage-cap 5GB");
  EXPECT_THAT(ctl("limit show acme").out, HasSubstr("0.15 / 1GB, at most 5GB"));
  EXPECT_THAT(ctl("usage acme").out, Not(HasSubstr("OVERAGE"))) << "nothing is above yet";
  const Called above = ctl("check acme bandwidth_bytes=3GB");
  EXPECT_EQ(above.exit, 0);
  EXPECT_THAT(above.out, AllOf(HasSubstr("overage    2GB\n"), HasSubstr("price      0.3\n")));
  EXPECT_THAT(ctl("usage acme").out,
              AllOf(ContainsRegex("RESETS +OVERAGE +PRICE"), ContainsRegex("CEST +2GB +0\\.3\n")));
  EXPECT_EQ(ctl("check acme bandwidth_bytes=5GB").exit, 3) << "the cap is in the way";
}

TEST_F(LimitKindSpec, OverageIsToldToProgramsExactly) {
  set_limit(
      "traffic --meter bandwidth_bytes --size 10 --period month --enforcement overage "
      "--overage-price 1/3");
  const auto terms = ctl("limit show acme --json").json()["limits"][0]["overage_terms"];
  EXPECT_EQ(terms["price_micros"], 1);
  EXPECT_EQ(terms["per"], 3);
  EXPECT_EQ(terms["cap"], nullptr);
  const auto decision = ctl("check acme bandwidth_bytes=14 --json").json();
  EXPECT_EQ(decision["overage"], 4);
  EXPECT_EQ(decision["price_micros"], 2) << "rounded up";
  const auto used = ctl("usage acme --json").json()["limits"][0];
  EXPECT_EQ(used["overage"], 4);
  EXPECT_EQ(used["price_micros"], 2);
}

TEST_F(LimitKindSpec, AShadowIsNamedAndInNobodysWay) {
  set_limit("trial --meter api_requests --size 1 --period day --shadow");
  EXPECT_THAT(ctl("limit show acme").out, HasSubstr("block (shadow)"));
  EXPECT_EQ(ctl("limit show acme --json").json()["limits"][0]["shadow"], true);
  const Called called = ctl("check acme api_requests=5");
  EXPECT_EQ(called.exit, 0);
  EXPECT_THAT(called.out, HasSubstr("would deny  trial\n"));
  const auto decision = ctl("check acme api_requests=5 --json").json();
  EXPECT_EQ(decision["would_deny"][0]["limit"], "trial");
  EXPECT_EQ(decision["would_deny"][0]["limit_id"], 1);
  EXPECT_EQ(decision["would_deny_count"], 1);
}

TEST_F(LimitKindSpec, TermsThatDoNotFitTogetherAreRefusedByTheServersField) {
  const std::string set = "limit set acme m --meter api_requests ";
  for (const auto& [words, field] :
       {std::pair{"--rate 1 --per 1s --enforcement throttle", "limit.enforcement"},
        {"--size 10 --period day --enforcement throttle", "limit.soft_limit"},
        {"--size 10 --period day --enforcement overage", "limit.overage"},
        {"--size 10 --period day --overage-price 1/0 --alert", "limit.overage.per"},
        {"--sliding 10/1000d", "limit.rule.span"}}) {
    const Called called = ctl(set + words);
    EXPECT_EQ(called.exit, 1) << words;
    EXPECT_THAT(called.err, HasSubstr(field)) << words;
  }
}

TEST_F(CheckModeSpec, BestEffortShowsHowMuchItTook) {
  set_limit("daily --meter llm_tokens --size 36k --period day");
  const Called some = ctl("check acme llm_tokens=50k --mode best-effort");
  EXPECT_EQ(some.exit, 0);
  EXPECT_THAT(some.out, HasSubstr("granted    36k\n"));
  const auto none = ctl("check acme llm_tokens --mode best-effort --json").json();
  EXPECT_EQ(none["outcome"], "denied");
  EXPECT_EQ(none["granted"], 0);
  EXPECT_EQ(ctl("check acme llm_tokens --json").json()["granted"], nullptr) << "nobody asked";
}

TEST_F(CheckModeSpec, RecordCountsPastTheLimit) {
  set_limit("daily --meter llm_tokens --size 10 --period day");
  EXPECT_EQ(ctl("check acme llm_tokens=25 --mode record").exit, 0);
  EXPECT_EQ(ctl("usage acme --json").json()["limits"][0]["used"], 25);
}

TEST_F(CheckModeSpec, ReleaseGivesBackToAGauge) {
  set_limit("disk --meter storage_bytes --size 4GB --period never");
  ASSERT_EQ(ctl("check acme storage_bytes=3GB").exit, 0);
  const Called released = ctl("check acme storage_bytes=2GB --mode release");
  EXPECT_EQ(released.exit, 0);
  EXPECT_THAT(released.out, AllOf(HasSubstr("granted    2GB\n"), HasSubstr("used       1GB\n")));
}

TEST_F(CheckModeSpec, ReleaseWithTheIdOfACheckGivesBackWhatItTook) {
  set_limit("daily --meter llm_tokens --size 10 --period day");
  const std::string id = " --id 6f9619ff-8b86-4d01-b42d-00cf4fc964f1";
  ASSERT_EQ(ctl("check acme llm_tokens=4" + id).exit, 0);
  const Called released = ctl("check acme --mode release" + id);
  EXPECT_EQ(released.exit, 0);
  EXPECT_THAT(released.out, AllOf(HasSubstr("granted    4\n"), HasSubstr("used       0\n")));
  EXPECT_EQ(ctl("check acme --mode release --json" + id).json()["repeated"], true);
  EXPECT_EQ(ctl("check acme --mode release").exit, 2);
  EXPECT_EQ(ctl("check acme" + id).exit, 2);
}

TEST_F(CheckModeSpec, AModeThatDoesNotFitIsInvalidAndSaysWhy) {
  set_limit("daily --meter llm_tokens --size 10 --period day");
  const Called released = ctl("check acme llm_tokens --mode release");
  EXPECT_EQ(released.exit, 3);
  EXPECT_THAT(released.out, HasSubstr("problem  mode: only a meter with a gauge"));
  EXPECT_THAT(ctl("check acme llm_tokens api_requests --mode best-effort").out,
              HasSubstr("problem  charges: best effort takes exactly one"));
  EXPECT_EQ(ctl("check acme llm_tokens --mode beg").exit, 2);
  EXPECT_EQ(ctl("check acme llm_tokens --mode record --peek").exit, 2);
}

TEST_F(LimitResetsSpec, AreShownInTheTenantsTimeWithHowLongItIsUntilThen) {
  set_limit("daily --meter api_requests --size 10 --period day");
  EXPECT_EQ(ctl("limit resets acme daily --count 2").out,
            "RESETS                       IN\n"
            "2025-06-11 00:00:00 CEST    10h\n"
            "2025-06-12 00:00:00 CEST  1d10h\n");
  EXPECT_THAT(ctl("limit resets acme daily").out, HasSubstr("2025-06-15 00:00:00 CEST"));
}

TEST_F(LimitResetsSpec, AreToldToProgramsInUtc) {
  set_limit("yearly --meter api_requests --size 10 --period year");
  const auto preview = ctl("limit resets acme yearly --count 100 --json").json();
  EXPECT_EQ(preview["timezone"], "Europe/Zurich");
  EXPECT_EQ(preview["read_at"], "2025-06-10T12:00:00Z");
  ASSERT_EQ(preview["resets"].size(), 100U);
  EXPECT_EQ(preview["resets"][0]["resets_at"], "2025-12-31T23:00:00Z");
  EXPECT_EQ(preview["resets"][99]["resets_at"], "2124-12-31T23:00:00Z");
}

TEST_F(LimitResetsSpec, AreNoneOfAGauge) {
  set_limit("disk --meter storage_bytes --size 10 --period never");
  EXPECT_THAT(ctl("limit resets acme disk").out, StartsWith("never"));
  EXPECT_EQ(ctl("limit resets acme disk --json").json()["resets"].size(), 0U);
}

TEST_F(LimitResetsSpec, AreRefusedOfWhatDoesNotResetAndOfWhatIsNotThere) {
  set_limit("pace --meter api_requests --rate 1 --per 1s");
  const Called rate = ctl("limit resets acme pace");
  EXPECT_EQ(rate.exit, 1);
  EXPECT_THAT(rate.err, HasSubstr("limit.rule: "));
  EXPECT_EQ(ctl("limit resets acme nonsense").exit, 1);
  EXPECT_EQ(ctl("limit resets nobody pace").exit, 1);
  EXPECT_EQ(ctl("limit resets acme pace --count 0").exit, 2);
  EXPECT_EQ(ctl("limit resets acme pace --count 101").exit, 2);
}

}  // namespace
}  // namespace sluice::test
