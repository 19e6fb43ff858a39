// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/analytics_views.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/usage_columns.hpp"

namespace sluice::ctl {
namespace {

constexpr std::array top_names{"used", "allowed", "denied", "throttled", "overage"};

std::string count_text(std::uint64_t count) {
  return fmt::format("{}", count);
}

Cell exhausted_cell(const LimitForecast& limit) {
  if (limit.basis == ForecastBasis::nothing || !limit.size) {
    return {"-", Tint::faint};
  }
  return limit.exhausted_at ? Cell{format_instant_in(*limit.exhausted_at, "UTC"), Tint::warning}
                            : Cell{"not before", Tint::good};
}

/// Without a decision on how many digits matter: a share of a million in whole hundredths of one
/// percent.
std::string percent_text(std::uint32_t ppm) {
  return fmt::format("{}.{:02} %", ppm / 10'000, ppm / 100 % 100);
}

}  // namespace

text::MeterName meter_names(ServerLink& link) {
  return [&link](MeterId id) { return link.meter(id).name; };
}

std::string_view to_string(TopBy by) {
  return top_names.at(static_cast<std::size_t>(by));
}

TopBy top_by_from(std::string_view name) {
  for (std::size_t i = 0; i < top_names.size(); ++i) {
    if (top_names.at(i) == name) {
      return static_cast<TopBy>(i);
    }
  }
  return TopBy::used;
}

std::string view_of(const Forecast& forecast, ServerLink& link, Style style) {
  if (forecast.limits.empty()) {
    return "the tenant has no limits\n";
  }
  Table table{{{"LIMIT"},
               {"METER"},
               {"USED", Align::right},
               {"SIZE", Align::right},
               {"AN HOUR", Align::right},
               {"AT ITS END", Align::right},
               {"EXHAUSTED"},
               {"RESETS"}}};
  for (const LimitForecast& limit : forecast.limits) {
    const Meter meter = link.meter(limit.meter);
    const AmountUnit unit = amount_unit_of(meter);
    const bool known = limit.basis != ForecastBasis::nothing;
    const Cell none{"-", Tint::faint};
    table.add({{limit.name, Tint::none},
               {meter.name, Tint::none},
               {format_amount(limit.used, unit), Tint::none},
               limit.size ? Cell{format_amount(*limit.size, unit), Tint::none}
                          : Cell{"unlimited", Tint::faint},
               known ? Cell{format_amount(limit.pace_per_hour, unit), Tint::none} : none,
               known ? Cell{format_amount(limit.projected, unit), Tint::none} : none,
               exhausted_cell(limit),
               limit.until == wall_time_never
                   ? Cell{"never", Tint::faint}
                   : Cell{format_instant_in(limit.until, "UTC"), Tint::none}});
  }
  return table.print(style);
}

std::string view_of(const UnusualUsage& unusual, ServerLink& link, Style style) {
  Table table{{{"HOUR"},
               {"METER"},
               {"USED", Align::right},
               {"EXPECTED", Align::right},
               {"USUAL FROM", Align::right},
               {"TO", Align::right},
               {"WEEKS", Align::right}}};
  std::size_t judged = 0;
  bool any = false;
  for (const UnusualMeter& of_meter : unusual.meters) {
    const Meter meter = link.meter(of_meter.meter);
    const AmountUnit unit = amount_unit_of(meter);
    judged += of_meter.hours_judged;
    for (const UnusualHour& hour : of_meter.hours) {
      any = true;
      table.add({{format_instant_in(hour.start, "UTC"), Tint::none},
                 {meter.name, Tint::none},
                 {format_amount(hour.used, unit), Tint::warning},
                 {format_amount(hour.usual.expected, unit), Tint::none},
                 {format_amount(hour.usual.lowest, unit), Tint::none},
                 {format_amount(hour.usual.highest, unit), Tint::none},
                 {count_text(hour.weeks), Tint::none}});
    }
  }
  if (judged == 0) {
    return "there are not enough earlier weeks to compare with\n";
  }
  return any ? table.print(style) : std::string{"nothing was unusual\n"};
}

std::string view_of(const Ranking& ranking, ServerLink& link, Style style) {
  if (ranking.top.tenants.empty()) {
    return "no tenant has any\n";
  }
  std::string heading{to_string(ranking.query.by)};
  for (char& c : heading) {
    c = static_cast<char>(c - 'a' + 'A');
  }
  Table table{{{"TENANT"}, {"NAME"}, {"TIER"}, {heading, Align::right}}};
  const bool is_amount = ranking.query.by == TopBy::used || ranking.query.by == TopBy::overage;
  for (const TopTenant& tenant : ranking.top.tenants) {
    const std::uint64_t sum = sum_of(tenant, ranking.query.by);
    table.add({{tenant.slug, Tint::none},
               {tenant.name, Tint::none},
               {tenant.tier, Tint::none},
               {is_amount && ranking.query.meter
                    ? format_amount(Amount{sum}, amount_unit_of(link.meter(*ranking.query.meter)))
                    : count_text(sum),
                Tint::none}});
  }
  return table.print(style);
}

std::string view_of(const UsageStatistics& statistics, ServerLink& link, Style style) {
  if (statistics.meters.empty()) {
    return "nothing was used\n";
  }
  std::vector<Table::Column> columns{{"METER"},
                                     {"USED", Align::right},
                                     {"ALLOWED", Align::right},
                                     {"REFUSED", Align::right},
                                     {"OVERAGE", Align::right},
                                     {"PEAK", Align::right},
                                     {"PEAK AT"}};
  const RareUsage rare{statistics.meters};
  rare.add_headings(columns);
  Table table{std::move(columns)};
  for (const MeterStatistics& of_meter : statistics.meters) {
    const Meter meter = link.meter(of_meter.meter);
    const AmountUnit unit = amount_unit_of(meter);
    std::vector<Cell> row{{meter.name, Tint::none},
                          {format_amount(of_meter.used, unit), Tint::none},
                          {count_text(of_meter.allowed), Tint::none},
                          {percent_text(denied_ppm(of_meter)), Tint::none},
                          {format_amount(of_meter.overage, unit), Tint::none},
                          {format_amount(of_meter.peak_used, unit), Tint::none},
                          {format_instant_in(of_meter.peak_start, "UTC"), Tint::none}};
    rare.add_cells(of_meter, row);
    table.add(std::move(row));
  }
  return table.print(style);
}

}  // namespace sluice::ctl
