// SPDX-License-Identifier: Apache-2.0
// Limits on what is in flight, and limits that look at labels, as the real program shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/invariant.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AcmeSpec : public CommandTest {
protected:
  AcmeSpec() { SLUICE_INVARIANT(ctl("tenant create acme").exit == 0); }

  void set_limit(const std::string& words) const {
    const Called set = ctl("limit set acme " + words);
    ASSERT_EQ(set.exit, 0) << set.err;
  }
};
class InFlightSpec : public AcmeSpec {};
class LimitLabelSpec : public AcmeSpec {};

TEST_F(InFlightSpec, IsShownWithItsSizeAndTimeToLive) {
  set_limit("calls --meter services --concurrency 2/30s");
  EXPECT_THAT(ctl("limit show acme").out, HasSubstr("2 at once, for 30s"));
  const auto limit = ctl("limit show acme --json").json()["limits"][0];
  EXPECT_EQ(limit["kind"], "concurrency");
  EXPECT_EQ(limit["size"], 2);
  EXPECT_EQ(limit["ttl_ns"], 30'000'000'000);
}

TEST_F(InFlightSpec, IsReservedForAsLongAsTheLimitSays) {
  set_limit("calls --meter services --concurrency 2/30s");
  ASSERT_EQ(ctl("reserve acme services").exit, 0);
  ASSERT_EQ(ctl("reserve acme services --ttl 1h").exit, 0) << "no longer than the limit says";
  EXPECT_THAT(ctl("usage acme").out, HasSubstr("2 at once, for 30s  ████████████████████  100%"));
  EXPECT_THAT(ctl("reserve acme services").out,
              AllOf(HasSubstr("outcome      denied"), HasSubstr("retry after  30s\n")));
  ASSERT_EQ(ctl("clock advance 30s").exit, 0);
  EXPECT_EQ(ctl("reserve acme services").exit, 0);
}

TEST_F(InFlightSpec, IsExtendedByTheLimitsTimeToLive) {
  set_limit("calls --meter services --concurrency 2/30s");
  const std::string id = " --id 6f9619ff-8b86-4d01-b42d-00cf4fc964f1";
  ASSERT_EQ(ctl("reserve acme services" + id).exit, 0);
  ASSERT_EQ(ctl("clock advance 20s").exit, 0);
  ASSERT_EQ(ctl("extend acme" + id).exit, 0);
  ASSERT_EQ(ctl("clock advance 20s").exit, 0);
  EXPECT_EQ(ctl("commit acme" + id).exit, 0);
}

TEST_F(InFlightSpec, IsOnlyReserved) {
  set_limit("calls --meter services --concurrency 2/30s");
  const Called charged = ctl("check acme services");
  EXPECT_EQ(charged.exit, 3);
  EXPECT_THAT(charged.out,
              HasSubstr("problem  mode: a meter with a concurrency limit is reserved"));
}

TEST_F(LimitLabelSpec, AreShownOnlyWhereThereAreSome) {
  set_limit("daily --meter llm_tokens --size 100 --period day");
  EXPECT_THAT(ctl("limit show acme").out, Not(ContainsRegex("BY|WHEN|ON EXPIRY")));
  set_limit(
      "each --meter llm_tokens --size 10 --period day --by user,team --when 'model=a|b' "
      "--when 'team!=x' --release-on-expiry");
  const std::string shown = ctl("limit show acme").out;
  EXPECT_THAT(shown, ContainsRegex("OVERAGE +BY +WHEN +ON EXPIRY"));
  EXPECT_THAT(shown, ContainsRegex("user,team +model=a\\|b and team!=x +released"));
}

TEST_F(LimitLabelSpec, AreToldToProgramsInParts) {
  set_limit("each --meter llm_tokens --size 10 --period day --by user --when 'model!=a|b'");
  const auto limit = ctl("limit show acme --json").json()["limits"][0];
  EXPECT_THAT(limit["by"], ElementsAre("user"));
  ASSERT_EQ(limit["when"].size(), 1U);
  EXPECT_EQ(limit["when"][0]["label"], "model");
  EXPECT_EQ(limit["when"][0]["negated"], true);
  EXPECT_THAT(limit["when"][0]["values"], ElementsAre("a", "b"));
  EXPECT_EQ(limit["release_on_expiry"], false);
}

TEST_F(LimitLabelSpec, CountEachValueByItself) {
  set_limit("each --meter llm_tokens --size 10 --period day --by user");
  EXPECT_EQ(ctl("check acme llm_tokens=10 --label user=ann").exit, 0);
  EXPECT_EQ(ctl("check acme llm_tokens=10 --label user=ann").exit, 3);
  EXPECT_EQ(ctl("check acme llm_tokens=10 --label user=bob").exit, 0);
  EXPECT_EQ(ctl("check acme llm_tokens=10").exit, 0) << "without one: under the empty value";
  EXPECT_EQ(ctl("check acme llm_tokens=10").exit, 3);
}

TEST_F(LimitLabelSpec, SayWhichRequestsALimitIsFor) {
  set_limit("large --meter llm_tokens --size 10 --period day --when 'model=large|huge'");
  EXPECT_EQ(ctl("check acme llm_tokens=11 --label model=small").exit, 0);
  EXPECT_EQ(ctl("check acme llm_tokens=11 --label model=huge").exit, 3);
  EXPECT_EQ(ctl("check acme llm_tokens=10 --label model=huge --label user=ann").exit, 0);
}

TEST_F(LimitLabelSpec, LeaveUsageWithoutACountOfItsOwn) {
  set_limit("each --meter llm_tokens --size 10 --period day --by user");
  ASSERT_EQ(ctl("check acme llm_tokens=10 --label user=ann").exit, 0);
  EXPECT_THAT(ctl("usage acme").out, ContainsRegex("each +llm_tokens +- +10 / day +-"));
  const auto used = ctl("usage acme --json").json()["limits"][0];
  EXPECT_EQ(used["used"], nullptr);
  EXPECT_EQ(used["remaining"], nullptr);
  EXPECT_EQ(used["held"], nullptr);
  EXPECT_EQ(used["resets_at"], "2025-06-11T00:00:00Z");
}

TEST_F(LimitLabelSpec, AreSetWithANewTenantInTheShortForm) {
  ASSERT_EQ(ctl("tenant create other --limit "
                "'each=llm_tokens:10/day,by=user+team,when=model=a|b,release-on-expiry' "
                "--limit calls=services:2/30s,concurrent")
                .exit,
            0);
  const auto limits = ctl("limit show other --json").json()["limits"];
  EXPECT_THAT(limits[0]["by"], ElementsAre("user", "team"));
  EXPECT_EQ(limits[0]["release_on_expiry"], true);
  EXPECT_EQ(limits[1]["kind"], "concurrency");
}

}  // namespace
}  // namespace sluice::test
