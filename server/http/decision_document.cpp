// SPDX-License-Identifier: Apache-2.0
#include "server/http/decision_document.hpp"

#include <chrono>
#include <string>

#include "protocol/text/entry_id_text.hpp"
#include "server/http/answers.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

Json milliseconds(const std::optional<Duration>& duration) {
  return duration ? Json(std::chrono::ceil<std::chrono::milliseconds>(*duration).count()) : Json();
}

void put_reading(Json& into, const LimitReading& reading, const MeterTable& meters) {
  into["limit_id"] = reading.limit.raw();
  into["meter"] = meter_name(reading.meter, meters);
  into["size"] = reading.size ? Json(reading.size->raw()) : Json();
  into["used"] = reading.used.raw();
  into["held"] = reading.held.raw();
  into["remaining"] = reading.size ? Json(reading.remaining.raw()) : Json();
  into["resets_at"] = instant_or_null(reading.resets_at);
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

Json document_of(const Explanation& explanation, const MeterTable& meters) {
  Json out{{"decision", std::to_string(explanation.decision.raw())},
           {"at", instant_or_null(explanation.at)},
           {"limits", Json::array()}};
  for (const ConsideredLimit& considered : explanation.limits) {
    Json limit = Json::object();
    put_reading(limit, considered.reading, meters);
    limit["amount"] = considered.amount.raw();
    limit["verdict"] = name_of(considered.verdict);
    limit["shadow"] = considered.shadow;
    limit["wait_ms"] = milliseconds(considered.wait);
    out["limits"].push_back(std::move(limit));
  }
  return out;
}

bool grants(Mode mode) {
  return mode == Mode::best_effort || mode == Mode::release || mode == Mode::lease;
}

void put_notes(Json& into, const CheckCall::Item& item) {
  const Decision& decision = item.decision;
  into["soft_limit_passed"] = decision.soft_limit_passed;
  into["retry_after_ms"] = milliseconds(decision.retry_after);
  into["granted"] = grants(item.asked.mode) ? Json(decision.granted.raw()) : Json();
  into["overage"] = decision.overage.raw();
  into["price_micros"] = decision.price_micros;
  into["would_deny"] = Json::array();
  for (const LimitId limit : decision.would_deny.told()) {
    into["would_deny"].push_back(limit.raw());
  }
  into["would_deny_count"] = decision.would_deny.count;
  into["id"] = item.asked.id != EntryId{} ? Json(text::format_entry_id(item.asked.id)) : Json();
  into["repeated"] = decision.repeated;
  into["overrun"] = decision.overrun;
  into["decision"] = decision.id != DecisionId{} ? Json(std::to_string(decision.id.raw())) : Json();
}

}  // namespace

Json document_of(const CheckCall::Item& item, const MeterTable& meters, const Policy* policy) {
  const Outcome outcome = item.outcome();
  Json out{{"outcome", to_string(outcome)}, {"allowed", outcome == Outcome::allowed}};
  if (outcome == Outcome::invalid || item.objected) {
    const std::string message = message_of(item);
    out["problem"] = message;
    out["field"] = field_of(message);
    return out;
  }
  out["tenant"] = to_string(item.tenant);
  if (item.decision.has_reading) {
    out["limit"] = policy != nullptr ? Json(policy->name) : Json();
    put_reading(out, item.decision.reading, meters);
  }
  put_notes(out, item);
  if (!item.explanation.limits.empty()) {
    out["explanation"] = document_of(item.explanation, meters);
  }
  return out;
}

std::string message_of(const CheckCall::Item& item) {
  if (item.objected && !item.objected->problem.empty()) {
    return item.objected->problem;
  }
  if (item.decision.problem != nullptr) {
    return item.decision.problem;
  }
  return std::string{sentence_of(item.outcome())};
}

}  // namespace sluice::http
