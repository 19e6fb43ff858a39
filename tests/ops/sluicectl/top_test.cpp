// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/top.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sluice::ctl {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

const TenantId acme{1, 2};

Interval two_busy_reactors() {
  Interval interval;
  interval.before.reactors.resize(2);
  interval.now.server = "sluiced/test";
  interval.now.uptime = 90s;
  interval.now.reactors.resize(2);
  interval.now.reactors[0].decided[Outcome::allowed] = 3'000;
  interval.now.reactors[0].decided[Outcome::denied] = 200;
  interval.now.reactors[0].decided[Outcome::throttled] = 50;
  interval.now.reactors[1].decided[Outcome::allowed] = 1'000;
  interval.now.reactors[1].resident_tenants = 7;
  interval.now.busiest = {{acme, 1'500, 100}, {TenantId{3, 4}, 750, 0}};
  interval.length = 2s;
  return interval;
}

TEST(TopSpec, CountsPerSecondOfTheTimeThatPassed) {
  EXPECT_EQ(per_second(100, 300, 1s), 200U);
  EXPECT_EQ(per_second(100, 300, 500ms), 400U);
  EXPECT_EQ(per_second(100, 300, 0s), 0U);
  EXPECT_EQ(per_second(0, Amount::max_raw, 1s), Amount::max_raw);
}

TEST(TopSpec, ShowsNoRateWhenTheServerWasStartedAgain) {
  EXPECT_EQ(per_second(1'000, 10, 1s), 0U);
  Interval interval = two_busy_reactors();
  interval.before.reactors.clear();
  EXPECT_THAT(top_view(interval, {}, Style{}), ContainsRegex("\n0 +0 +0 +0"));
}

TEST(TopSpec, ShowsEachReactorAndTheSum) {
  const std::string view = top_view(two_busy_reactors(), {}, Style{});
  EXPECT_THAT(view, HasSubstr("sluiced/test  up 1m30s"));
  EXPECT_THAT(view, ContainsRegex("\n0 +1.62k +1.5k +100 +25"));
  EXPECT_THAT(view, ContainsRegex("\n1 +500 +500 +0 +0"));
  EXPECT_THAT(view, ContainsRegex("\nall +2.12k +2k +100 +25"));
}

TEST(TopSpec, ShowsTheBusiestTenantsBySlugOrElseById) {
  const std::string view = top_view(two_busy_reactors(), {{acme, "acme"}}, Style{});
  EXPECT_THAT(view, ContainsRegex("\nacme +1.5k +100"));
  EXPECT_THAT(view, HasSubstr(to_string(TenantId{3, 4})));
}

TEST(TopSpec, SaysWhenNobodyIsBusy) {
  Interval interval = two_busy_reactors();
  interval.now.busiest.clear();
  EXPECT_THAT(top_view(interval, {}, Style{}), HasSubstr("no tenant is busy"));
}

TEST(TopSpec, TellsProgramsTheSameNumbers) {
  const Json document = top_document(two_busy_reactors(), {{acme, "acme"}});
  EXPECT_EQ(document["per_second"]["allowed"], 2'000);
  EXPECT_EQ(document["per_second"]["throttled"], 25);
  EXPECT_EQ(document["interval_ns"], 2'000'000'000);
  EXPECT_EQ(document["reactors"][1]["resident_tenants"], 7);
  EXPECT_EQ(document["busiest"][0]["slug"], "acme");
  EXPECT_EQ(document["busiest"][0]["checks_per_second"], 1'500);
}

TEST(TopSpec, UsesNoEscapesWithoutATerminal) {
  EXPECT_THAT(top_view(two_busy_reactors(), {}, Style{}), Not(HasSubstr("\033")));
  EXPECT_THAT(top_view(two_busy_reactors(), {}, Style{.colour = true}), HasSubstr("\033[1m"));
}

}  // namespace
}  // namespace sluice::ctl
