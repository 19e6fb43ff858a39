// SPDX-License-Identifier: Apache-2.0
// Goal    The shipped catalogue is the table of the specification, row by row.
// Method  Each cell is written out as one line and compared with the line that is written here, in
//         the numbers of the table: GB are 1,000,000,000 bytes, hours are 3600 seconds.
#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/tier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice {
namespace {

/// `10000/month block, soft 8000`, `100000/month throttle, soft 80000, 1000 micros per 1`.
std::string cell(const std::string& tier_name, const std::string& limit_name) {
  const Tier* const tier = find_tier(shipped_tiers(), tier_name);
  const auto limit = std::ranges::find(tier->limits, limit_name, &Limit::name);
  if (limit == tier->limits.end()) {
    return "no limit";
  }
  const auto& window = std::get<WindowRule>(limit->rule);
  std::string text = window.size ? std::to_string(window.size->raw()) : "unlimited";
  text.append("/").append(name_of(window.period));
  if (window.size) {
    text.append(" ").append(name_of(limit->enforcement));
  }
  if (limit->soft_limit) {
    text.append(", soft ").append(std::to_string(limit->soft_limit->raw()));
  }
  if (limit->overage) {
    text.append(", ").append(std::to_string(limit->overage->price_micros));
    text.append(" micros per ").append(std::to_string(limit->overage->per.raw()));
  }
  return text;
}

std::vector<std::string> row(const std::string& limit) {
  std::vector<std::string> cells;
  for (const char* const tier : {"free", "starter", "professional", "enterprise"}) {
    cells.push_back(cell(tier, limit));
  }
  return cells;
}

std::string meter_of(const std::string& limit_name) {
  const Tier& tier = shipped_tiers().front();
  const auto limit = std::ranges::find(tier.limits, limit_name, &Limit::name);
  return default_meters()[limit->meter.raw() - 1U].name;
}

TEST(ShippedTiers, HaveTheRequestsOfTheTable) {
  EXPECT_EQ(meter_of("api_requests"), "api_requests");
  EXPECT_EQ(
      row("api_requests"),
      (std::vector<std::string>{
          "10000/month block, soft 8000", "100000/month throttle, soft 80000, 1000 micros per 1",
          "1000000/month alert, soft 800000, 500 micros per 1", "unlimited/month"}));
}

TEST(ShippedTiers, HaveTheStorageOfTheTable) {
  EXPECT_EQ(meter_of("storage"), "storage_bytes");
  EXPECT_EQ(row("storage"),
            (std::vector<std::string>{
                "1000000000/never block, soft 800000000",
                "10000000000/never alert, soft 8000000000, 150000 micros per 1000000000",
                "100000000000/never alert, soft 80000000000, 100000 micros per 1000000000",
                "unlimited/never"}));
}

TEST(ShippedTiers, HaveTheComputeOfTheTable) {
  EXPECT_EQ(meter_of("compute"), "compute_seconds");
  EXPECT_EQ(row("compute"),
            (std::vector<std::string>{"36000/month block, soft 28800",
                                      "360000/month throttle, soft 288000, 50000 micros per 3600",
                                      "1800000/month alert, soft 1440000, 30000 micros per 3600",
                                      "unlimited/month"}));
}

TEST(ShippedTiers, HaveTheGpuOfTheTableAndNoneBlocksAll) {
  EXPECT_EQ(meter_of("gpu"), "gpu_seconds");
  EXPECT_EQ(row("gpu"),
            (std::vector<std::string>{"0/month block", "0/month block",
                                      "180000/month alert, soft 144000, 2000000 micros per 3600",
                                      "unlimited/month"}));
}

TEST(ShippedTiers, HaveTheUsersAndServicesOfTheTable) {
  EXPECT_EQ(row("users"),
            (std::vector<std::string>{"3/never block, soft 2", "10/never block, soft 8",
                                      "50/never alert, soft 40", "unlimited/never"}));
  EXPECT_EQ(row("services"),
            (std::vector<std::string>{"5/never block, soft 4", "25/never block, soft 20",
                                      "100/never alert, soft 80", "unlimited/never"}));
}

TEST(ShippedTiers, HaveTheFeaturesOfTheTableEachAllOfTheOneBelow) {
  const std::vector<std::vector<std::string>> added{
      {"api_access"},
      {"advanced_analytics", "ai_recommendations", "webhooks"},
      {"advanced_security", "custom_branding", "custom_domain", "priority_support", "sso"},
      {"dedicated_schema", "white_label"}};
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < shipped_tiers().size(); ++i) {
    wanted.insert(wanted.end(), added[i].begin(), added[i].end());
    std::ranges::sort(wanted);
    std::vector<std::string> names;
    for (const Feature& feature : shipped_tiers()[i].features) {
      EXPECT_EQ(feature.value, FeatureValue{true});
      names.push_back(feature.name);
    }
    EXPECT_EQ(names, wanted);
  }
}

TEST(ShippedTiers, PromiseWhatTheTableDoes) {
  std::vector<std::string> promised;
  for (const Tier& tier : shipped_tiers()) {
    promised.push_back(tier.sla);
  }
  EXPECT_EQ(promised, (std::vector<std::string>{"", "99 %", "99.9 %", "99.99 %"}));
}

TEST(ShippedTiers, AreInOrderAndCouldHaveBeenPutByAnybody) {
  EXPECT_TRUE(std::ranges::is_sorted(shipped_tiers(), comes_before));
  for (const Tier& tier : shipped_tiers()) {
    const auto valid = validate_tier(tier, default_meters());
    EXPECT_TRUE(valid.ok()) << tier.name << ": " << valid.fault().context;
  }
}

}  // namespace
}  // namespace sluice
