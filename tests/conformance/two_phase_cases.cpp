// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/two_phase_cases.hpp"

#include <algorithm>
#include <map>

#include "tests/conformance/facts_file.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

constexpr const char* file = "two_phase_tigerbeetle.json";

TwoPhaseOp op_named(const std::string& name) {
  static const std::map<std::string, TwoPhaseOp> ops{
      {"spend", TwoPhaseOp::spend},   {"take_up_to", TwoPhaseOp::take_up_to},
      {"linked", TwoPhaseOp::linked}, {"reserve", TwoPhaseOp::reserve},
      {"commit", TwoPhaseOp::commit}, {"cancel", TwoPhaseOp::cancel},
      {"read", TwoPhaseOp::read},     {"advance", TwoPhaseOp::advance}};
  return ops.at(name);
}

/// A step's op may say how often: "reserve x10".
void read_op(const std::string& text, TwoPhaseStep& step) {
  const std::size_t times = text.find(" x");
  step.op = op_named(text.substr(0, times));
  step.times = times == std::string::npos ? 1 : std::stoi(text.substr(times + 2));
}

/// An answer by name, one for each linked item, or numbers.
void read_expectation(const json& expect, TwoPhaseStep& step) {
  if (expect.is_string()) {
    step.peer = expect;
  } else if (expect.is_array()) {
    const bool all = std::ranges::all_of(expect, [](const json& one) { return one == "created"; });
    step.peer = all ? "created" : "refused";
  } else {
    step.used = optional_field<std::uint64_t>(expect, "used");
    step.reserved = optional_field<std::uint64_t>(expect, "reserved");
    step.taken = optional_field<std::uint64_t>(expect, "taken");
    step.peer = "created";
  }
}

TwoPhaseStep step_of(const json& row) {
  TwoPhaseStep step;
  read_op(row.at("op"), step);
  step.id = row.value("id", "");
  step.of = row.value("of", "");
  if (row.contains("amount") && row.at("amount").is_number()) {
    step.amount = row.at("amount");
  }
  step.timeout_s = row.value("timeout_s", std::int64_t{0});
  step.advance_s = row.value("s", std::int64_t{0});
  step.at_s = optional_field<std::int64_t>(row, "at_s");
  for (const json& item : row.value("items", json::array())) {
    step.items.push_back({item.at("amount"), !item.value("invalid", false)});
  }
  if (row.contains("expect")) {
    read_expectation(row.at("expect"), step);
  }
  step.committed = optional_field<std::uint64_t>(row, "committed");
  step.sluice = row.value("sluice", "");
  step.why = row.value("why", "");
  return step;
}

std::vector<TwoPhaseCase> cases_of(const json& document) {
  std::vector<TwoPhaseCase> cases;
  for (const json& row : document.at("cases")) {
    TwoPhaseCase& added = cases.emplace_back();
    added.name = row.at("name");
    added.limit = optional_field<std::uint64_t>(row, "limit");
    added.used = row.value("used", std::uint64_t{0});
    added.reserved = row.value("reserved", std::uint64_t{0});
    for (const json& step : row.at("steps")) {
      added.steps.push_back(step_of(step));
    }
  }
  return cases;
}

}  // namespace

std::vector<TwoPhaseCase> own_two_phase_cases() {
  return cases_of(own_facts(file));
}

std::vector<TwoPhaseCase> shared_two_phase_cases() {
  const auto shared = shared_cases(file);
  return shared ? cases_of(*shared) : std::vector<TwoPhaseCase>{};
}

}  // namespace sluice::test
