// SPDX-License-Identifier: Apache-2.0
// The history of a meter by the values of labels, and what it cost.
#include "actors/tenant/usage_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "tests/actors/tenant/desk.hpp"

namespace sluice {
namespace {

Limit with_history(std::vector<std::string> labels, Limit limit) {
  limit.history_by = std::move(labels);
  return limit;
}

PartRef of_user(std::string value) {
  return PartRef{{"user", std::move(value)}};
}
const PartRef other_users{{.label = "user", .others = true}};

/// By part; of the whole, too.
std::map<PartRef, UsageBucket> by_part(const std::vector<UsageBucket>& buckets) {
  std::map<PartRef, UsageBucket> found;
  for (const UsageBucket& bucket : buckets) {
    EXPECT_TRUE(found.emplace(bucket.part, bucket).second);
  }
  return found;
}
std::map<PartRef, UsageBucket> by_part(const std::vector<UsageRow>& rows) {
  std::vector<UsageBucket> buckets;
  for (const UsageRow& row : rows) {
    buckets.push_back(row.bucket);
  }
  return by_part(buckets);
}

TEST(UsageValuesSpec, PartsOfABucketAddUpToIt) {
  Desk desk{{with_history({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.charge(9);
  desk.as_user("bob");
  desk.charge(3);
  desk.as({});
  desk.charge(2);
  const auto parts = by_part(desk.state().open_usage);
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts.at(PartRef{}).used, Amount{9});
  EXPECT_EQ(parts.at(of_user("ann")).used, Amount{4});
  EXPECT_EQ(parts.at(of_user("ann")).denied, 1U);
  EXPECT_EQ(parts.at(of_user("bob")).used, Amount{3});
  EXPECT_EQ(parts.at(of_user("")).used, Amount{2}) << "a label that is missing";
}

TEST(UsageValuesSpec, NobodyPaysForThemWhoDoesNotAsk) {
  Desk desk{{window(10, Period::day)}};
  desk.as_user("ann");
  desk.charge(4);
  EXPECT_EQ(desk.state().open_usage.size(), 1U);
}

TEST(UsageValuesSpec, TheyAreOfTheMeterWhicheverLimitAsks) {
  Desk desk{{window(5, Period::day), with_history({"user"}, shadow(window(1, Period::month)))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.charge(4);
  const auto parts = by_part(desk.state().open_usage);
  EXPECT_EQ(parts.at(of_user("ann")).used, Amount{4});
  EXPECT_EQ(parts.at(of_user("ann")).denied, 1U);
}

TEST(UsageValuesSpec, ALabelIsCountedOnceHoweverManyAskForIt) {
  Desk desk{{with_history({"user"}, window(50, Period::day)),
             with_history({"user", "model"}, window(90, Period::month))}};
  desk.as({{"user", "ann"}, {"model", "large"}});
  desk.charge(4);
  const auto parts = by_part(desk.state().open_usage);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts.at(of_user("ann")).used, Amount{4});
  EXPECT_EQ(parts.at(PartRef{{"model", "large"}}).used, Amount{4});
}

TEST(UsageValuesSpec, TheyAreClosedWithTheirBucket) {
  Desk desk{{with_history({"user"}, window(100, Period::day))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.as_user("bob");
  desk.charge(5);
  desk.pass(1min);
  desk.charge(1);
  const auto closed = by_part(desk.happenings.closed_usage);
  ASSERT_EQ(closed.size(), 3U);
  EXPECT_EQ(closed.at(of_user("ann")).minute, minute_of(noon));
  EXPECT_EQ(closed.at(of_user("ann")).used, Amount{4});
  const auto open = by_part(desk.state().open_usage);
  ASSERT_EQ(open.size(), 2U) << "who did nothing has no part";
  EXPECT_EQ(open.at(of_user("bob")).minute, minute_of(noon + 1min));
  EXPECT_EQ(open.at(of_user("bob")).used, Amount{1});
}

TEST(UsageValuesSpec, OfADaySoManyAreToldApartAndTheRestIsOne) {
  Desk desk{{with_history({"user"}, window(10'000, Period::month))}};
  std::vector<std::string> users;
  for (std::size_t i = 0; i < usage_values_max + 10; ++i) {
    users.push_back("user-" + std::to_string(i));
  }
  for (const std::string& user : users) {
    desk.as_user(user);
    desk.charge(1);
  }
  auto parts = by_part(desk.state().open_usage);
  ASSERT_EQ(parts.size(), usage_values_max + 2);
  EXPECT_EQ(parts.at(other_users).used, Amount{10});
  desk.pass(1min);
  desk.as_user(users.back());
  desk.charge(1);
  parts = by_part(desk.state().open_usage);
  EXPECT_EQ(parts.at(other_users).used, Amount{1}) << "still the same day";
  desk.pass(24h);
  desk.charge(1);
  parts = by_part(desk.state().open_usage);
  EXPECT_EQ(parts.at(of_user(users.back())).used, Amount{1});
}

TEST(UsageValuesSpec, WhatIsReservedCountsUnderTheLabelsThatItWasReservedWith) {
  Desk desk{{with_history({"user"}, window(100, Period::day))}};
  desk.as_user("ann");
  desk.reserve(1, 8);
  desk.as_user("bob");
  desk.commit(1, 6);
  const auto parts = by_part(desk.state().open_usage);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts.at(of_user("ann")).used, Amount{6});
}

TEST(UsageValuesSpec, OnlyWhatChangedGoesToTheJournalAndToTheStore) {
  Desk desk{{with_history({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.charge(1);
  EXPECT_EQ(desk.happenings.values_to_journal, 1U);
  std::vector<UsageBucket> told;
  desk.tenant.take_unjournalled_values(told);
  EXPECT_EQ(told.size(), 1U);
  desk.take_unsaved();
  desk.as_user("bob");
  desk.charge(100);
  told.clear();
  desk.tenant.take_unjournalled_values(told);
  EXPECT_TRUE(told.empty()) << "a refusal is worth no record";
  const auto saved = by_part(desk.take_unsaved().open_usage);
  EXPECT_EQ(saved.count(of_user("ann")), 0U);
  EXPECT_EQ(saved.at(of_user("bob")).denied, 1U);
}

TEST(UsageValuesSpec, TheyGoOnWhereTheyWereStored) {
  const std::vector limits{with_history({"user"}, window(100, Period::day))};
  Desk desk{limits};
  desk.as_user("ann");
  desk.charge(4);
  Desk again{noon, plan_of(limits), desk.state()};
  again.as_user("ann");
  again.charge(3);
  EXPECT_EQ(by_part(again.state().open_usage).at(of_user("ann")).used, Amount{7});
}

TEST(UsageValuesSpec, WhatWasClosedBeforeIsNotOpenedAgain) {
  const std::vector limits{with_history({"user"}, window(100, Period::day))};
  Desk desk{limits};
  desk.as_user("ann");
  desk.charge(4);
  TenantState stored = desk.state();
  desk.pass(1min);
  desk.as_user("bob");
  desk.charge(1);
  for (const UsageBucket& bucket : desk.state().open_usage) {
    std::erase_if(stored.open_usage, [&](const UsageBucket& old) {
      return old.meter == bucket.meter && old.part == bucket.part;
    });
    stored.open_usage.push_back(bucket);
  }
  Desk again{noon + 1min, plan_of(limits), stored};
  const auto parts = by_part(again.state().open_usage);
  EXPECT_EQ(parts.count(of_user("ann")), 0U);
  EXPECT_EQ(parts.at(of_user("bob")).used, Amount{1});
}

TEST(UsageValuesSpec, ALabelThatIsAskedForNoMoreGoesOnUntilItsMinuteEnds) {
  Desk desk{{with_history({"user"}, window(100, Period::day))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.adopt({window(100, Period::day)});
  desk.charge(2);
  desk.pass(1min);
  desk.charge(1);
  EXPECT_EQ(by_part(desk.happenings.closed_usage).at(of_user("ann")).used, Amount{6});
  EXPECT_EQ(desk.state().open_usage.size(), 1U);
}

TEST(UsageValuesSpec, AMeterWithoutLimitsClosesThemWithItsBucket) {
  Desk desk{{with_history({"user"}, window(100, Period::day))}};
  desk.as_user("ann");
  desk.charge(4);
  desk.adopt({});
  EXPECT_EQ(by_part(desk.happenings.closed_usage).at(of_user("ann")).used, Amount{4});
  EXPECT_TRUE(desk.state().open_usage.empty());
}

TEST(BucketPriceSpec, BucketsAddUpToWhatTheirWindowCosts) {
  Limit limit = for_overage(window(10, Period::hour), 7);
  limit.overage->per = Amount{3};
  Desk desk{{limit}};
  for (int minute = 0; minute < 20; ++minute) {
    desk.charge(2);
    desk.pass(1min);
  }
  desk.pass(1h);
  desk.charge(1);
  ASSERT_EQ(desk.happenings.closed_windows.size(), 1U);
  std::uint64_t sum = 0;
  for (const UsageRow& row : desk.happenings.closed_usage) {
    sum += row.bucket.price_micros;
  }
  EXPECT_EQ(sum, 70U) << "30 units above it";
  EXPECT_EQ(desk.happenings.closed_windows[0].window.price_micros, sum);
}

TEST(BucketPriceSpec, PartsHaveTheirsAndAShadowHasNone) {
  Desk desk{{with_history({"user"}, for_overage(window(10, Period::day), 5)),
             shadow(for_overage(window(1, Period::day), 100))}};
  desk.as_user("ann");
  desk.charge(8);
  desk.as_user("bob");
  desk.charge(4);
  const auto parts = by_part(desk.state().open_usage);
  EXPECT_EQ(parts.at(PartRef{}).price_micros, 10U);
  EXPECT_EQ(parts.at(of_user("ann")).price_micros, 0U);
  EXPECT_EQ(parts.at(of_user("bob")).price_micros, 10U);
}

TEST(HistoryLabelSpec, ThereAreSoManyOfATenantCountingOneOfEachMeter) {
  Limit limit = with_history({"a", "b", "c", "d"}, window(1, Period::day));
  EXPECT_TRUE(Plan::of(definition({limit, limit})).ok());
  EXPECT_FALSE(Plan::of(definition({limit, with_history({"e"}, window(1, Period::day))})).ok());
  EXPECT_FALSE(
      Plan::of(definition({limit, with_history({"a"}, window(1, Period::day, users))})).ok());
}

}  // namespace
}  // namespace sluice
