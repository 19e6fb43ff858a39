// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/usage_csv.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/text/csv_text.hpp"
#include "protocol/text/entry_id_text.hpp"
#include "protocol/text/time_text.hpp"

namespace sluice::text {
namespace {

std::string cell(std::uint64_t number) {
  return std::to_string(number);
}

std::string cell(Amount amount) {
  return std::to_string(amount.raw());
}

/// Nothing for "never".
std::string cell(WallTime instant) {
  return instant == wall_time_never ? std::string{} : format_instant(instant);
}

template <class T>
std::string cell(const std::optional<T>& told) {
  return told ? cell(*told) : std::string{};
}

template <class Rows>
bool has_any_part(const Rows& rows) {
  return std::ranges::any_of(rows, [](const auto& row) { return !row.part.is_whole(); });
}

/// Three more cells, if there are such columns.
void add_part(const PartRef& part, bool has_parts, std::vector<std::string>& row) {
  if (has_parts && !part.is_whole()) {
    row.insert(row.end(), {part->label, part->value, part->others ? "true" : "false"});
  } else if (has_parts) {
    row.resize(row.size() + 3);
  }
}

}  // namespace

std::string csv_of(std::span<const UsagePoint> points, const MeterName& name_of) {
  std::vector<std::string> columns{"start",  "meter",     "used",    "allowed",
                                   "denied", "throttled", "overage", "price_micros"};
  const bool has_parts = has_any_part(points);
  if (has_parts) {
    columns.insert(columns.end(), {"label", "value", "others"});
  }
  Csv table{columns};
  for (const UsagePoint& point : points) {
    std::vector<std::string> row{
        cell(point.start),  name_of(point.meter),  cell(point.used),    cell(point.allowed),
        cell(point.denied), cell(point.throttled), cell(point.overage), cell(point.price_micros)};
    add_part(point.part, has_parts, row);
    table.add(row);
  }
  return table.take();
}

std::string csv_of(std::span<const ClosedWindow> windows, const TenantDefinition& tenant,
                   const MeterName& name_of) {
  Csv table{
      {"ended_at", "limit", "limit_id", "meter", "used", "overage", "price_micros", "paid_by"}};
  for (const ClosedWindow& window : windows) {
    const auto limit = std::ranges::find(tenant.limits, window.limit, &Limit::id);
    table.add({cell(window.ended_at), limit != tenant.limits.end() ? limit->name : "",
               cell(window.limit.raw()), name_of(window.meter), cell(window.used),
               cell(window.over), cell(window.price_micros),
               window.paid_by != EntryId{} ? format_entry_id(window.paid_by) : ""});
  }
  return table.take();
}

std::string csv_of(const Forecast& forecast, const MeterName& name_of) {
  Csv table{{"limit", "meter", "used", "size", "pace_per_hour", "projected", "projected_at",
             "exhausted_at", "resets_at"}};
  for (const LimitForecast& limit : forecast.limits) {
    const bool known = limit.basis != ForecastBasis::nothing;
    table.add({limit.name, name_of(limit.meter), cell(limit.used), cell(limit.size),
               known ? cell(limit.pace_per_hour) : "", known ? cell(limit.projected) : "",
               known ? cell(limit.projected_at) : "", cell(limit.exhausted_at), cell(limit.until)});
  }
  return table.take();
}

std::string csv_of(const UnusualUsage& unusual, const MeterName& name_of) {
  Csv table{{"start", "meter", "used", "expected", "spread", "lowest", "highest", "weeks"}};
  for (const UnusualMeter& meter : unusual.meters) {
    for (const UnusualHour& hour : meter.hours) {
      table.add({cell(hour.start), name_of(meter.meter), cell(hour.used), cell(hour.usual.expected),
                 cell(hour.usual.spread), cell(hour.usual.lowest), cell(hour.usual.highest),
                 cell(hour.weeks)});
    }
  }
  return table.take();
}

std::string csv_of(const TopTenants& top) {
  Csv table{{"id", "slug", "name", "tier", "used", "allowed", "denied", "throttled", "overage"}};
  for (const TopTenant& tenant : top.tenants) {
    table.add({to_string(tenant.id), tenant.slug, tenant.name, tenant.tier, cell(tenant.used),
               cell(tenant.allowed), cell(tenant.denied), cell(tenant.throttled),
               cell(tenant.overage)});
  }
  return table.take();
}

std::string csv_of(const UsageStatistics& statistics, const MeterName& name_of) {
  if (!statistics.points.empty()) {
    return csv_of(std::span{statistics.points}, name_of);
  }
  std::vector<std::string> columns{"meter",      "buckets",     "used",    "allowed",
                                   "denied",     "throttled",   "overage", "peak_used",
                                   "peak_start", "price_micros"};
  const bool has_parts = has_any_part(statistics.meters);
  if (has_parts) {
    columns.insert(columns.end(), {"label", "value", "others"});
  }
  Csv table{columns};
  for (const MeterStatistics& meter : statistics.meters) {
    std::vector<std::string> row{
        name_of(meter.meter),   cell(meter.buckets),     cell(meter.used),    cell(meter.allowed),
        cell(meter.denied),     cell(meter.throttled),   cell(meter.overage), cell(meter.peak_used),
        cell(meter.peak_start), cell(meter.price_micros)};
    add_part(meter.part, has_parts, row);
    table.add(row);
  }
  return table.take();
}

}  // namespace sluice::text
