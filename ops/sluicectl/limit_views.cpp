// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/tenant/limit_names.hpp"
#include "ops/sluicectl/label_text.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/overage_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

std::string rule_text(const WindowRule& window, AmountUnit unit) {
  const std::string size = window.size ? format_amount(*window.size, unit) : "unlimited";
  return window.period == Period::never ? fmt::format("{} in all", size)
                                        : fmt::format("{} / {}", size, name_of(window.period));
}

std::string rule_text(const RateRule& rate, AmountUnit unit) {
  return fmt::format("{} / {}, burst {}{}", format_amount(rate.amount, unit),
                     format_duration(rate.per), format_amount(rate.burst, unit),
                     rate.refill == Refill::interval ? ", refill interval" : "");
}

std::string rule_text(const SlidingRule& sliding, AmountUnit unit) {
  return fmt::format("{} in any {}", format_amount(sliding.size, unit),
                     format_duration(sliding.span));
}

std::string rule_text(const ConcurrencyRule& concurrency, AmountUnit unit) {
  return fmt::format("{} at once, for {}", format_amount(concurrency.size, unit),
                     format_duration(concurrency.ttl));
}

std::string rule_text(const CreditRule& credit, AmountUnit) {
  return credit.period == Period::never ? "credit"
                                        : fmt::format("credit / {}", name_of(credit.period));
}

std::string enforcement_text(const Limit& limit) {
  return fmt::format("{}{}", name_of(limit.enforcement), limit.shadow ? " (shadow)" : "");
}

std::string thresholds_text(const Limit& limit) {
  std::string text;
  for (const Percent threshold : limit.thresholds) {
    text += fmt::format("{}{}%", text.empty() ? "" : " ", threshold.raw());
  }
  return text;
}

/// What few limits have gets a column where one of them has it.
struct RareColumns {
  bool by = false;
  bool when = false;
  bool history = false;
  bool expiry = false;
  bool origin = false;

  explicit RareColumns(const std::vector<Limit>& limits) {
    for (const Limit& limit : limits) {
      by |= !limit.per.empty();
      when |= !limit.when.empty();
      history |= !limit.history_by.empty();
      expiry |= limit.releases_on_expiry;
      origin |= limit.origin == Origin::tier;
    }
  }

  void add_headings(std::vector<Table::Column>& columns) const {
    for (const auto& [is_there, heading] : {std::pair{by, "BY"},
                                            {when, "WHEN"},
                                            {history, "HISTORY BY"},
                                            {expiry, "ON EXPIRY"},
                                            {origin, "FROM"}}) {
      if (is_there) {
        columns.push_back({heading});
      }
    }
  }

  void add_cells(const Limit& limit, std::vector<Cell>& row) const {
    if (by) {
      row.push_back({limit.per.empty() ? "-" : fmt::format("{}", fmt::join(limit.per, ","))});
    }
    if (when) {
      std::vector<std::string> conditions;
      std::ranges::transform(limit.when, std::back_inserter(conditions), format_condition);
      row.push_back({conditions.empty() ? "-" : fmt::format("{}", fmt::join(conditions, " and "))});
    }
    if (history) {
      const auto& labels = limit.history_by;
      row.push_back({labels.empty() ? "-" : fmt::format("{}", fmt::join(labels, ","))});
    }
    if (expiry) {
      row.push_back({limit.releases_on_expiry ? "released" : "-"});
    }
    if (origin) {
      row.push_back({limit.origin == Origin::tier ? "tier" : "-"});
    }
  }
};

}  // namespace

std::string view_of(const Rule& rule, AmountUnit unit) {
  return std::visit([unit](const auto& kind) { return rule_text(kind, unit); }, rule);
}

std::string view_of_limits(const TenantDefinition& tenant, ServerLink& link, Style style) {
  if (tenant.limits.empty()) {
    return "no limits: everything is allowed\n";
  }
  const RareColumns rare{tenant.limits};
  std::vector<Table::Column> columns{
      {"LIMIT"},      {"METER"},  {"RULE"}, {"ENFORCEMENT"}, {"SOFT", Align::right},
      {"THRESHOLDS"}, {"OVERAGE"}};
  rare.add_headings(columns);
  Table table{std::move(columns)};
  for (const Limit& limit : tenant.limits) {
    const Meter meter = link.meter(limit.meter);
    const AmountUnit unit = amount_unit_of(meter);
    std::vector<Cell> row{
        {limit.name, Tint::none},
        {meter.name, Tint::none},
        {view_of(limit.rule, unit), Tint::none},
        {enforcement_text(limit), limit.shadow ? Tint::faint : Tint::none},
        {limit.soft_limit ? format_amount(*limit.soft_limit, unit) : "-", Tint::none},
        {limit.thresholds.empty() ? "-" : thresholds_text(limit), Tint::none},
        {limit.overage ? format_overage(*limit.overage, unit) : "-", Tint::none}};
    rare.add_cells(limit, row);
    table.add(std::move(row));
  }
  return table.print(style) + view_of_overrides(tenant.limits, tenant.timezone, link, style);
}

std::string view_of_overrides(const std::vector<Limit>& limits, const std::string& timezone,
                              ServerLink& link, Style style) {
  Table table{
      {{"OVERRIDDEN"}, {"RULE"}, {"SOFT", Align::right}, {"UNTIL"}, {"AUTHOR"}, {"REASON"}}};
  for (const Limit& limit : limits) {
    if (!limit.instead) {
      continue;
    }
    const Override& instead = *limit.instead;
    const AmountUnit unit = amount_unit_of(link.meter(limit.meter));
    table.add({{limit.name},
               {view_of(instead.rule, unit)},
               {instead.soft_limit ? format_amount(*instead.soft_limit, unit) : "-"},
               {format_instant_in(instead.expires_at, timezone)},
               {instead.author},
               {instead.reason}});
  }
  return table.empty() ? "" : "\n" + table.print(style);
}

}  // namespace sluice::ctl
