// SPDX-License-Identifier: Apache-2.0
#include "server/http/rate_limit_fields.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

using namespace std::chrono_literals;

constexpr WallTime now{1000s};

std::string field(const Response& response, const std::string& name) {
  for (const auto& [each, value] : response.headers) {
    if (each == name) {
      return value;
    }
  }
  return "";
}

Decision of_monthly(std::uint64_t size, std::uint64_t remaining) {
  Decision decision;
  decision.outcome = Outcome::allowed;
  decision.has_reading = true;
  decision.reading.limit = LimitId{1};
  decision.reading.size = Amount{size};
  decision.reading.remaining = Amount{remaining};
  decision.reading.resets_at = now + 59s + 1ns;
  return decision;
}

const Policy monthly{LimitId{1}, "monthly", 3600s};

TEST(RateLimitFieldsSpec, TellTheLimitThatDecided) {
  Response response;
  add_rate_limit_fields(response, of_monthly(100, 7), &monthly, now);
  EXPECT_EQ(field(response, "RateLimit-Policy"), R"("monthly";q=100;w=3600)");
  EXPECT_EQ(field(response, "RateLimit"), R"("monthly";r=7;t=60)") << "a second begun is a second";
  EXPECT_EQ(field(response, "Retry-After"), "");
}

TEST(RateLimitFieldsSpec, LeaveOutWhatALimitHasNot) {
  Response response;
  Decision decision = of_monthly(100, 7);
  decision.reading.resets_at = wall_time_never;
  const Policy gauge{LimitId{1}, "seats", std::nullopt};
  add_rate_limit_fields(response, decision, &gauge, now);
  EXPECT_EQ(field(response, "RateLimit-Policy"), R"("seats";q=100)");
  EXPECT_EQ(field(response, "RateLimit"), R"("seats";r=7)");
}

TEST(RateLimitFieldsSpec, SayNothingOfALimitWithoutASizeOrAName) {
  Response unlimited;
  Decision decision = of_monthly(100, 7);
  decision.reading.size.reset();
  add_rate_limit_fields(unlimited, decision, &monthly, now);
  Response nameless;
  add_rate_limit_fields(nameless, of_monthly(100, 7), nullptr, now);
  EXPECT_TRUE(unlimited.headers.empty());
  EXPECT_TRUE(nameless.headers.empty());
}

TEST(RateLimitFieldsSpec, StayWithinTheIntegersOfStructuredFields) {
  Response response;
  add_rate_limit_fields(response, of_monthly(Amount::max_raw, Amount::max_raw), &monthly, now);
  EXPECT_EQ(field(response, "RateLimit-Policy"), R"("monthly";q=999999999999999;w=3600)");
}

TEST(RateLimitFieldsSpec, SayWhenToComeBackInWholeSeconds) {
  Decision decision = of_monthly(100, 0);
  decision.outcome = Outcome::denied;
  decision.retry_after = 1ms;
  Response soon;
  add_rate_limit_fields(soon, decision, &monthly, now);
  EXPECT_EQ(field(soon, "Retry-After"), "1");
  decision.retry_after = 2s + 1ns;
  Response later;
  add_rate_limit_fields(later, decision, &monthly, now);
  EXPECT_EQ(field(later, "Retry-After"), "3");
  decision.retry_after.reset();
  Response never;
  add_rate_limit_fields(never, decision, &monthly, now);
  EXPECT_EQ(field(never, "Retry-After"), "");
}

}  // namespace
}  // namespace sluice::http
