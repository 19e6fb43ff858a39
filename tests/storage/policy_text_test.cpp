// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/policy_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/sharing/policy_rules.hpp"

namespace sluice::test {
namespace {

constexpr TenantId owner_of_text{1, 1};

SharingPolicy valid_policy() {
  SharingPolicy policy;
  policy.id = {7, 7};
  policy.owner = owner_of_text;
  policy.resource = {ResourceType::api, "a"};
  policy.permissions.add(SharePermission::read);
  return policy;
}

TEST(PolicyText, IsReadAsItIsWritten) {
  SharingPolicy policy = valid_policy();
  policy.block = {{2, 2}};
  policy.conditions = {{ConditionKind::time_window, ConditionOperator::in, {"08:00-18:00"}}};
  SharingPolicy back = valid_policy();
  ASSERT_TRUE(read_policy_body(policy_body(policy), back));
  EXPECT_EQ(back, policy);
}

TEST(PolicyText, IsRefusedIfItIsNotWhatIsWritten) {
  std::string text = policy_body(valid_policy());
  SharingPolicy into;
  EXPECT_TRUE(read_policy_body(text, into));
  for (const char* const wrong : {"", "{}", "[]", "3", "null"}) {
    EXPECT_FALSE(read_policy_body(wrong, into)) << wrong;
  }
  text.insert(1, R"("extra":1,)");
  EXPECT_FALSE(read_policy_body(text, into));
  text = policy_body(valid_policy());
  text.replace(text.find("\"free\""), 6, "\"cheap\"");
  EXPECT_FALSE(read_policy_body(text, into));
}

TEST(PolicyText, OfTheMostThatIsValidFitsTheColumn) {
  SharingPolicy policy = valid_policy();
  for (std::size_t i = 0; i < conditions_max; ++i) {
    SharingCondition condition{ConditionKind::region, ConditionOperator::in, {}};
    for (std::size_t at = 0; at < condition_values_max; ++at) {
      condition.values.push_back("r" + std::to_string(at));
    }
    policy.conditions.push_back(condition);
  }
  std::uint64_t next = 2;
  while (policy.allow.size() < policy_tenants_max && validate(policy).ok()) {
    policy.allow.push_back({next, next});
    policy.block.push_back({next + 1, next});
    next += 2;
  }
  while (!validate(policy).ok()) {
    policy.allow.pop_back();
    policy.block.pop_back();
  }
  EXPECT_GT(policy.allow.size(), 100U);
  EXPECT_LE(policy_body(policy).size(), policy_bytes_max);
}

}  // namespace
}  // namespace sluice::test
