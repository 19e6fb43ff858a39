// SPDX-License-Identifier: Apache-2.0
// What a limit on what is in flight, or one with labels, may say.
#include "actors/tenant/limit_rules.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// The field that is wrong, or what else; empty if the limit is right.
std::string wrong_field(const Limit& limit) {
  const auto checked = validate_limit(limit, "limit", default_meters());
  if (checked.ok()) {
    return {};
  }
  const std::string context = checked.fault().context;
  return context.substr(0, context.find(": "));
}

std::vector<std::string> many(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back("l" + std::to_string(i));
  }
  return names;
}

TEST(LimitRuleSpec, AHolderStaysFromAMillisecondToAWeek) {
  EXPECT_EQ(wrong_field(concurrency(1, 1ms)), "");
  EXPECT_EQ(wrong_field(concurrency(1, 7 * 24h)), "");
  EXPECT_EQ(wrong_field(concurrency(1, 1ms - 1ns)), "limit.rule.ttl");
  EXPECT_EQ(wrong_field(concurrency(1, 7 * 24h + 1ns)), "limit.rule.ttl");
  EXPECT_EQ(wrong_field(concurrency(1, -1s)), "limit.rule.ttl");
}

TEST(LimitRuleSpec, WhatIsInFlightIsBlockedOrAlerts) {
  EXPECT_EQ(wrong_field(alerting(concurrency(1))), "");
  EXPECT_EQ(wrong_field(shadow(concurrency(0))), "");
  EXPECT_EQ(wrong_field(throttling(concurrency(10), 5)), "limit.enforcement");
  EXPECT_EQ(wrong_field(for_overage(concurrency(10), 1)), "limit.overage");
}

TEST(LimitRuleSpec, WhatIsInFlightMayHaveASoftLimitUpToItsSize) {
  EXPECT_EQ(wrong_field(with_soft_limit(concurrency(10), 10)), "");
  EXPECT_EQ(wrong_field(with_soft_limit(concurrency(10), 11)), "limit.soft_limit");
}

TEST(LimitRuleSpec, ALabelsNameIsShortAndPlain) {
  for (const std::string& name : {std::string{"a"}, std::string{"9-to_5"}, std::string(32, 'x')}) {
    EXPECT_EQ(wrong_field(per({name}, concurrency(1))), "") << name;
  }
  for (const std::string& name : {std::string{}, std::string{"User"}, std::string{"_a"},
                                  std::string{"-a"}, std::string{"a b"}, std::string(33, 'x')}) {
    EXPECT_EQ(wrong_field(per({"ok", name}, concurrency(1))), "limit.per[1]") << name;
    EXPECT_EQ(wrong_field(when(name, {"x"}, concurrency(1))), "limit.when[0].label") << name;
  }
}

TEST(LimitRuleSpec, CountsByFourLabelsAtTheMostEachOnce) {
  EXPECT_EQ(wrong_field(per(many(4), window(1, Period::day))), "");
  EXPECT_EQ(wrong_field(per(many(5), window(1, Period::day))), "limit.per");
  EXPECT_EQ(wrong_field(per({"a", "b", "a"}, window(1, Period::day))), "limit.per[2]");
}

TEST(LimitRuleSpec, HasFourConditionsAtTheMostWithSixteenValuesEach) {
  Limit limit = window(1, Period::day);
  for (int i = 0; i < 4; ++i) {
    limit = when("a", many(16), limit);
  }
  EXPECT_EQ(wrong_field(limit), "");
  EXPECT_EQ(wrong_field(unless("a", {"x"}, limit)), "limit.when");
  limit.when[2].values.push_back("one-too-many");
  EXPECT_EQ(wrong_field(limit), "limit.when[2].values");
  limit.when[2].values.clear();
  EXPECT_EQ(wrong_field(limit), "limit.when[2].values");
}

TEST(LimitRuleSpec, AConditionsValueIsShortTextOrEmpty) {
  const auto value = [](std::string text) {
    return wrong_field(when("a", {"x", std::move(text)}, window(1, Period::day)));
  };
  EXPECT_EQ(value(""), "");
  EXPECT_EQ(value("Grüße"), "");
  EXPECT_EQ(value(std::string(64, 'x')), "");
  EXPECT_EQ(value(std::string(65, 'x')), "limit.when[0].values[1]");
  EXPECT_EQ(value("\xff"), "limit.when[0].values[1]");
  EXPECT_EQ(value("a\nb"), "limit.when[0].values[1]");
}

TEST(LimitRuleSpec, ATenantHasEightLimitsPerLabelAtTheMost) {
  std::vector<Limit> limits;
  for (const std::string& name : many(9)) {
    limits.push_back(per({"user"}, window(1, Period::day)));
    limits.back().name = name;
  }
  EXPECT_EQ(validate(definition(limits), default_meters()).fault().code, FaultCode::limit_exceeded);
  limits[8] = when("user", {"ann"}, window(1, Period::day));
  EXPECT_TRUE(validate(definition(limits), default_meters()).ok()) << "conditions are no counters";
}

TEST(LimitRuleSpec, DamagedLabelsAndOverridesAreAFaultOfThePlan) {
  for (const Limit& limit :
       {per({"User"}, window(1, Period::day)), when("user", {}, window(1, Period::day)),
        concurrency(1, 0s), overridden(window(1, Period::day), rate(1, 1s, 1).rule, noon)}) {
    EXPECT_FALSE(Plan::of(definition({limit})).ok());
  }
}

}  // namespace
}  // namespace sluice
