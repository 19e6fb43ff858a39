// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/cases.hpp"

#include "tests/conformance/facts_file.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

json cases_named(const std::string& name) {
  auto shared = shared_cases(name);
  return shared ? *std::move(shared) : own_facts(name);
}

GcraStep gcra_step(const json& row) {
  const json& expect = row.at("expect");
  GcraStep step;
  step.at_ms = row.at("at_ms");
  step.cost = row.at("cost");
  step.expects_error = expect.value("error", false);
  step.allowed = expect.value("allowed", false);
  step.limit = optional_field<std::uint64_t>(expect, "limit");
  step.remaining = optional_field<std::uint64_t>(expect, "remaining");
  step.reset_after_ms = optional_field<std::int64_t>(expect, "reset_after_ms");
  step.retry_after_ms = optional_field<std::int64_t>(expect, "retry_after_ms");
  return step;
}

}  // namespace

std::vector<GcraCase> gcra_cases() {
  std::vector<GcraCase> cases;
  const json document = cases_named("gcra_redis_cell.json");
  for (const json& row : document.at("cases")) {
    if (!row.contains("steps") || row.at("steps").empty()) {
      continue;
    }
    const json& config = row.at("config");
    GcraCase& added = cases.emplace_back();
    added.name = row.at("name");
    added.capacity = config.at("capacity");
    added.count = config.at("count");
    added.period_ms = config.at("period_ms");
    for (const json& step : row.at("steps")) {
      added.steps.push_back(gcra_step(step));
    }
  }
  return cases;
}

std::vector<IntervalFact> interval_facts() {
  std::vector<IntervalFact> facts;
  const json document = cases_named("gcra_redis_cell.json");
  for (const json& row : document.at("cases")) {
    for (const json& fact : row.value("facts", json::array())) {
      facts.push_back({fact.at("count"), fact.at("period"), fact.at("interval_ms")});
    }
  }
  return facts;
}

std::vector<CalendarCase> calendar_cases() {
  std::vector<CalendarCase> cases;
  const json document = cases_named("calendar_gregorian_gubernator.json");
  for (const json& row : document.at("cases")) {
    const json& unit = row.at("unit");
    CalendarCase& added = cases.emplace_back();
    added.name = row.at("name");
    added.now = row.value("now", std::string{"2019-11-11T00:00:00Z"});
    added.unit = unit.is_string() ? unit.get<std::string>() : unit.dump();
    added.expect_end_ms = optional_field<std::int64_t>(row, "expect_end_ms");
    added.expects_error = row.value("expect", json::object()).value("error", false);
  }
  return cases;
}

}  // namespace sluice::test
