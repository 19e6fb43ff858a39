// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/tier_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace sluice::test {
namespace {

/// What every store keeps of a tier; the other columns are its own.
Tier body_of(Tier tier) {
  tier.name.clear();
  tier.rank = 0;
  tier.version = Version{};
  return tier;
}

TEST(TierText, IsReadAsItWasWritten) {
  for (const Tier& tier : shipped_tiers()) {
    EXPECT_EQ(parse_tier_body(tier_body_text(tier)), body_of(tier));
  }
}

TEST(TierText, OfFeaturesIsWhatPeopleWouldWrite) {
  const Features features{
      {"seats", std::int64_t{-5}}, {"sso", true}, {"theme", std::string{"dark"}}};
  EXPECT_EQ(features_text(features), R"({"seats":-5,"sso":true,"theme":"dark"})");
  EXPECT_EQ(parse_features(R"({ "theme": "dark", "sso": true, "seats": -5 })"), features);
  EXPECT_EQ(parse_features("{}"), Features{});
}

TEST(TierText, IsNotBelievedWhereNoneOfOursCanHaveWrittenIt) {
  for (const char* const text :
       {"", "[]", "null", R"({"Sso":true})", R"({"seats":1.5})", R"({"seats":null})",
        R"({"seats":9223372036854775808})", R"({"theme":"a\u0000b"})", "{\"sso\":true"}) {
    EXPECT_EQ(parse_features(text), std::nullopt) << text;
  }
}

TEST(TierText, OfALimitIsCheckedAsAWhole) {
  const std::string good =
      R"({"features":{},"limits":[{"enforcement":"block","meter":1,"name":"a","rule":)"
      R"({"period":"month","size":5},"soft_limit":4,"thresholds":[80]}],"sla":""})";
  ASSERT_TRUE(parse_tier_body(good));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const auto& [from, to] : {std::pair{"\"soft_limit\":4", "\"soft_limit\":6"},
                                 {"\"soft_limit\":4", "\"soft_limit\":-4"},
                                 {"\"soft_limit\":4", "\"hard_limit\":4"},
                                 {"\"meter\":1", "\"meter\":65536"},
                                 {"month", "fortnight"},
                                 {"block", "maybe"},
                                 {"[80]", "[101]"},
                                 {"\"sla\":\"\"", "\"sla\":1"}}) {
    EXPECT_EQ(parse_tier_body(with(from, to)), std::nullopt) << to;
  }
}

}  // namespace
}  // namespace sluice::test
