// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/asked_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/explanation_views.hpp"
#include "ops/sluicectl/overage_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"
#include "protocol/mode_terms.hpp"

namespace sluice::ctl {
namespace {

/// In the order of `Mode`, which goes on with those of reservations.
constexpr std::array<std::string_view, 10> all_modes{"normal",  "peek",    "best-effort", "record",
                                                     "release", "reserve", "extend",      "commit",
                                                     "cancel",  "lease"};
static_assert(static_cast<std::size_t>(Mode::lease) == all_modes.size() - 1);
constexpr auto modes = std::span{all_modes}.first<static_cast<std::size_t>(Mode::reserve)>();

/// Whether the decision says how much was granted.
bool grants(Mode mode) {
  return mode == Mode::best_effort || mode == Mode::release || mode == Mode::lease;
}

const TenantDefinition* tenant_of(const AskedCheck& check) {
  return check.tenant ? &*check.tenant : nullptr;
}

std::string limit_name(LimitId id, const AskedCheck& check) {
  const Limit* const limit = find_limit(id, tenant_of(check));
  return limit != nullptr ? limit->name : fmt::format("limit {}", id.raw());
}

/// Of amounts that a decision tells without a meter: units of several meters, or of those of a
/// reservation that are not named again, are only a count.
AmountUnit unit_of(const AskedCheck& check, ServerLink& link) {
  if (check.charges.empty()) {
    return AmountUnit::count;
  }
  const MeterId meter = check.charges.front().meter;
  const bool same = std::ranges::all_of(
      check.charges, [meter](const Charge& charge) { return charge.meter == meter; });
  return same ? amount_unit_of(link.meter(meter)) : AmountUnit::count;
}

void put_reading(Json& into, const AskedCheck& check, ServerLink& link) {
  const LimitReading& reading = check.answer.decision.reading;
  const Meter meter = link.meter(reading.meter);
  into["limit"] = limit_name(reading.limit, check);
  into["limit_id"] = reading.limit.raw();
  into["meter"] = meter.name;
  into["unit"] = meter.unit;
  into["size"] = reading.size ? Json(reading.size->raw()) : Json();
  into["used"] = reading.used.raw();
  into["remaining"] = reading.size ? Json(reading.remaining.raw()) : Json();
  put_instant(into, "resets", reading.resets_at);
  into["soft_limit_passed"] = check.answer.decision.soft_limit_passed;
}

void put_shadows(Json& into, const AskedCheck& check) {
  into["would_deny"] = Json::array();
  for (const LimitId id : check.answer.decision.would_deny.told()) {
    const Limit* const limit = find_limit(id, tenant_of(check));
    into["would_deny"].push_back(
        {{"limit", limit != nullptr ? Json(limit->name) : Json()}, {"limit_id", id.raw()}});
  }
  into["would_deny_count"] = check.answer.decision.would_deny.count;
}

void add_reading(Card& card, const AskedCheck& check, ServerLink& link) {
  const LimitReading& reading = check.answer.decision.reading;
  const Meter meter = link.meter(reading.meter);
  const AmountUnit unit = amount_unit_of(meter);
  card.add("limit", fmt::format("{} on {}", limit_name(reading.limit, check), meter.name));
  card.add("size", reading.size ? format_amount(*reading.size, unit) : "unlimited");
  card.add("used", format_amount(reading.used, unit));
  if (reading.held > Amount{}) {
    card.add("held", format_amount(reading.held, unit));
  }
  if (reading.size) {
    card.add("remaining", format_amount(reading.remaining, unit));
  }
  card.add("resets at",
           format_instant_in(reading.resets_at, check.tenant ? check.tenant->timezone : "UTC"));
  if (check.answer.decision.soft_limit_passed) {
    card.add("warning", "the soft limit is passed", Tint::warning);
  }
}

std::string shadows_text(const AskedCheck& check) {
  const ShadowVerdicts& verdicts = check.answer.decision.would_deny;
  std::string text;
  for (const LimitId id : verdicts.told()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", limit_name(id, check));
  }
  const std::size_t untold = verdicts.count - verdicts.told().size();
  return untold > 0 ? fmt::format("{} and {} more", text, untold) : text;
}

/// What few decisions have.
void add_notes(Card& card, const AskedCheck& check, ServerLink& link) {
  const Decision& decision = check.answer.decision;
  if (decision.repeated) {
    card.add("repeated", "yes: this was decided before");
  }
  if (decision.overrun) {
    card.add("overrun", "yes: more was used than was held", Tint::warning);
  }
  if (decision.overage > Amount{}) {
    card.add("overage", format_amount(decision.overage, unit_of(check, link)), Tint::warning);
  }
  if (decision.price_micros > 0) {
    card.add("price", format_price(decision.price_micros));
  }
  if (check.use) {
    const bool refused = decision.outcome == Outcome::access_denied;
    card.add("sharing", to_string(decision.sharing), refused ? Tint::bad : Tint::none);
  }
  if (decision.use_cost_micros > 0) {
    card.add("cost of use", format_price(decision.use_cost_micros));
  }
  if (decision.would_deny.count > 0) {
    card.add("would deny", shadows_text(check), Tint::warning);
  }
}

}  // namespace

std::vector<std::string> mode_names() {
  return {modes.begin(), modes.end()};
}

std::optional<Mode> mode_from(std::string_view name) {
  const auto found = std::ranges::find(modes, name);
  return found == modes.end() ? std::nullopt
                              : std::optional{static_cast<Mode>(found - modes.begin())};
}

std::string_view name_of(Mode mode) {
  return all_modes[static_cast<std::size_t>(mode)];
}

Json document_of(const AskedCheck& check, ServerLink& link) {
  const Decision& decision = check.answer.decision;
  Json out{{"tenant", to_string(check.tenant_id)},
           {"outcome", to_string(decision.outcome)},
           {"allowed", decision.outcome == Outcome::allowed}};
  if (!check.answer.problem.empty()) {
    out["problem"] = check.answer.problem;
  }
  if (decision.has_reading) {
    put_reading(out, check, link);
  }
  out["retry_after_ns"] = decision.retry_after ? Json(decision.retry_after->count()) : Json();
  out["granted"] = grants(check.mode) ? Json(decision.granted.raw()) : Json();
  out["overage"] = decision.overage.raw();
  out["price_micros"] = decision.price_micros;
  put_shadows(out, check);
  out["id"] = check.id != EntryId{} ? Json(format_entry_id(check.id)) : Json();
  out["repeated"] = decision.repeated;
  out["overrun"] = decision.overrun;
  out["held"] = decision.has_reading ? Json(decision.reading.held.raw()) : Json();
  out["decision"] = decision.id != DecisionId{} ? Json(decision.id.raw()) : Json();
  out["sharing"] = check.use ? Json(to_string(decision.sharing)) : Json();
  out["use_cost_micros"] = decision.use_cost_micros;
  out["explanation"] = check.answer.explanation
                           ? document_of(*check.answer.explanation, tenant_of(check), link)
                           : Json();
  return out;
}

std::string view_of(const AskedCheck& check, ServerLink& link, Style style) {
  const Decision& decision = check.answer.decision;
  const bool allowed = decision.outcome == Outcome::allowed;
  Card card;
  card.add("outcome", to_string(decision.outcome), allowed ? Tint::good : Tint::bad);
  if (!check.answer.problem.empty()) {
    card.add("problem", check.answer.problem);
  }
  if (is_of_reservation(check.mode)) {
    card.add(check.mode == Mode::lease ? "lease" : "reservation", format_entry_id(check.id));
  }
  if (allowed && grants(check.mode)) {
    card.add(check.mode == Mode::lease ? "out" : "granted",
             format_amount(decision.granted, unit_of(check, link)));
  }
  if (decision.has_reading) {
    add_reading(card, check, link);
  }
  add_notes(card, check, link);
  if (decision.retry_after) {
    card.add("retry after", format_duration(*decision.retry_after));
  } else if (decision.outcome == Outcome::denied && check.mode == Mode::lease) {
    card.add("instead", "ask by check: too little is left for a slice");
  } else if (decision.outcome == Outcome::denied) {
    card.add("retry after", "never: it does not fit, however long you wait");
  }
  if (!check.answer.explanation) {
    return card.print(style);
  }
  card.add("decision", fmt::format("{}", decision.id.raw()));
  return card.print(style) + "\n" +
         view_of(*check.answer.explanation, tenant_of(check), link, style);
}

ExitCode exit_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return ExitCode::ok;
    case Outcome::unavailable:
      return ExitCode::no_answer;
    case Outcome::denied:
    case Outcome::throttled:
    case Outcome::unknown_tenant:
    case Outcome::no_such_meter:
    case Outcome::invalid:
    case Outcome::conflict:
    case Outcome::no_such_hold:
    case Outcome::hold_expired:
    case Outcome::suspended:
    case Outcome::deactivated:
    case Outcome::access_denied:
      return ExitCode::not_allowed;
  }
  return ExitCode::no_answer;
}

}  // namespace sluice::ctl
