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
using testing::StartsWith;

class ExplainCommandSpec : public CommandTest {
protected:
  ExplainCommandSpec() {
    EXPECT_EQ(ctl("tenant create acme --limit daily=api_requests:100/day "
                  "--limit monthly=api_requests:1k/month")
                  .exit,
              0);
  }
};

TEST_F(ExplainCommandSpec, ACheckShowsEveryLimitThatItMet) {
  ASSERT_EQ(ctl("check acme api_requests=90").exit, 0);
  const Called denied = ctl("check acme api_requests=20 --explain");
  EXPECT_EQ(denied.exit, 3);
  EXPECT_THAT(denied.out,
              AllOf(StartsWith("outcome      denied\n"),
                    HasSubstr("\n\n"
                              "LIMIT    METER         ASKED  USED  HELD  REMAINING  SIZE  VERDICT  "
                              "WAIT\n"
                              "daily    api_requests     20    90     -         10   100  full     "
                              " 12h\n"
                              "monthly  api_requests     20    90     -        910    1k  fits     "
                              "   -\n")));
}

TEST_F(ExplainCommandSpec, ARefusalIsKnownAfterwardsByTheIdOfItsDecision) {
  const auto denied = ctl("check acme api_requests=101 --json").json();
  EXPECT_TRUE(denied["explanation"].is_null());
  const std::string id = denied["decision"].dump();
  const auto told = ctl("explain acme " + id + " --json").json();
  EXPECT_EQ(told["slug"], "acme");
  ASSERT_EQ(told["explanations"].size(), 1U);
  const auto why = told["explanations"][0];
  EXPECT_EQ(why["decision"], denied["decision"]);
  EXPECT_EQ(why["outcome"], "denied");
  EXPECT_EQ(why["mode"], "normal");
  EXPECT_EQ(why["decided_at"], "2025-06-10T12:00:00Z");
  ASSERT_EQ(why["limits"].size(), 2U);
  EXPECT_EQ(why["limits"][0]["limit"], "daily");
  EXPECT_EQ(why["limits"][0]["asked"], 101);
  EXPECT_EQ(why["limits"][0]["verdict"], "full");
  EXPECT_TRUE(why["limits"][0]["wait_ns"].is_null()) << "it never fits";
  EXPECT_EQ(why["limits"][1]["verdict"], "fits");
  EXPECT_EQ(ctl("explain acme " + id).exit, 0);
}

TEST_F(ExplainCommandSpec, ACheckThatIsAllowedIsKnownOnlyIfItAsked) {
  const auto plain = ctl("check acme api_requests --json").json();
  EXPECT_TRUE(plain["decision"].is_null());
  const auto asked = ctl("check acme api_requests --explain --json").json();
  EXPECT_EQ(asked["explanation"]["limits"][0]["used"], 1);
  EXPECT_EQ(ctl("explain acme --json").json()["explanations"].size(), 1U);
}

TEST_F(ExplainCommandSpec, WithoutAnIdTheLatestComeFirstUpToAsManyAsAreWished) {
  EXPECT_EQ(ctl("explain acme").out,
            "no check was refused lately, and none asked to be explained\n");
  for (const char* const amount : {"101", "102", "103"}) {
    ASSERT_EQ(ctl(std::string{"check acme api_requests="} + amount).exit, 3);
  }
  const auto told = ctl("explain acme --max 2 --json").json()["explanations"];
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0]["limits"][0]["asked"], 103);
  EXPECT_EQ(told[1]["limits"][0]["asked"], 102);
}

TEST_F(ExplainCommandSpec, WhatIsNotKnownAndWhatIsOfAnotherTenantAreRefusedAlike) {
  ASSERT_EQ(ctl("tenant create other").exit, 0);
  const std::string id = ctl("check acme api_requests=101 --json").json()["decision"].dump();
  const Called others = ctl("explain other " + id);
  EXPECT_EQ(others.exit, 1);
  EXPECT_EQ(others.err,
            "sluicectl: decision " + id + " of this tenant is not known, or not any more\n");
  EXPECT_EQ(ctl("explain acme 7").exit, 1);
  EXPECT_EQ(ctl("explain nobody").exit, 1);
}

TEST_F(ExplainCommandSpec, ALimitThatIsGoneIsToldByItsNumber) {
  ASSERT_EQ(ctl("check acme api_requests=101").exit, 3);
  ASSERT_EQ(ctl("limit remove acme daily").exit, 0);
  EXPECT_THAT(ctl("explain acme").out, HasSubstr("\nlimit 1  api_requests"));
}

TEST_F(ExplainCommandSpec, ACheckOnAMeterWithoutLimitsMetNone) {
  EXPECT_THAT(ctl("check acme users --explain").out, HasSubstr("\n\nno limit was met\n"));
}

}  // namespace
}  // namespace sluice::test
