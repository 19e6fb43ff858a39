// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/cases.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sluice::test {
namespace {

using nlohmann::json;

json read(const std::filesystem::path& file) {
  std::ifstream stream{file};
  if (!stream) {
    throw std::runtime_error("cannot read " + file.string());
  }
  return json::parse(stream);
}

/// The shared cases and the project's own facts have the same form where they say the same thing.
json cases_named(const std::string& name) {
  const std::filesystem::path shared = std::filesystem::path{SLUICE_SHARED_CASES} / name;
  return read(std::filesystem::exists(shared) ? shared
                                              : std::filesystem::path{SLUICE_OWN_FACTS} / name);
}

template <class T>
std::optional<T> optional_field(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::nullopt : std::optional<T>{found->get<T>()};
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
