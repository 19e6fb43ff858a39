// SPDX-License-Identifier: Apache-2.0
// Goal    What limits answer in time, worked out by hand from their rules.
// Method  A real server on simulated time; each case is a tenant that begins at midnight.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "tests/conformance/facts_file.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

Limit limit_of(const json& config) {
  static const std::map<std::string, Period> periods{
      {"minute", Period::minute}, {"hour", Period::hour}, {"never", Period::never}};
  const auto algorithm = config.at("algorithm").get<std::string>();
  const Amount capacity{config.at("capacity").get<std::uint64_t>()};
  Limit limit = window_limit("limit", 0, Period::never);
  if (algorithm == "gcra") {
    limit.thresholds.clear();
    limit.rule = RateRule{Amount{config.at("count").get<std::uint64_t>()},
                          milliseconds{config.at("period_ms").get<std::int64_t>()}, capacity};
    std::get<RateRule>(limit.rule).refill =
        config.value("refill", "greedy") == "interval" ? Refill::interval : Refill::greedy;
  } else if (algorithm == "sliding") {
    limit.rule = SlidingRule{capacity, milliseconds{config.at("span_ms").get<std::int64_t>()}};
  } else {
    limit.rule = WindowRule{capacity, periods.at(config.at("period"))};
  }
  if (algorithm == "leaky") {
    limit.enforcement = Enforcement::throttle;
    limit.soft_limit = Amount{config.at("soft").get<std::uint64_t>()};
  }
  return limit;
}

Mode mode_of(const std::string& op) {
  static const std::map<std::string, Mode> modes{{"normal", Mode::normal},
                                                 {"peek", Mode::peek},
                                                 {"record", Mode::record},
                                                 {"best_effort", Mode::best_effort},
                                                 {"release", Mode::release}};
  return modes.at(op);
}

std::optional<Duration> retry_after_of(std::int64_t ms) {
  return ms < 0 ? std::nullopt : std::optional{Duration{milliseconds{ms}}};
}

class LimitsConformance : public ::testing::Test {
protected:
  Served served_{{"--simulated-time", "2019-01-01T00:00:00Z"}};
  int tenants_ = 0;
  TenantId tenant_;
  WallTime begin_;

  WallTime wall() { return must(served_.administrator().advance_clock(Duration::zero())); }
  void move_to(WallTime to) { must(served_.administrator().advance_clock(to - wall())); }

  void expect_decision(const json& expect, const Decision& decision) {
    EXPECT_STREQ(to_string(decision.outcome), expect.at("outcome").get<std::string>().c_str());
    const LimitReading& reading = decision.reading;
    if (const auto size = optional_field<std::uint64_t>(expect, "limit")) {
      EXPECT_EQ(reading.size, Amount{*size});
    }
    if (const auto used = optional_field<std::uint64_t>(expect, "used")) {
      EXPECT_EQ(reading.used, Amount{*used});
    }
    if (const auto remaining = optional_field<std::uint64_t>(expect, "remaining")) {
      EXPECT_EQ(reading.remaining, Amount{*remaining});
    }
    if (const auto granted = optional_field<std::uint64_t>(expect, "granted")) {
      EXPECT_EQ(decision.granted, Amount{*granted});
    }
    if (const auto reset = optional_field<std::int64_t>(expect, "reset_after_ms")) {
      EXPECT_EQ(reading.resets_at - wall(), milliseconds{*reset});
    }
    if (const auto retry = optional_field<std::int64_t>(expect, "retry_after_ms")) {
      EXPECT_EQ(decision.retry_after, retry_after_of(*retry));
    }
  }

  void take_step(const json& step) {
    SCOPED_TRACE(step.dump());
    move_to(begin_ + milliseconds{step.at("at_ms").get<std::int64_t>()});
    const auto op = step.value("op", std::string{"normal"});
    if (op == "set") {
      must(served_.administrator().put_limit(tenant_, std::nullopt, limit_of(step.at("config"))));
      return;
    }
    const auto cost = step.at("cost").get<std::uint64_t>();
    expect_decision(step.at("expect"), served_.spend(tenant_, cost, mode_of(op)).decision);
  }
};

TEST_F(LimitsConformance, LimitsAnswerAsTheirRulesSay) {
  const json facts = own_facts("limits_in_time.json");
  ASSERT_FALSE(facts.at("cases").empty());
  for (const json& one : facts.at("cases")) {
    SCOPED_TRACE(one.at("name").get<std::string>());
    begin_ = WallTime{std::chrono::ceil<std::chrono::days>(wall().time_since_epoch())};
    move_to(begin_);
    tenant_ = served_.create("in-time-" + std::to_string(++tenants_), {limit_of(one.at("config"))});
    for (const json& step : one.at("steps")) {
      take_step(step);
    }
  }
}

}  // namespace
}  // namespace sluice::test
