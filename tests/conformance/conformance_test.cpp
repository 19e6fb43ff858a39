// SPDX-License-Identifier: Apache-2.0
// Goal    The answers of other systems' own test suites, where the specification agrees with them.
// Method  A real server on simulated time; each case is a tenant, each step a check at its instant.

#include <date/date.h>
#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <sstream>
#include <string>

#include "tests/conformance/cases.hpp"
#include "tests/support/process.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;

WallTime wall_time(const std::string& rfc3339) {
  std::istringstream stream{rfc3339};
  date::sys_time<std::chrono::nanoseconds> parsed;
  stream >> date::parse("%FT%TZ", parsed);
  if (stream.fail()) {
    throw std::runtime_error("not an instant: " + rfc3339);
  }
  return WallTime{parsed.time_since_epoch()};
}

std::string slug_of(std::string name) {
  for (char& letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    letter = std::isalnum(code) != 0 ? static_cast<char>(std::tolower(code)) : '-';
  }
  return name.substr(0, 63);
}

class Conformance : public ::testing::Test {
protected:
  Served served_{{"--simulated-time", "2019-01-01T00:00:00Z"}};

  WallTime wall() { return must(served_.administrator().advance_clock(Duration::zero())); }

  void expect_step(TenantId tenant, const GcraStep& step) {
    const client::Answer answer = served_.spend(tenant, step.cost);
    const Decision& decision = answer.decision;
    EXPECT_EQ(decision.outcome == Outcome::allowed, step.allowed);
    if (step.limit) {
      EXPECT_EQ(decision.reading.size, Amount{*step.limit});
    }
    if (step.remaining) {
      EXPECT_EQ(decision.reading.remaining, Amount{*step.remaining});
    }
    if (step.reset_after_ms) {
      EXPECT_EQ(decision.reading.resets_at - wall(), milliseconds{*step.reset_after_ms});
    }
    if (step.retry_after_ms && *step.retry_after_ms < 0) {
      EXPECT_FALSE(decision.retry_after.has_value());
    } else if (step.retry_after_ms) {
      EXPECT_EQ(decision.retry_after, Duration{milliseconds{*step.retry_after_ms}});
    }
  }

  void expect_case(const GcraCase& facts) {
    SCOPED_TRACE(facts.name);
    const auto created = served_.administrator().create(
        draft(slug_of(facts.name),
              {rate_limit("rate", facts.count, milliseconds{facts.period_ms}, facts.capacity)}));
    if (facts.steps.front().expects_error) {
      ASSERT_FALSE(created.ok());
      EXPECT_EQ(created.fault().code, FaultCode::invalid_argument) << created.fault().context;
      return;
    }
    ASSERT_TRUE(created.ok()) << created.fault().context;
    const WallTime start = wall();
    for (std::size_t i = 0; i < facts.steps.size(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      const Duration due = start + milliseconds{facts.steps[i].at_ms} - wall();
      must(served_.administrator().advance_clock(due));
      expect_step(created.value().id, facts.steps[i]);
    }
  }
};

TEST_F(Conformance, RateLimitsAnswerAsRedisCellDoes) {
  const std::vector<GcraCase> cases = gcra_cases();
  ASSERT_FALSE(cases.empty());
  for (const GcraCase& facts : cases) {
    expect_case(facts);
  }
}

TEST_F(Conformance, ARateIsOneUnitEachInterval) {
  const std::map<char, Duration> units{{'s', std::chrono::seconds{1}},
                                       {'m', std::chrono::minutes{1}},
                                       {'h', std::chrono::hours{1}},
                                       {'d', std::chrono::hours{24}}};
  int number = 0;
  for (const IntervalFact& fact : interval_facts()) {
    SCOPED_TRACE(std::to_string(fact.count) + "/" + fact.period);
    const Duration per = std::stoi(fact.period) * units.at(fact.period.back());
    const TenantId tenant = served_.create("interval-" + std::to_string(++number),
                                           {rate_limit("rate", fact.count, per, 1)});
    EXPECT_EQ(served_.spend(tenant, 1).decision.outcome, Outcome::allowed);
    EXPECT_EQ(served_.spend(tenant, 1).decision.retry_after,
              Duration{milliseconds{fact.interval_ms}});
  }
}

TEST_F(Conformance, CalendarWindowsEndWhereGubernatorEndsThem) {
  const std::string address = "127.0.0.1:" + std::to_string(served_.server().port());
  const std::vector<CalendarCase> cases = calendar_cases();
  ASSERT_FALSE(cases.empty());
  for (const CalendarCase& facts : cases) {
    SCOPED_TRACE(facts.name);
    const std::string slug = slug_of("calendar-" + facts.name);
    must(served_.administrator().set_wall_clock(wall_time(facts.now)));
    const TenantId tenant = served_.create(slug, {});
    const Finished set =
        run({program("sluicectl"), "--server", address, "limit", "set", slug, "window", "--meter",
             "api_requests", "--size", "10", "--period", facts.unit});
    EXPECT_EQ(set.exit_code, facts.expects_error ? 2 : 0) << set.output;
    if (facts.expect_end_ms) {
      const Decision decision = served_.spend(tenant, 1).decision;
      EXPECT_EQ(decision.reading.resets_at.time_since_epoch(),
                milliseconds{*facts.expect_end_ms + 1});
    }
  }
}

}  // namespace
}  // namespace sluice::test
