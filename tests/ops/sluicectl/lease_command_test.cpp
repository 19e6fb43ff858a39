// SPDX-License-Identifier: Apache-2.0
// The real program against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string id = " --id 6f9619ff-8b86-4d01-b42d-00cf4fc964f1 ";

class LeaseCommandSpec : public CommandTest {
protected:
  LeaseCommandSpec() {
    EXPECT_EQ(ctl("tenant create acme --limit daily=llm_tokens:1k/day").exit, 0);
  }

  [[nodiscard]] nlohmann::json daily() const {
    return ctl("usage acme --json").json()["limits"][0];
  }
};

TEST_F(LeaseCommandSpec, PrintsTheIdAndHowMuchIsOut) {
  const Called leased = ctl("lease acme llm_tokens --want 400 --ttl 30s" + id);
  EXPECT_EQ(leased.exit, 0);
  EXPECT_THAT(leased.out, StartsWith("outcome    allowed\n"
                                     "lease      6f9619ff-8b86-4d01-b42d-00cf4fc964f1\n"
                                     "out        125\n"));
  EXPECT_EQ(daily()["held"], 125);
  EXPECT_EQ(daily()["leased"], 125);
  EXPECT_EQ(daily()["used"], 0);
  EXPECT_THAT(ctl("usage acme").out, HasSubstr("  HELD  LEASED  "));
}

TEST_F(LeaseCommandSpec, MakesUpAnIdAndTakesNoMoreThanIsWanted) {
  const auto leased = ctl("lease acme llm_tokens --want 40 --ttl 30s --json").json();
  EXPECT_EQ(leased["granted"], 40);
  EXPECT_EQ(ctl("cancel acme --id " + leased["id"].get<std::string>()).exit, 0);
  EXPECT_EQ(daily()["held"], 0);
  EXPECT_EQ(daily()["used"], 0);
}

TEST_F(LeaseCommandSpec, ARenewalSaysWhatWasSpentAndFillsUp) {
  ASSERT_EQ(ctl("lease acme llm_tokens --want 400 --ttl 30s" + id).exit, 0);
  const auto renewed = ctl("lease acme llm_tokens=100 --want 400 --ttl 30s --json" + id).json();
  EXPECT_EQ(renewed["granted"], 134) << "25 that are left of it, and an eighth of 875";
  EXPECT_EQ(daily()["used"], 100);
  EXPECT_EQ(ctl("commit acme llm_tokens=150" + id).exit, 0);
  EXPECT_EQ(daily()["used"], 150);
  EXPECT_EQ(daily()["held"], 0);
}

TEST_F(LeaseCommandSpec, OneThatNobodyEndedWasSpent) {
  ASSERT_EQ(ctl("lease acme llm_tokens --want 400 --ttl 30s" + id).exit, 0);
  ASSERT_EQ(ctl("clock advance 30s").exit, 0);
  EXPECT_EQ(daily()["used"], 125);
  EXPECT_EQ(ctl("lease acme llm_tokens=1 --want 1 --ttl 1s --json" + id).json()["outcome"],
            "hold_expired");
}

TEST_F(LeaseCommandSpec, OneThatNobodyEndedIsReleasedIfTheLimitSaysSo) {
  ASSERT_EQ(ctl("limit set acme daily --meter llm_tokens --size 1k --period day "
                "--release-on-expiry")
                .exit,
            0);
  ASSERT_EQ(ctl("lease acme llm_tokens --want 400 --ttl 30s" + id).exit, 0);
  ASSERT_EQ(ctl("clock advance 30s").exit, 0);
  EXPECT_EQ(daily()["used"], 0);
  EXPECT_EQ(daily()["held"], 0);
}

TEST_F(LeaseCommandSpec, NearTheEndItIsDeniedAndACheckIsNot) {
  ASSERT_EQ(ctl("check acme llm_tokens=993").exit, 0);
  const Called denied = ctl("lease acme llm_tokens --want 400 --ttl 30s");
  EXPECT_EQ(denied.exit, 3);
  EXPECT_THAT(denied.out, AllOf(HasSubstr("instead    ask by check"), Not(HasSubstr("never"))));
  EXPECT_EQ(ctl("check acme llm_tokens=7").exit, 0);
}

TEST_F(LeaseCommandSpec, GoesByTheLabelsOfItsStart) {
  ASSERT_EQ(ctl("limit set acme daily --meter llm_tokens --size 80 --period day --by user").exit,
            0);
  const std::string lease = "lease acme llm_tokens --want 400 --ttl 30s --json --label user=";
  EXPECT_EQ(ctl(lease + "ann").json()["granted"], 10);
  EXPECT_EQ(ctl(lease + "ann").json()["granted"], 8);
  EXPECT_EQ(ctl(lease + "bob").json()["granted"], 10);
}

}  // namespace
}  // namespace sluice::test
