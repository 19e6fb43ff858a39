// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/tenant/sharing_desk.hpp"

namespace sluice {
namespace {

using enum ConditionKind;
using enum ConditionOperator;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ShareVerdict verdict_of(const SharingCondition& condition, const ConsumerFacts& consumer,
                        const UseFacts& use = {}) {
  return ReadyConditions::of({&condition, 1}, shipped_tiers()).value().verdict(consumer, use);
}

bool holds_of_tier(ConditionOperator op, const std::string& tier, const std::string& asked) {
  return verdict_of(condition(tier_minimum, op, {asked}), {.tier = tier}) == ShareVerdict::admitted;
}

bool is_in_window(const std::string& window, const std::string& at) {
  return verdict_of(condition(time_window, in, {window}), {}, {.at = utc(at)}) ==
         ShareVerdict::admitted;
}

bool admits_peer(const SharingCondition& condition, const std::string& peer) {
  const PeerAddress address = parse_peer_address(peer).value();
  return verdict_of(condition, {}, {.at = {}, .peer = &address}) == ShareVerdict::admitted;
}

std::string problem_of(const SharingCondition& condition) {
  const auto checked = check_condition(condition, "policy.conditions[2]");
  return checked.ok() ? "" : checked.fault().context;
}

}  // namespace

TEST(ConditionSpec, OfALeastTierGoesByRank) {
  EXPECT_TRUE(holds_of_tier(gte, "professional", "professional"));
  EXPECT_TRUE(holds_of_tier(gte, "enterprise", "professional"));
  EXPECT_FALSE(holds_of_tier(gte, "starter", "professional"));
  EXPECT_FALSE(holds_of_tier(gt, "professional", "professional"));
  EXPECT_TRUE(holds_of_tier(gt, "enterprise", "professional"));
}

TEST(ConditionSpec, OfATierThatIsNotInTheCatalogueHoldsOfNobody) {
  EXPECT_FALSE(holds_of_tier(gte, "enterprise", "gone"));
  EXPECT_FALSE(holds_of_tier(gte, "gone", "free"));
}

TEST(ConditionSpec, NamesNoTierThatThereIsNotWhenItIsPut) {
  const std::vector<SharingCondition> misspelt{condition(region, in, {"eu"}),
                                               condition(tier_exact, in, {"starter", "startre"})};
  const auto checked = check_tiers(misspelt, shipped_tiers());
  ASSERT_FALSE(checked.ok());
  EXPECT_THAT(checked.fault().context, StartsWith("policy.conditions[1].values[1]: "));
  EXPECT_TRUE(check_tiers({misspelt.data(), 1}, shipped_tiers()).ok()) << "a region is free";
}

TEST(ConditionSpec, OfTheConsumerIsSaidByItsKind) {
  const ConsumerFacts starter{.tier = "starter", .region = "eu", .compliance = {"gdpr", "soc2"}};
  EXPECT_EQ(verdict_of(condition(tier_exact, eq, {"starter"}), starter), ShareVerdict::admitted);
  EXPECT_EQ(verdict_of(condition(tier_exact, ne, {"starter"}), starter), ShareVerdict::tier_exact);
  EXPECT_EQ(verdict_of(condition(region, in, {"us", "eu"}), starter), ShareVerdict::admitted);
  EXPECT_EQ(verdict_of(condition(region, nin, {"us", "eu"}), starter), ShareVerdict::region);
  EXPECT_EQ(verdict_of(condition(region, eq, {"us"}), starter), ShareVerdict::region);
  EXPECT_EQ(verdict_of(condition(compliance, eq, {"soc2"}), starter), ShareVerdict::admitted);
  EXPECT_EQ(verdict_of(condition(compliance, in, {"hipaa", "gdpr"}), starter),
            ShareVerdict::admitted);
  EXPECT_EQ(verdict_of(condition(compliance, in, {"hipaa"}), starter), ShareVerdict::compliance);
  EXPECT_EQ(verdict_of(condition(compliance, nin, {"hipaa", "soc2"}), starter),
            ShareVerdict::compliance);
}

TEST(ConditionSpec, OfUsageAndCostIsExactAtItsEdge) {
  const auto of_units = [](ConditionOperator op, std::uint64_t units) {
    return verdict_of(condition(usage_limit, op, {"100"}), {}, {.at = {}, .units = Amount{units}});
  };
  EXPECT_EQ(of_units(lte, 100), ShareVerdict::admitted);
  EXPECT_EQ(of_units(lte, 101), ShareVerdict::usage_limit);
  EXPECT_EQ(of_units(lt, 99), ShareVerdict::admitted);
  EXPECT_EQ(of_units(lt, 100), ShareVerdict::usage_limit);
  const SharingCondition costs = condition(cost_limit, lte, {"5"});
  EXPECT_EQ(verdict_of(costs, {}, {.at = {}, .cost_micros = 5}), ShareVerdict::admitted);
  EXPECT_EQ(verdict_of(costs, {}, {.at = {}, .cost_micros = 6}), ShareVerdict::cost_limit);
}

TEST(ConditionSpec, OfATimeIsHalfOpen) {
  EXPECT_FALSE(is_in_window("09:00-17:00", "2024-05-15T08:59:59Z"));
  EXPECT_TRUE(is_in_window("09:00-17:00", "2024-05-15T09:00:00Z"));
  EXPECT_TRUE(is_in_window("09:00-17:00", "2024-05-15T16:59:59Z"));
  EXPECT_FALSE(is_in_window("09:00-17:00", "2024-05-15T17:00:00Z"));
  EXPECT_TRUE(is_in_window("00:00-24:00", "2024-05-15T23:59:59Z"));
}

TEST(ConditionSpec, OfATimeThatPassesMidnightBelongsToTheDayOnWhichItBegins) {
  const std::string nights = "fri 22:00-06:00";  // 2024-05-17 is a Friday.
  EXPECT_FALSE(is_in_window(nights, "2024-05-17T05:59:59Z"));
  EXPECT_FALSE(is_in_window(nights, "2024-05-17T21:59:59Z"));
  EXPECT_TRUE(is_in_window(nights, "2024-05-17T22:00:00Z"));
  EXPECT_TRUE(is_in_window(nights, "2024-05-18T05:59:59Z"));
  EXPECT_FALSE(is_in_window(nights, "2024-05-18T06:00:00Z"));
  EXPECT_FALSE(is_in_window(nights, "2024-05-18T22:00:00Z"));
}

TEST(ConditionSpec, OfDaysMayGoOverTheEndOfTheWeek) {
  const std::string weekend = "sat-mon 00:00-24:00";
  EXPECT_FALSE(is_in_window(weekend, "2024-05-17T23:59:59Z"));
  EXPECT_TRUE(is_in_window(weekend, "2024-05-18T00:00:00Z"));
  EXPECT_TRUE(is_in_window(weekend, "2024-05-20T23:59:59Z"));
  EXPECT_FALSE(is_in_window(weekend, "2024-05-21T00:00:00Z"));
}

TEST(ConditionSpec, OfATimeFollowsTheClocksOfItsZone) {
  const std::string office = "09:00-10:00 Europe/Berlin";
  EXPECT_TRUE(is_in_window(office, "2024-01-15T08:00:00Z")) << "in winter";
  EXPECT_FALSE(is_in_window(office, "2024-01-15T07:59:59Z"));
  EXPECT_TRUE(is_in_window(office, "2024-07-15T07:00:00Z")) << "in summer";
  EXPECT_FALSE(is_in_window(office, "2024-07-15T08:00:00Z"));
  const std::string skipped = "02:00-03:00 Europe/Berlin";  // On 2024-03-31 clocks skip it.
  EXPECT_FALSE(is_in_window(skipped, "2024-03-31T00:59:59Z"));
  EXPECT_FALSE(is_in_window(skipped, "2024-03-31T01:00:00Z"));
  const std::string twice = "02:00-03:00 Europe/Berlin";  // On 2024-10-27 they show it twice.
  EXPECT_TRUE(is_in_window(twice, "2024-10-27T00:00:00Z"));
  EXPECT_TRUE(is_in_window(twice, "2024-10-27T01:59:59Z"));
  EXPECT_FALSE(is_in_window(twice, "2024-10-27T02:00:00Z"));
}

TEST(ConditionSpec, OfAPeerKnowsNetworksOfBothKinds) {
  const auto allowed = condition(ip_allowlist, in, {"10.0.0.0/8", "2001:db8::/32", "192.0.2.7"});
  EXPECT_TRUE(admits_peer(allowed, "10.0.0.0"));
  EXPECT_TRUE(admits_peer(allowed, "10.255.255.255"));
  EXPECT_FALSE(admits_peer(allowed, "11.0.0.0"));
  EXPECT_TRUE(admits_peer(allowed, "::ffff:10.1.2.3")) << "an IPv4 address all the same";
  EXPECT_TRUE(admits_peer(allowed, "2001:db8:ffff::1"));
  EXPECT_FALSE(admits_peer(allowed, "2001:db9::"));
  EXPECT_TRUE(admits_peer(allowed, "192.0.2.7"));
  EXPECT_FALSE(admits_peer(allowed, "192.0.2.8"));
}

TEST(ConditionSpec, OfAPeerDoesNotMixTheKinds) {
  EXPECT_FALSE(admits_peer(condition(ip_allowlist, in, {"::/0"}), "10.0.0.1"));
  EXPECT_TRUE(admits_peer(condition(ip_allowlist, in, {"0.0.0.0/0"}), "::ffff:1.2.3.4"));
  EXPECT_TRUE(admits_peer(condition(ip_allowlist, in, {"::ffff:0:0/96"}), "1.2.3.4"));
  EXPECT_FALSE(admits_peer(condition(ip_allowlist, nin, {"10.0.0.0/8"}), "10.0.0.1"));
}

TEST(ConditionSpec, OfAPeerRefusesOneThatIsNotKnown) {
  for (const ConditionOperator op : {in, nin}) {
    EXPECT_EQ(verdict_of(condition(ip_allowlist, op, {"10.0.0.0/8"}), {}),
              ShareVerdict::ip_allowlist);
  }
}

TEST(ConditionSpec, IsRefusedByTheNameOfItsField) {
  EXPECT_THAT(problem_of(condition(region, gte, {"eu"})),
              StartsWith("policy.conditions[2].op: must be eq, ne, in or nin"));
  EXPECT_THAT(problem_of(condition(region, eq, {"eu", "us"})),
              StartsWith("policy.conditions[2].values: "));
  EXPECT_THAT(problem_of(condition(region, in, {})), StartsWith("policy.conditions[2].values: "));
  EXPECT_THAT(problem_of(condition(region, in, {"eu", "E U"})),
              StartsWith("policy.conditions[2].values[1]: "));
  for (const char* const wrong : {"-1", "1.5", "", "9223372036854775808", "1k"}) {
    EXPECT_THAT(problem_of(condition(usage_limit, lte, {wrong})), HasSubstr("values[0]")) << wrong;
  }
  for (const char* const wrong :
       {"9:00-17:00", "09:00", "09:00-09:00", "24:00-01:00", "09:00-17:60", "mo 09:00-17:00",
        "mon-fri", "09:00-17:00 Nowhere/Land", "mon- 09:00-17:00"}) {
    EXPECT_THAT(problem_of(condition(time_window, in, {wrong})), HasSubstr("values[0]")) << wrong;
  }
  for (const char* const wrong : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0", "2001:db8::1/64", "::/129",
                                  "fe80::1%eth0", "010.0.0.1", "1.2.3.4.5", ":::"}) {
    EXPECT_THAT(problem_of(condition(ip_allowlist, in, {wrong})), HasSubstr("values[0]")) << wrong;
  }
}

TEST(ConditionSpec, OfEachKindThatIsWellFormedIsTaken) {
  for (const SharingCondition& good :
       {condition(tier_minimum, gte, {"starter"}), condition(tier_exact, in, {"a", "b"}),
        condition(region, eq, {"eu-west-1"}), condition(compliance, nin, {"soc2"}),
        condition(cost_limit, lt, {"0"}), condition(usage_limit, lte, {"9223372036854775807"}),
        condition(time_window, nin, {"mon-fri 22:00-06:00 Europe/Berlin", "sun 00:00-24:00"}),
        condition(ip_allowlist, in, {"::1", "fe80::/10", "1.2.3.4"})}) {
    EXPECT_EQ(problem_of(good), "");
  }
}

TEST(PeerAddressSpec, IsReadAndWrittenInItsShortForm) {
  for (const char* const text : {"10.0.0.1", "::", "::1", "2001:db8::1", "1:0:0:2::", "fe80::1:2",
                                 "1:2:3:4:5:6:7:8", "0.0.0.0", "255.255.255.255"}) {
    const auto address = parse_peer_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  EXPECT_EQ(to_string(*parse_peer_address("::ffff:1.2.3.4")), "1.2.3.4");
  EXPECT_EQ(to_string(*parse_peer_address("2001:DB8:0:0:0:0:0:1")), "2001:db8::1");
}

}  // namespace sluice
