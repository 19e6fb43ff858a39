// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "ops/sluicectl/overage_text.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

constexpr Columns bar_columns = 20;

/// Whether anything has passed the size of its window.
bool any_over(const client::UsageReport& usage) {
  return std::ranges::any_of(usage.limits,
                             [](const LimitUsage& entry) { return entry.over > Amount{}; });
}

bool any_held(const client::UsageReport& usage) {
  return std::ranges::any_of(usage.limits,
                             [](const LimitUsage& entry) { return entry.reading.held > Amount{}; });
}

bool any_leased(const client::UsageReport& usage) {
  return std::ranges::any_of(usage.limits,
                             [](const LimitUsage& entry) { return entry.leased > Amount{}; });
}

Cell part_cell(Amount part, AmountUnit unit) {
  return {part > Amount{} ? format_amount(part, unit) : "-", Tint::none};
}

std::string resets_text(const LimitUsage& entry, const std::string& timezone) {
  if (std::holds_alternative<RateRule>(entry.limit.rule)) {
    if (!entry.limit.per.empty()) {
      return "-";
    }
    if (entry.reading.used == Amount{}) {
      return "full";
    }
  }
  return format_instant_in(entry.reading.resets_at, timezone);
}

std::vector<Cell> usage_row(const LimitUsage& entry, const client::UsageReport& usage,
                            ServerLink& link) {
  const Meter meter = link.meter(entry.limit.meter);
  const AmountUnit unit = amount_unit_of(meter);
  const LimitReading& reading = entry.reading;
  // Of what is in flight, all is held and nothing used.
  const bool in_flight = std::holds_alternative<ConcurrencyRule>(entry.limit.rule);
  const std::uint64_t used = (in_flight ? reading.held : reading.used).raw();
  const bool counts = entry.limit.per.empty();
  std::vector<Cell> row{{entry.limit.name, Tint::none},
                        {meter.name, Tint::none},
                        {counts ? format_amount(reading.used, unit) : "-", Tint::none}};
  if (any_held(usage)) {
    row.push_back(part_cell(counts ? reading.held : Amount{}, unit));
  }
  if (any_leased(usage)) {
    row.push_back(part_cell(entry.leased, unit));
  }
  row.push_back({view_of(entry.limit.instead ? entry.limit.instead->rule : entry.limit.rule, unit),
                 Tint::none});
  if (counts && reading.size) {
    const std::uint64_t size = reading.size->raw();
    row.push_back({bar(used, size, bar_columns), tint_of_share(used, size)});
    row.push_back({share(used, size), Tint::none});
  } else {
    row.insert(row.end(), {{"", Tint::none}, {"-", Tint::none}});
  }
  row.push_back({resets_text(entry, usage.tenant.timezone), Tint::none});
  if (any_over(usage)) {
    row.push_back(overage_cell(entry.over, unit));
    row.push_back(price_cell(entry.price_micros));
  }
  return row;
}

}  // namespace

const Limit* find_limit(LimitId id, const TenantDefinition* tenant) {
  if (tenant == nullptr) {
    return nullptr;
  }
  const auto found = std::ranges::find(tenant->limits, id, &Limit::id);
  return found == tenant->limits.end() ? nullptr : &*found;
}

Cell overage_cell(Amount over, AmountUnit unit) {
  return over > Amount{} ? Cell{format_amount(over, unit), Tint::warning} : Cell{"-", Tint::none};
}

Cell price_cell(std::uint64_t micros) {
  return {micros > 0 ? format_price(micros) : "-", Tint::none};
}

std::string view_of(const client::UsageReport& usage, ServerLink& link, Style style) {
  std::string text =
      fmt::format("{}  {}  {}\n", tinted(usage.tenant.slug, Tint::heading, style),
                  usage.tenant.tier, format_instant_in(usage.now, usage.tenant.timezone));
  if (usage.limits.empty()) {
    return text + "no limits: nothing is counted\n";
  }
  std::vector<Table::Column> columns{{"LIMIT"}, {"METER"}, {"USED", Align::right}};
  if (any_held(usage)) {
    columns.push_back({"HELD", Align::right});
  }
  if (any_leased(usage)) {
    columns.push_back({"LEASED", Align::right});
  }
  columns.insert(columns.end(), {{"OF"}, {""}, {"", Align::right}, {"RESETS"}});
  if (any_over(usage)) {
    columns.insert(columns.end(), {{"OVERAGE", Align::right}, {"PRICE", Align::right}});
  }
  Table table{std::move(columns)};
  std::vector<Limit> limits;
  for (const LimitUsage& entry : usage.limits) {
    table.add(usage_row(entry, usage, link));
    limits.push_back(entry.limit);
  }
  return text + table.print(style) + view_of_overrides(limits, usage.tenant.timezone, link, style);
}

std::string view_of(const ResetPreview& preview, Style style) {
  if (preview.at.empty()) {
    return "never: this window does not end\n";
  }
  Table table{{{"RESETS"}, {"IN", Align::right}}};
  for (const WallTime instant : preview.at) {
    table.add({{format_instant_in(instant, preview.timezone), Tint::none},
               {format_duration(instant - preview.now), Tint::none}});
  }
  return table.print(style);
}

std::string view_of(const MeterTable& meters, Style style) {
  Table table{{{"ID", Align::right}, {"METER"}, {"UNIT"}}};
  for (const Meter& meter : meters) {
    table.add({{fmt::format("{}", meter.id.raw()), Tint::none},
               {meter.name, Tint::none},
               {meter.unit, Tint::none}});
  }
  return table.print(style);
}

}  // namespace sluice::ctl
