// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/grants_cases.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "tests/conformance/facts_file.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

constexpr const char* file_name = "grants_openmeter.json";
/// 2024-01-01T00:00:00Z
constexpr WallTime d0{std::chrono::seconds{1'704'067'200}};

std::chrono::seconds unit(char letter) {
  switch (letter) {
    case 's':
      return std::chrono::seconds{1};
    case 'm':
      return std::chrono::minutes{1};
    case 'h':
      return std::chrono::hours{1};
    case 'd':
      return std::chrono::hours{24};
    case 'w':
      return std::chrono::hours{24 * 7};
    case 'y':
      return std::chrono::hours{24 * 366};  // As 2024 has days.
    default:
      throw std::runtime_error(std::string{"not a unit of time: "} + letter);
  }
}

/// d1, h5, -1h, 1m, d1+1h30m: after or before d0.
WallTime instant_of(const std::string& text) {
  WallTime instant = d0;
  std::size_t at = 0;
  int sign = 1;
  while (at < text.size()) {
    if (text[at] == '+' || text[at] == '-') {
      sign = text[at++] == '+' ? 1 : -1;
      continue;
    }
    const bool unit_first = std::isalpha(static_cast<unsigned char>(text[at])) != 0;
    const char before = text[at];
    at += unit_first ? 1 : 0;
    std::size_t digits = 0;
    const long long count = std::stoll(text.substr(at), &digits);
    at += digits;
    instant += sign * count * unit(unit_first ? before : text.at(at));
    at += unit_first ? 0 : 1;
  }
  return instant;
}

std::optional<WallTime> optional_instant(const json& in, const char* name) {
  const auto text = optional_field<std::string>(in, name);
  return text ? std::optional{instant_of(*text)} : std::nullopt;
}

Recurrence recurrence_of(const json& in) {
  static const std::map<char, Period> periods{
      {'h', Period::hour}, {'d', Period::day}, {'w', Period::week}, {'y', Period::year}};
  const auto every = in.at("every").get<std::string>();
  return Recurrence{periods.at(every.back()), static_cast<std::uint16_t>(std::stoul(every)),
                    instant_of(in.at("anchor"))};
}

GrantFact grant_of(const json& in) {
  GrantFact grant{.name = in.value("id", "others")};
  grant.terms.amount = Amount{in.at("amount").get<std::uint64_t>()};
  grant.terms.priority = in.value("priority", std::uint8_t{1});
  grant.terms.effective_at = instant_of(in.value("effective", "d0"));
  grant.terms.expires_at = optional_instant(in, "expires").value_or(wall_time_never);
  if (in.contains("recur")) {
    grant.terms.recurrence = recurrence_of(in.at("recur"));
  }
  if (in.contains("rollover")) {
    grant.terms.rollover = {Amount{in.at("rollover").at("min").get<std::uint64_t>()},
                            Amount{in.at("rollover").at("max").get<std::uint64_t>()}};
  }
  grant.voided_at = optional_instant(in, in.contains("deleted") ? "deleted" : "voided");
  return grant;
}

GrantsExpected expected_of(const json& in) {
  GrantsExpected expected;
  const char* const left = in.contains("left") ? "left" : "balances";
  if (in.contains(left)) {
    expected.left = in.at(left).get<std::map<std::string, std::uint64_t>>();
  }
  expected.balance = optional_field<std::uint64_t>(in, "balance");
  expected.owed = optional_field<std::uint64_t>(in, in.contains("owed") ? "owed" : "overage");
  for (const char* name : {"used", "usage_in_period", "usage_since_reset"}) {
    expected.used = expected.used ? expected.used : optional_field<std::uint64_t>(in, name);
  }
  expected.size =
      optional_field<std::uint64_t>(in, in.contains("size") ? "size" : "total_available");
  return expected;
}

GrantsCase case_of(const json& in) {
  GrantsCase made{.name = in.at("name")};
  for (const json& grant : in.value("grants", json::array())) {
    // As many of a kind as the case says, or as a tenant may have.
    const std::size_t places = grants_per_tenant_max - made.grants.size();
    made.grants.insert(made.grants.end(), std::min(grant.value("repeat", std::size_t{1}), places),
                       grant_of(grant));
  }
  for (const json& use : in.value("usage", json::array())) {
    made.uses.push_back({instant_of(use.at(0)), use.at(1)});
  }
  made.used_before = in.value("start_usage", std::uint64_t{0});
  made.reset_at = optional_instant(in, "reset_at");
  made.keeps_overage = in.value("preserve_overage", false);
  made.asked_at = optional_instant(in, "snapshot_at");
  made.until = instant_of(in.at("until"));
  made.expected = expected_of(in.contains("sluice") ? in.at("sluice") : in.at("expect"));
  return made;
}

/// Not a question about laws of arithmetic, or what a caller forgot.
bool can_be_asked(const json& in) {
  const json grants = in.value("grants", json::array());
  const bool counts = in.contains("until") && in.at("until").is_string() &&
                      !in.value("expect", json::object()).contains("error");
  return counts && std::ranges::all_of(grants, [](const json& grant) {
           return grant.contains("repeat") || (grant.contains("id") && grant.contains("effective"));
         });
}

}  // namespace

std::vector<GrantsCase> own_grants_cases() {
  std::vector<GrantsCase> cases;
  const json facts = own_facts(file_name);
  for (const json& in : facts.at("cases")) {
    cases.push_back(case_of(in));
  }
  return cases;
}

std::vector<GrantsCase> shared_grants_cases() {
  std::vector<GrantsCase> cases;
  const auto shared = shared_cases(file_name);
  for (const json& in : shared ? shared->at("cases") : json::array()) {
    if (can_be_asked(in)) {
      cases.push_back(case_of(in));
    }
  }
  return cases;
}

}  // namespace sluice::test
