// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/what_if.hpp"

#include "tests/actors/tenant/credit_desk.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Bucket {
  std::string start;
  std::uint64_t used;
};

/// What the limit makes of these buckets of a tenant who lives there.
Hindsight in_hindsight(const Limit& limit, const std::vector<Bucket>& buckets,
                       Granularity granularity = Granularity::hour,
                       const std::string& zone = "UTC") {
  auto what_if = WhatIf::of(limit, definition({}, zone), granularity).value();
  for (const Bucket& bucket : buckets) {
    what_if.add(utc(bucket.start), Amount{bucket.used});
  }
  return what_if.found();
}

const std::string one_o_clock = "2024-05-15T13:00:00Z";
const std::string two_o_clock = "2024-05-15T14:00:00Z";
const std::string next_day = "2024-05-16T00:00:00Z";

TEST(WhatIfSpec, RefusesWhatIsAboveTheSizeOfAWindow) {
  const Hindsight found =
      in_hindsight(window(10, Period::day), {{one_o_clock, 8}, {two_o_clock, 5}, {next_day, 10}});
  EXPECT_EQ(found.asked, Amount{23});
  EXPECT_EQ(found.buckets, 3U);
  EXPECT_EQ(found.refused, Amount{3});
  EXPECT_EQ(found.refused_buckets, 1U);
  EXPECT_EQ(found.peak, Amount{13}) << "what the day would have had to hold";
}

TEST(WhatIfSpec, SaysInWhichBucketsTheFirstAndTheLastWasRefused) {
  const Hindsight found = in_hindsight(
      window(10, Period::day),
      {{one_o_clock, 11}, {two_o_clock, 1}, {next_day, 10}, {"2024-05-16T05:00:00Z", 7}});
  EXPECT_EQ(found.refused_buckets, 3U);
  EXPECT_EQ(found.first_refused, utc(one_o_clock));
  EXPECT_EQ(found.last_refused, utc("2024-05-16T05:00:00Z"));
}

TEST(WhatIfSpec, FindsNothingWhereAllFits) {
  const Hindsight found = in_hindsight(window(10, Period::day), {{one_o_clock, 10}});
  EXPECT_EQ(found.refused, Amount{});
  EXPECT_EQ(found.refused_buckets, 0U);
  EXPECT_EQ(found.peak, Amount{10});
  EXPECT_EQ(in_hindsight(window(10, Period::day), {{one_o_clock, 0}}), Hindsight{});
}

TEST(WhatIfSpec, CutsDaysInTheTenantsTime) {
  // 15:00 UTC is midnight in Tokyo.
  const std::vector<Bucket> buckets{{two_o_clock, 10}, {"2024-05-15T15:00:00Z", 10}};
  EXPECT_EQ(in_hindsight(window(10, Period::day), buckets).refused, Amount{10});
  EXPECT_EQ(in_hindsight(window(10, Period::day), buckets, Granularity::hour, "Asia/Tokyo").refused,
            Amount{});
}

TEST(WhatIfSpec, LetsABucketAcrossTheStartOfAWindowUseTheRoomOfBoth) {
  // Midnight in Kathmandu is at 18:15 UTC.
  const std::vector<Bucket> buckets{
      {"2024-05-15T17:00:00Z", 4}, {"2024-05-15T18:00:00Z", 12}, {"2024-05-15T19:00:00Z", 5}};
  const Hindsight found =
      in_hindsight(window(10, Period::day), buckets, Granularity::hour, "Asia/Kathmandu");
  EXPECT_EQ(found.refused, Amount{1}) << "6 fit before midnight, and of 11 after it only 10";
  EXPECT_EQ(found.peak, Amount{14}) << "three quarters of the hour are after midnight";
}

TEST(WhatIfSpec, LetsARateAdmitWhatItWouldIfUseWereSpreadEvenlyInTheBucket) {
  const Limit pace = rate(10, 1s, 50);
  EXPECT_EQ(in_hindsight(pace, {{one_o_clock, 36'050}}).refused, Amount{});
  const Hindsight found = in_hindsight(pace, {{one_o_clock, 36'060}, {two_o_clock, 36'000}});
  EXPECT_EQ(found.refused, Amount{10}) << "the burst, once, and what the hours brought";
  EXPECT_EQ(found.peak, Amount{60}) << "the burst that it would have taken";
}

TEST(WhatIfSpec, LetsARateByIntervalAdmitWhatStepsWithinABucketBring) {
  const auto refused = [](Duration per, std::uint64_t used) {
    return in_hindsight(by_interval(rate(10, per, 50)), {{one_o_clock, used}}).refused;
  };
  EXPECT_EQ(refused(2h, 61), Amount{11}) << "steps begin with a bucket or not at all";
  EXPECT_EQ(refused(1h, 61), Amount{11});
  EXPECT_EQ(refused(20min, 71), Amount{1}) << "two steps begin within the hour";
  EXPECT_EQ(refused(25min, 81), Amount{1}) << "three may";
}

TEST(WhatIfSpec, FindsMoreOfARateInShorterBuckets) {
  const Limit pace = rate(10, 1s, 50);
  EXPECT_EQ(in_hindsight(pace, {{one_o_clock, 3'600}}).refused, Amount{});
  EXPECT_EQ(in_hindsight(pace, {{one_o_clock, 3'600}}, Granularity::minute).refused,
            Amount{3'600 - 650});
}

TEST(WhatIfSpec, CountsUseInASlidingWindowAsLateAsItCanHaveBeen) {
  const Limit smooth = sliding(100, 2h);
  // The span from 12:00 to 14:00 ends with 80, of which half counts at the end of the next hour.
  const Hindsight found = in_hindsight(smooth, {{one_o_clock, 80}, {two_o_clock, 61}});
  EXPECT_EQ(found.refused, Amount{2}) << "to the nanosecond, and rounded up: 41 still count";
  EXPECT_EQ(found.peak, Amount{102});
}

TEST(WhatIfSpec, RefusesOfOverageOnlyWhatIsAboveTheCap) {
  EXPECT_EQ(in_hindsight(for_overage(window(10, Period::day), 5), {{one_o_clock, 99}}).refused,
            Amount{});
  EXPECT_EQ(in_hindsight(for_overage(window(10, Period::day), 5, 20), {{one_o_clock, 99}}).refused,
            Amount{69});
}

TEST(WhatIfSpec, RefusesNothingByALimitThatAlertsButSaysThePeak) {
  const Hindsight found =
      in_hindsight(alerting(window(10, Period::day)), {{one_o_clock, 8}, {two_o_clock, 5}});
  EXPECT_EQ(found.refused, Amount{});
  EXPECT_EQ(found.peak, Amount{13});
  EXPECT_EQ(in_hindsight(alerting(rate(1, 1min, 1)), {{one_o_clock, 100}}).refused, Amount{});
}

TEST(WhatIfSpec, JudgesAThrottleByItsSizeAndAShadowAsIfItWereNone) {
  const std::vector<Bucket> buckets{{one_o_clock, 8}, {two_o_clock, 5}};
  EXPECT_EQ(in_hindsight(throttling(window(10, Period::day), 5), buckets).refused, Amount{3});
  EXPECT_EQ(in_hindsight(shadow(window(10, Period::day)), buckets).refused, Amount{3});
}

TEST(WhatIfSpec, SaturatesInsteadOfWrapping) {
  const Hindsight found = in_hindsight(
      window(10, Period::day), {{one_o_clock, Amount::max_raw}, {two_o_clock, Amount::max_raw}});
  EXPECT_EQ(found.asked, Amount::max());
  EXPECT_EQ(found.refused, Amount::max());
  EXPECT_EQ(found.peak, Amount::max());
  const Limit fastest = rate(Amount::max_raw, 1ms, Amount::max_raw);
  EXPECT_EQ(in_hindsight(fastest, {{one_o_clock, Amount::max_raw}}).refused, Amount{});
}

/// A query that is right.
WhatIfQuery query(Limit limit, Granularity granularity = Granularity::hour) {
  WhatIfQuery made;
  made.limit = std::move(limit);
  made.granularity = granularity;
  made.from = noon - 24h;
  made.to = noon;
  return made;
}

std::string objection(const WhatIfQuery& query) {
  const auto checked = validate(query, default_meters());
  return checked.ok() ? "" : checked.fault().context;
}

TEST(WhatIfQuerySpec, TakesEveryLimitThatHistoryCanJudge) {
  EXPECT_EQ(objection(query(window(1, Period::hour))), "");
  EXPECT_EQ(objection(query(unlimited(Period::month), Granularity::day)), "");
  EXPECT_EQ(objection(query(rate(1, 1ms, 1), Granularity::day)), "");
  EXPECT_EQ(objection(query(sliding(1, 1h))), "");
}

TEST(WhatIfQuerySpec, RefusesALimitThatCouldNotBeSet) {
  EXPECT_EQ(objection(query(rate(0, 1s, 1))), "limit.rule.amount: must be at least 1");
  EXPECT_EQ(objection(query(window(1, Period::day, MeterId{999}))),
            "limit.meter: there is no meter 999");
}

TEST(WhatIfQuerySpec, RefusesWhatHistoryCannotJudge) {
  EXPECT_EQ(objection(query(credit())),
            "limit.rule: history does not say which grants there would have been");
  EXPECT_EQ(objection(query(concurrency(3))),
            "limit.rule: history does not say how much was in flight at once");
  EXPECT_EQ(objection(query(window(3, Period::never))),
            "limit.rule.period: history does not say what was given back to a gauge");
  EXPECT_EQ(objection(query(per({"user"}, window(3, Period::day)))),
            "limit.per: history does not say what labels requests had");
  EXPECT_EQ(objection(query(when("model", {"a"}, window(3, Period::day)))),
            "limit.when: history does not say what labels requests had");
  const Limit day = window(3, Period::day);
  EXPECT_EQ(objection(query(overridden(day, day.rule, noon))),
            "limit.instead: propose the rule itself, without an override");
}

TEST(WhatIfQuerySpec, RefusesBucketsThatAreLongerThanTheWindow) {
  const std::string too_coarse =
      "granularity: the window is shorter than the buckets; take shorter ones";
  EXPECT_EQ(objection(query(window(3, Period::minute))), too_coarse);
  EXPECT_EQ(objection(query(window(3, Period::hour), Granularity::day)), too_coarse);
  EXPECT_EQ(objection(query(sliding(3, 1h - 1ns))), too_coarse);
}

TEST(WhatIfQuerySpec, RefusesARangeThatIsEmptyOrTooLong) {
  WhatIfQuery asked = query(window(3, Period::minute), Granularity::minute);
  asked.to = asked.from;
  EXPECT_EQ(objection(asked), "to: must be after from, and from not before 1970");
  asked.from = WallTime{-1ns};
  EXPECT_EQ(objection(asked), "to: must be after from, and from not before 1970");
  asked.from = asked.to - 31 * 24h;
  EXPECT_EQ(objection(asked), "");
  asked.from -= 1min;
  EXPECT_EQ(objection(asked),
            "from: more than what_if_buckets_max (44640) buckets before the end; take longer ones "
            "or a later beginning");
  asked.to = WallTime::max();
  EXPECT_NE(objection(asked), "");
}

TEST(WhatIfQuerySpec, RefusesAPageOfNothingAndOneThatIsTooLarge) {
  WhatIfQuery asked = query(window(3, Period::day));
  asked.page_size = 0;
  EXPECT_EQ(objection(asked), "page_size: must be from 1 to 1000");
  asked.page_size = 1001;
  EXPECT_EQ(objection(asked), "page_size: must be from 1 to 1000");
}

}  // namespace
}  // namespace sluice
