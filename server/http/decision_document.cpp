// SPDX-License-Identifier: Apache-2.0
#include "server/http/decision_document.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/text/entry_id_text.hpp"
#include "server/http/answers.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

std::optional<std::int64_t> milliseconds(const std::optional<Duration>& duration) {
  return duration ? std::optional<std::int64_t>(
                        std::chrono::ceil<std::chrono::milliseconds>(*duration).count())
                  : std::nullopt;
}

std::optional<std::uint64_t> units(const std::optional<Amount>& amount) {
  return amount ? std::optional(amount->raw()) : std::nullopt;
}

/// A number that may be larger than 2^53.
std::optional<std::string> number(DecisionId id) {
  return id != DecisionId{} ? std::optional(std::to_string(id.raw())) : std::nullopt;
}

void put_reading(JsonWriter& out, const LimitReading& reading, const MeterTable& meters) {
  out.put("limit_id", reading.limit.raw());
  out.put("meter", meter_name(reading.meter, meters));
  out.put("size", units(reading.size));
  out.put("used", reading.used.raw());
  out.put("held", reading.held.raw());
  out.put("remaining", reading.size ? std::optional(reading.remaining.raw()) : std::nullopt);
  out.put("resets_at", instant_or_nothing(reading.resets_at));
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fits:
      return "fits";
    case Verdict::ahead_of_pace:
      return "ahead_of_pace";
    case Verdict::full:
      return "full";
  }
  return "full";
}

void put_explanation(JsonWriter& out, const Explanation& explanation, const MeterTable& meters) {
  out.name("explanation");
  out.open_object();
  out.put("decision", std::to_string(explanation.decision.raw()));
  out.put("at", instant_or_nothing(explanation.at));
  out.name("limits");
  out.open_array();
  for (const ConsideredLimit& considered : explanation.limits) {
    out.open_object();
    put_reading(out, considered.reading, meters);
    out.put("amount", considered.amount.raw());
    out.put("verdict", name_of(considered.verdict));
    out.put("shadow", considered.shadow);
    out.put("wait_ms", milliseconds(considered.wait));
    out.close_object();
  }
  out.close_array();
  out.close_object();
}

bool grants(Mode mode) {
  return mode == Mode::best_effort || mode == Mode::release || mode == Mode::lease;
}

void put_notes(JsonWriter& out, const CheckCall::Item& item) {
  const Decision& decision = item.decision;
  out.put("soft_limit_passed", decision.soft_limit_passed);
  out.put("retry_after_ms", milliseconds(decision.retry_after));
  out.put("granted",
          grants(item.asked.mode) ? std::optional(decision.granted.raw()) : std::nullopt);
  out.put("overage", decision.overage.raw());
  out.put("price_micros", decision.price_micros);
  out.name("would_deny");
  out.open_array();
  for (const LimitId limit : decision.would_deny.told()) {
    out.value(limit.raw());
  }
  out.close_array();
  out.put("would_deny_count", decision.would_deny.count);
  out.put("id", item.asked.id != EntryId{} ? std::optional(text::format_entry_id(item.asked.id))
                                           : std::nullopt);
  out.put("repeated", decision.repeated);
  out.put("overrun", decision.overrun);
  out.put("sharing",
          item.asked.resource ? std::optional(to_string(decision.sharing)) : std::nullopt);
  out.put("use_cost_micros", decision.use_cost_micros);
  out.put("decision", number(decision.id));
}

}  // namespace

void write_decision(JsonWriter& out, const CheckCall::Item& item, const MeterTable& meters,
                    const Policy* policy) {
  const Outcome outcome = item.outcome();
  out.open_object();
  out.put("outcome", to_string(outcome));
  out.put("allowed", outcome == Outcome::allowed);
  if (outcome == Outcome::invalid || item.objected) {
    const std::string message = message_of(item);
    out.put("problem", message);
    out.put("field", field_of(message));
    return out.close_object();
  }
  out.put("tenant", to_string(item.tenant));
  if (item.decision.has_reading) {
    out.put("limit", policy != nullptr ? std::optional(policy->name) : std::nullopt);
    put_reading(out, item.decision.reading, meters);
  }
  put_notes(out, item);
  if (!item.explanation.limits.empty()) {
    put_explanation(out, item.explanation, meters);
  }
  out.close_object();
}

JsonText document_of(const CheckCall::Item& item, const MeterTable& meters, const Policy* policy) {
  JsonWriter out;
  write_decision(out, item, meters, policy);
  return out.take();
}

std::string message_of(const CheckCall::Item& item) {
  if (item.objected && !item.objected->problem.empty()) {
    return item.objected->problem;
  }
  if (item.decision.problem != nullptr) {
    return item.decision.problem;
  }
  if (item.decision.outcome == Outcome::access_denied &&
      item.decision.sharing != ShareVerdict::none) {
    return std::string{"resource: sharing refused its use: "}.append(
        to_string(item.decision.sharing));
  }
  return std::string{sentence_of(item.outcome())};
}

}  // namespace sluice::http
