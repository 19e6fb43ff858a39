// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/usage_columns.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

/// Whether it says what a grant paid.
bool is_of_grant(const ClosedWindow& window) {
  return window.paid_by != EntryId{};
}

}  // namespace

std::string view_of(const History& history, ServerLink& link, Style style) {
  if (history.points.empty()) {
    return "nothing was used\n";
  }
  std::vector<Table::Column> columns{{"START"},
                                     {"METER"},
                                     {"USED", Align::right},
                                     {"ALLOWED", Align::right},
                                     {"DENIED", Align::right},
                                     {"THROTTLED", Align::right},
                                     {"OVERAGE", Align::right}};
  const RareUsage rare{history.points};
  rare.add_headings(columns);
  Table table{std::move(columns)};
  for (const UsagePoint& point : history.points) {
    const Meter meter = link.meter(point.meter);
    const AmountUnit unit = amount_unit_of(meter);
    std::vector<Cell> row{{format_instant_in(point.start, "UTC"), Tint::none},
                          {meter.name, Tint::none},
                          {format_amount(point.used, unit), Tint::none},
                          {fmt::format("{}", point.allowed), Tint::none},
                          {fmt::format("{}", point.denied), Tint::none},
                          {fmt::format("{}", point.throttled), Tint::none},
                          overage_cell(point.overage, unit)};
    rare.add_cells(point, row);
    table.add(std::move(row));
  }
  std::string text = table.print(style);
  if (!history.complete()) {
    text += fmt::format("there may be more: --from {}, or a larger --max\n",
                        format_instant(history.points.back().start));
  }
  return text;
}

std::string view_of(const PastWindows& past, ServerLink& link, Style style) {
  if (past.windows.empty()) {
    return "no window with anything used is over\n";
  }
  const bool any_paid = std::ranges::any_of(past.windows, is_of_grant);
  std::vector<Table::Column> columns{{"ENDED"},
                                     {"LIMIT"},
                                     {"METER"},
                                     {"USED", Align::right},
                                     {"OVERAGE", Align::right},
                                     {"PRICE", Align::right}};
  if (any_paid) {
    columns.push_back({"PAID BY"});
  }
  Table table{std::move(columns)};
  for (const ClosedWindow& window : past.windows) {
    const Meter meter = link.meter(window.meter);
    const AmountUnit unit = amount_unit_of(meter);
    const Limit* const limit = find_limit(window.limit, &past.tenant);
    std::vector<Cell> row{{format_instant_in(window.ended_at, past.tenant.timezone), Tint::none},
                          limit != nullptr
                              ? Cell{limit->name, Tint::none}
                              : Cell{fmt::format("limit {}", window.limit.raw()), Tint::faint},
                          {meter.name, Tint::none},
                          {format_amount(window.used, unit), Tint::none},
                          overage_cell(window.over, unit),
                          price_cell(window.price_micros)};
    if (any_paid) {
      row.push_back({is_of_grant(window) ? format_entry_id(window.paid_by) : "-"});
    }
    table.add(std::move(row));
  }
  return table.print(style);
}

Json document_of(const History& history, ServerLink& link) {
  Json out{{"by", to_string(history.query.granularity)}};
  put_instant(out, "from", history.query.from);
  put_instant(out, "to", history.query.to);
  out["complete"] = history.complete();
  out["points"] = Json::array();
  for (const UsagePoint& point : history.points) {
    const Meter meter = link.meter(point.meter);
    Json entry{{"meter", meter.name}, {"unit", meter.unit}};
    put_instant(entry, "start", point.start);
    entry["used"] = point.used.raw();
    entry["allowed"] = point.allowed;
    entry["denied"] = point.denied;
    entry["throttled"] = point.throttled;
    entry["overage"] = point.overage.raw();
    entry["price_micros"] = point.price_micros;
    put_part(entry, point.part);
    out["points"].push_back(std::move(entry));
  }
  return out;
}

Json document_of(const PastWindows& past, ServerLink& link) {
  Json out{{"tenant", to_string(past.tenant.id)},
           {"slug", past.tenant.slug},
           {"windows", Json::array()}};
  for (const ClosedWindow& window : past.windows) {
    const Meter meter = link.meter(window.meter);
    const Limit* const limit = find_limit(window.limit, &past.tenant);
    Json entry{{"limit", limit != nullptr ? Json(limit->name) : Json()},
               {"limit_id", window.limit.raw()},
               {"meter", meter.name},
               {"unit", meter.unit}};
    put_instant(entry, "ended", window.ended_at);
    entry["used"] = window.used.raw();
    entry["overage"] = window.over.raw();
    entry["price_micros"] = window.price_micros;
    entry["paid_by"] = is_of_grant(window) ? Json(format_entry_id(window.paid_by)) : Json();
    out["windows"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace sluice::ctl
