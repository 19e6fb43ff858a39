// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/explanation_views.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/asked_check.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

/// In the order of `Verdict`: for programs, and for people.
constexpr std::array<std::string_view, 3> verdicts{"fits", "ahead_of_pace", "full"};
constexpr std::array<std::string_view, 3> verdict_texts{"fits", "too early", "full"};
static_assert(static_cast<std::size_t>(Verdict::full) == verdicts.size() - 1);

std::size_t place_of(Verdict verdict) {
  return static_cast<std::size_t>(verdict);
}

Cell limit_cell(LimitId id, const TenantDefinition* tenant) {
  const Limit* const limit = find_limit(id, tenant);
  return limit != nullptr ? Cell{limit->name}
                          : Cell{fmt::format("limit {}", id.raw()), Tint::faint};
}

Cell verdict_cell(const ConsideredLimit& limit) {
  const Tint tint = limit.verdict == Verdict::fits ? Tint::good
                    : limit.shadow                 ? Tint::faint
                                                   : Tint::bad;
  return {
      fmt::format("{}{}", verdict_texts[place_of(limit.verdict)], limit.shadow ? " (shadow)" : ""),
      tint};
}

Cell wait_cell(const ConsideredLimit& limit) {
  if (limit.verdict == Verdict::fits) {
    return {"-"};
  }
  return {limit.wait ? format_duration(*limit.wait) : "never"};
}

Json considered_document(const ConsideredLimit& considered, const TenantDefinition* tenant,
                         ServerLink& link) {
  const LimitReading& reading = considered.reading;
  const Limit* const limit = find_limit(reading.limit, tenant);
  const Meter meter = link.meter(reading.meter);
  Json out{{"limit", limit != nullptr ? Json(limit->name) : Json()},
           {"limit_id", reading.limit.raw()},
           {"meter", meter.name},
           {"unit", meter.unit},
           {"asked", considered.amount.raw()},
           {"verdict", verdicts[place_of(considered.verdict)]},
           {"shadow", considered.shadow},
           {"size", reading.size ? Json(reading.size->raw()) : Json()},
           {"used", reading.used.raw()},
           {"held", reading.held.raw()},
           {"remaining", reading.size ? Json(reading.remaining.raw()) : Json()},
           {"wait_ns", considered.wait ? Json(considered.wait->count()) : Json()}};
  put_instant(out, "resets", reading.resets_at);
  return out;
}

}  // namespace

Json document_of(const Explanation& explanation, const TenantDefinition* tenant, ServerLink& link) {
  Json out{{"decision", explanation.decision.raw()},
           {"outcome", to_string(explanation.outcome)},
           {"mode", name_of(explanation.mode)}};
  put_instant(out, "decided", explanation.at);
  out["sharing"] =
      explanation.sharing != ShareVerdict::none ? Json(to_string(explanation.sharing)) : Json();
  out["limits"] = Json::array();
  for (const ConsideredLimit& limit : explanation.limits) {
    out["limits"].push_back(considered_document(limit, tenant, link));
  }
  return out;
}

Json document_of(const ExplainedChecks& checks, ServerLink& link) {
  Json out{{"tenant", to_string(checks.tenant.id)},
           {"slug", checks.tenant.slug},
           {"explanations", Json::array()}};
  for (const Explanation& explanation : checks.explanations) {
    out["explanations"].push_back(document_of(explanation, &checks.tenant, link));
  }
  return out;
}

std::string view_of(const Explanation& explanation, const TenantDefinition* tenant,
                    ServerLink& link, Style style) {
  const bool refused_before =
      explanation.sharing > ShareVerdict::admitted && explanation.limits.empty();
  if (refused_before) {
    return fmt::format("sharing refused it before any limit: {}\n", to_string(explanation.sharing));
  }
  if (explanation.limits.empty()) {
    return "no limit was met\n";
  }
  Table table{{{"LIMIT"},
               {"METER"},
               {"ASKED", Align::right},
               {"USED", Align::right},
               {"HELD", Align::right},
               {"REMAINING", Align::right},
               {"SIZE", Align::right},
               {"VERDICT"},
               {"WAIT", Align::right}}};
  for (const ConsideredLimit& limit : explanation.limits) {
    const LimitReading& reading = limit.reading;
    const Meter meter = link.meter(reading.meter);
    const AmountUnit unit = amount_unit_of(meter);
    table.add({limit_cell(reading.limit, tenant),
               {meter.name},
               {format_amount(limit.amount, unit)},
               {format_amount(reading.used, unit)},
               {reading.held > Amount{} ? format_amount(reading.held, unit) : "-"},
               {reading.size ? format_amount(reading.remaining, unit) : "-"},
               {reading.size ? format_amount(*reading.size, unit) : "unlimited"},
               verdict_cell(limit),
               wait_cell(limit)});
  }
  return table.print(style);
}

std::string view_of(const ExplainedChecks& checks, ServerLink& link, Style style) {
  if (checks.explanations.empty()) {
    return "no check was refused lately, and none asked to be explained\n";
  }
  std::string text;
  for (const Explanation& explanation : checks.explanations) {
    const bool allowed = explanation.outcome == Outcome::allowed;
    text += fmt::format(
        "{}{}  {}  {}  {}\n", text.empty() ? "" : "\n", explanation.decision.raw(),
        tinted(to_string(explanation.outcome), allowed ? Tint::good : Tint::bad, style),
        name_of(explanation.mode), format_instant_in(explanation.at, checks.tenant.timezone));
    text += view_of(explanation, &checks.tenant, link, style);
  }
  return text;
}

}  // namespace sluice::ctl
