// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/check.hpp"
#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct CheckWish {
  std::string tenant;
  std::vector<std::string> charges;
  bool peek = false;
};

struct UsageWish {
  std::string tenant;
};

/// `METER` or `METER=AMOUNT`; without an amount, one unit.
Charge charge_from(const std::string& text, ServerLink& link) {
  const std::size_t equals = text.find('=');
  const Meter meter = link.meter(text.substr(0, equals), "METER");
  if (equals == std::string::npos) {
    return Charge{meter.id, Amount{1}};
  }
  return Charge{meter.id,
                accept(parse_amount(text.substr(equals + 1), amount_unit_of(meter)), meter.name)};
}

/// What is known about the tenant besides its id: nothing, if there is no such tenant.
struct Asked {
  TenantId id;
  std::optional<TenantDefinition> tenant;
};

/// An id that no tenant has is still asked about: "unknown tenant" is an answer to a check. A slug
/// that nobody has cannot be asked about.
Asked find_tenant(const std::string& text, ServerLink& link) {
  const client::TenantRef ref = parse_tenant_ref(text);
  auto found = link.management().show(ref);
  if (!found.ok() && found.fault().code == FaultCode::not_found) {
    if (const TenantId* const id = std::get_if<TenantId>(&ref)) {
      return {*id, std::nullopt};
    }
  }
  TenantDefinition tenant = answered(std::move(found));
  return {tenant.id, std::move(tenant)};
}

std::string limit_name(const Decision& decision, const Asked& asked) {
  if (asked.tenant) {
    for (const Limit& limit : asked.tenant->limits) {
      if (limit.id == decision.reading.limit) {
        return limit.name;
      }
    }
  }
  return fmt::format("limit {}", decision.reading.limit.raw());
}

Json document_of_check(const client::Answer& answer, const Asked& asked, ServerLink& link) {
  const Decision& decision = answer.decision;
  Json out{{"tenant", to_string(asked.id)},
           {"outcome", to_string(decision.outcome)},
           {"allowed", decision.outcome == Outcome::allowed}};
  if (!answer.problem.empty()) {
    out["problem"] = answer.problem;
  }
  if (decision.has_reading) {
    const LimitReading& reading = decision.reading;
    const Meter meter = link.meter(reading.meter);
    out["limit"] = limit_name(decision, asked);
    out["limit_id"] = reading.limit.raw();
    out["meter"] = meter.name;
    out["unit"] = meter.unit;
    out["size"] = reading.size ? Json(reading.size->raw()) : Json();
    out["used"] = reading.used.raw();
    out["remaining"] = reading.size ? Json(reading.remaining.raw()) : Json();
    put_instant(out, "resets", reading.resets_at);
    out["soft_limit_passed"] = decision.soft_limit_passed;
  }
  out["retry_after_ns"] = decision.retry_after ? Json(decision.retry_after->count()) : Json();
  return out;
}

void add_reading(Card& card, const Decision& decision, const Asked& asked, ServerLink& link) {
  const LimitReading& reading = decision.reading;
  const Meter meter = link.meter(reading.meter);
  const AmountUnit unit = amount_unit_of(meter);
  card.add("limit", fmt::format("{} on {}", limit_name(decision, asked), meter.name));
  card.add("size", reading.size ? format_amount(*reading.size, unit) : "unlimited");
  card.add("used", format_amount(reading.used, unit));
  if (reading.size) {
    card.add("remaining", format_amount(reading.remaining, unit));
  }
  card.add("resets at",
           format_instant_in(reading.resets_at, asked.tenant ? asked.tenant->timezone : "UTC"));
  if (decision.soft_limit_passed) {
    card.add("warning", "the soft limit is passed", Tint::warning);
  }
}

std::string view_of_check(const client::Answer& answer, const Asked& asked, Session& session) {
  const Decision& decision = answer.decision;
  const bool allowed = decision.outcome == Outcome::allowed;
  Card card;
  card.add("outcome", to_string(decision.outcome), allowed ? Tint::good : Tint::bad);
  if (!answer.problem.empty()) {
    card.add("problem", answer.problem);
  }
  if (decision.has_reading) {
    add_reading(card, decision, asked, session.link);
  }
  if (decision.retry_after) {
    card.add("retry after", format_duration(*decision.retry_after));
  } else if (decision.outcome == Outcome::denied) {
    card.add("retry after", "never: it does not fit, however long you wait");
  }
  return card.print(session.style);
}

ExitCode exit_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return ExitCode::ok;
    case Outcome::unavailable:
      return ExitCode::no_answer;
    case Outcome::denied:
    case Outcome::unknown_tenant:
    case Outcome::no_such_meter:
    case Outcome::invalid:
      return ExitCode::not_allowed;
  }
  return ExitCode::no_answer;
}

Report check(Session& session, const CheckWish& wish) {
  std::vector<Charge> charges;
  for (const std::string& text : wish.charges) {
    charges.push_back(charge_from(text, session.link));
  }
  const Asked asked = find_tenant(wish.tenant, session.link);
  const client::Answer answer =
      session.link.gateway().check(Check{asked.id, charges, wish.peek ? Mode::peek : Mode::normal});
  return {document_of_check(answer, asked, session.link), view_of_check(answer, asked, session),
          exit_of(answer.decision.outcome)};
}

Report usage(Session& session, const UsageWish& wish) {
  const client::UsageReport report =
      answered(session.link.management().usage(parse_tenant_ref(wish.tenant)));
  return {document_of(report, session.link), view_of(report, session.link, session.style)};
}

}  // namespace

void add_check_commands(CommandLine& line) {
  auto asked = std::make_shared<CheckWish>();
  CLI::App& check_command =
      *line.app.add_subcommand("check", "Ask whether a tenant may spend, and spend it");
  check_command.add_option(tenant_positional, asked->tenant, "Slug or UUID")->required();
  check_command.add_option("METER", asked->charges, "METER or METER=AMOUNT; all or nothing")
      ->required()
      ->expected(1, static_cast<int>(charges_per_check_max));
  check_command.add_flag("--peek", asked->peek, "Only ask");
  check_command.footer(
      "Examples:\n"
      "  sluicectl check acme api_requests\n"
      "  sluicectl check acme api_requests llm_tokens=1.2k --peek");
  runs(line, check_command, asked, check);

  auto used = std::make_shared<UsageWish>();
  CLI::App& usage_command =
      *line.app.add_subcommand("usage", "Show what a tenant has used of each limit");
  usage_command.add_option(tenant_positional, used->tenant, "Slug or UUID")->required();
  runs(line, usage_command, used, usage);
}

}  // namespace sluice::ctl
