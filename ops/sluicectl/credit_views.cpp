// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/limit_names.hpp"
#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

std::string unless_zero(Amount amount, AmountUnit unit) {
  return amount > Amount{} ? format_amount(amount, unit) : "-";
}

Tint tint_of(GrantState state) {
  switch (state) {
    case GrantState::active:
      return Tint::good;
    case GrantState::used_up:
      return Tint::warning;
    case GrantState::expired:
    case GrantState::voided:
      return Tint::faint;
    case GrantState::pending:
      break;
  }
  return Tint::none;
}

std::string every_text(const std::optional<Recurrence>& recurrence) {
  return recurrence ? fmt::format("{} {}{}", recurrence->every, name_of(recurrence->period),
                                  recurrence->every == 1 ? "" : "s")
                    : "-";
}

std::string rollover_text(const Rollover& rollover, AmountUnit unit) {
  return rollover == Rollover{} ? "-"
                                : fmt::format("{}..{}", format_amount(rollover.min, unit),
                                              format_amount(rollover.max, unit));
}

/// What few grants have gets a column where one of them has it.
struct GrantColumns {
  bool limit = false;
  bool every = false;
  bool rollover = false;

  explicit GrantColumns(const std::vector<LimitUsage>& limits) : limit(limits.size() > 1) {
    for (const LimitUsage& credit : limits) {
      for (const Grant& grant : credit.grants) {
        every |= grant.terms.recurrence.has_value();
        rollover |= grant.terms.rollover != Rollover{};
      }
    }
  }

  [[nodiscard]] std::vector<Table::Column> headings() const {
    std::vector<Table::Column> columns{{"GRANT"}};
    if (limit) {
      columns.push_back({"LIMIT"});
    }
    columns.insert(columns.end(), {{"PRIORITY", Align::right},
                                   {"AMOUNT", Align::right},
                                   {"LEFT", Align::right},
                                   {"PAID", Align::right},
                                   {"STATE"},
                                   {"EFFECTIVE"},
                                   {"EXPIRES"}});
    if (every) {
      columns.push_back({"EVERY"});
    }
    if (rollover) {
      columns.push_back({"ROLLOVER"});
    }
    return columns;
  }

  [[nodiscard]] std::vector<Cell> row(const Grant& grant, const LimitUsage& credit, AmountUnit unit,
                                      const CreditStatement& statement) const {
    const GrantTerms& terms = grant.terms;
    const std::string& timezone = statement.tenant.timezone;
    const GrantState state = state_of(grant, statement.at);
    std::vector<Cell> cells{{format_entry_id(grant.id)}};
    if (limit) {
      cells.push_back({credit.limit.name});
    }
    cells.insert(cells.end(), {{fmt::format("{}", terms.priority)},
                               {format_amount(terms.amount, unit)},
                               {format_amount(grant.balance, unit)},
                               {format_amount(grant.paid, unit)},
                               {std::string{to_string(state)}, tint_of(state)},
                               {format_instant_in(effective_since(grant), timezone)},
                               {format_instant_in(terms.expires_at, timezone)}});
    if (every) {
      cells.push_back({every_text(terms.recurrence)});
    }
    if (rollover) {
      cells.push_back({rollover_text(terms.rollover, unit)});
    }
    return cells;
  }
};

std::string view_of_balances(const CreditStatement& statement, ServerLink& link, Style style) {
  const bool any_held = std::ranges::any_of(
      statement.limits, [](const LimitUsage& credit) { return credit.reading.held > Amount{}; });
  std::vector<Table::Column> columns{{"LIMIT"}, {"METER"}, {"USED", Align::right}};
  if (any_held) {
    columns.push_back({"HELD", Align::right});
  }
  columns.insert(columns.end(), {{"BALANCE", Align::right}, {"OWED", Align::right}, {"RESETS"}});
  Table table{std::move(columns)};
  for (const LimitUsage& credit : statement.limits) {
    const Meter meter = link.meter(credit.limit.meter);
    const AmountUnit unit = amount_unit_of(meter);
    std::vector<Cell> row{
        {credit.limit.name}, {meter.name}, {format_amount(credit.reading.used, unit)}};
    if (any_held) {
      row.push_back({unless_zero(credit.reading.held, unit)});
    }
    row.insert(row.end(),
               {{format_amount(balance_of(credit), unit)},
                overage_cell(credit.over, unit),
                {format_instant_in(credit.reading.resets_at, statement.tenant.timezone)}});
    table.add(std::move(row));
  }
  return table.print(style);
}

std::string view_of_grants(const CreditStatement& statement, ServerLink& link, Style style) {
  const GrantColumns columns{statement.limits};
  Table table{columns.headings()};
  for (const LimitUsage& credit : statement.limits) {
    const AmountUnit unit = amount_unit_of(link.meter(credit.limit.meter));
    for (const Grant& grant : credit.grants) {
      table.add(columns.row(grant, credit, unit, statement));
    }
  }
  return table.empty() ? "" : "\n" + table.print(style);
}

std::string view_of(const CreditStatement::Change& change, Style style) {
  Card card;
  if (change.grant != EntryId{}) {
    card.add("grant", format_entry_id(change.grant));
  }
  if (change.repeated) {
    card.add("repeated", "yes: this was done before");
  }
  const std::string text = card.print(style);
  return text.empty() ? text : text + "\n";
}

Json document_of(const Grant& grant, WallTime now) {
  Json out{{"id", format_entry_id(grant.id)}, {"state", to_string(state_of(grant, now))}};
  put_terms(out, grant.terms);
  put_instant(out, "given", grant.given_at);
  put_instant(out, "voided", grant.voided_at);
  out["balance"] = grant.balance.raw();
  out["paid"] = grant.paid.raw();
  return out;
}

Json document_of(const LimitUsage& credit, WallTime now, ServerLink& link) {
  Json out = document_of(credit.limit, link);
  out["used"] = credit.reading.used.raw();
  out["held"] = credit.reading.held.raw();
  out["remaining"] = credit.reading.remaining.raw();
  out["balance"] = balance_of(credit).raw();
  out["owed"] = credit.over.raw();
  put_instant(out, "window_starts", credit.window.start);
  put_instant(out, "resets", credit.reading.resets_at);
  out["grants"] = Json::array();
  for (const Grant& grant : credit.grants) {
    out["grants"].push_back(document_of(grant, now));
  }
  return out;
}

}  // namespace

std::string view_of(const CreditStatement& statement, ServerLink& link, Style style) {
  if (statement.limits.empty()) {
    return "no credit: no limit was set with --credit\n";
  }
  return (statement.change ? view_of(*statement.change, style) : "") +
         view_of_balances(statement, link, style) + view_of_grants(statement, link, style);
}

void put_terms(Json& into, const GrantTerms& terms) {
  into["amount"] = terms.amount.raw();
  into["priority"] = terms.priority;
  put_instant(into, "effective", terms.effective_at);
  put_instant(into, "expires", terms.expires_at);
  Json recurrence;
  if (terms.recurrence) {
    recurrence["period"] = name_of(terms.recurrence->period);
    recurrence["every"] = terms.recurrence->every;
    put_instant(recurrence, "anchor", terms.recurrence->anchor);
  }
  into["recurrence"] = std::move(recurrence);
  into["rollover"] = {{"min", terms.rollover.min.raw()}, {"max", terms.rollover.max.raw()}};
}

Json document_of(const CreditStatement& statement, ServerLink& link) {
  Json out{{"tenant", to_string(statement.tenant.id)}, {"slug", statement.tenant.slug}};
  put_instant(out, "read", statement.at);
  if (statement.change) {
    const EntryId grant = statement.change->grant;
    out["grant"] = grant != EntryId{} ? Json(format_entry_id(grant)) : Json();
    out["repeated"] = statement.change->repeated;
  }
  out["limits"] = Json::array();
  for (const LimitUsage& credit : statement.limits) {
    out["limits"].push_back(document_of(credit, statement.at, link));
  }
  return out;
}

}  // namespace sluice::ctl
