// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/value_statements.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/analytics/usage_range.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

constexpr std::string_view counted_columns =
    "used, allowed, denied, throttled, overage, price_micros";

/// ?1 to ?12 are the columns of a part, its key first.
std::string insert_value_sql(std::string_view table, std::string_view rest) {
  return std::string{"INSERT INTO "}
      .append(table)
      .append(
          " (tenant, meter, start, label, value, others, used, allowed, denied, throttled,"
          " overage, price_micros)"
          " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM tenants WHERE id = ?1")
      .append(rest);
}

constexpr std::string_view keep_value_sql =
    " ON CONFLICT (tenant, start, meter, label, value, others) DO NOTHING";

/// Adds to an hour or a day. Amounts saturate; nobody counts 2^63 checks.
constexpr std::string_view add_value_sql =
    " ON CONFLICT (tenant, start, meter, label, value, others) DO UPDATE SET"
    " used = min(used, 9223372036854775807 - ?7) + ?7, allowed = allowed + ?8,"
    " denied = denied + ?9, throttled = throttled + ?10,"
    " overage = min(overage, 9223372036854775807 - ?11) + ?11,"
    " price_micros = min(price_micros, 9223372036854775807 - ?12) + ?12";

constexpr std::string_view put_open_value_sql =
    " ON CONFLICT (tenant, meter, label, value, others) DO UPDATE SET start = ?3, used = ?7,"
    " allowed = ?8, denied = ?9, throttled = ?10, overage = ?11, price_micros = ?12";

constexpr std::string_view end_open_value_sql =
    "DELETE FROM open_usage_values WHERE tenant = ?1 AND meter = ?2 AND start = ?3"
    " AND label = ?4 AND value = ?5 AND others = ?6";

std::string select_open_values_sql() {
  return std::string{"SELECT meter, start, "}
      .append(counted_columns)
      .append(", label, value, others FROM open_usage_values WHERE tenant = ?1")
      .append(" ORDER BY meter, label, value, others");
}

std::int64_t minutes_in(Granularity granularity) {
  return length_of(granularity) / std::chrono::minutes{1};
}

std::string_view table_of_values(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return "usage_value_minutes";
    case Granularity::hour:
      return "usage_value_hours";
    case Granularity::day:
      return "usage_value_days";
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

/// ?2 and ?3 bound the start, ?4 is the meter or null, ?5 how many, ?6 the label or *, ?7 a value
/// or null. What is open is a row of its own beside the one of its bucket.
std::string select_values_sql(Granularity granularity) {
  const auto rows = [](std::string_view start, std::string_view from) {
    return std::string{"SELECT meter, "}
        .append(start)
        .append(" AS begins, label, value, others, ")
        .append(counted_columns)
        .append(" FROM ")
        .append(from)
        .append(
            " AS o WHERE tenant = ?1 AND (?4 IS NULL OR meter = ?4) AND (?6 = '*' OR label = ?6)"
            " AND (?7 IS NULL OR (value = ?7 AND others = 0))");
  };
  const std::string length = std::to_string(minutes_in(granularity));
  return std::string{"SELECT meter, begins, "}
      .append(counted_columns)
      .append(", label, value, others FROM (")
      .append(rows("start", table_of_values(granularity)))
      .append(" AND start >= ?2 AND start < ?3 UNION ALL ")
      .append(rows("(start - start % " + length + ")", "open_usage_values"))
      .append(
          " AND NOT EXISTS (SELECT 1 FROM usage_value_minutes AS m WHERE m.tenant = ?1"
          " AND m.start = o.start AND m.meter = o.meter AND m.label = o.label"
          " AND m.value = o.value AND m.others = o.others))"
          " WHERE begins >= ?2 AND begins < ?3"
          " ORDER BY begins, meter, label, value, others LIMIT ?5");
}

std::string forget_values_sql(Granularity granularity) {
  const std::string_view table = table_of_values(granularity);
  return std::string{"DELETE FROM "}
      .append(table)
      .append(" WHERE (tenant, start, meter, label, value, others) IN")
      .append(" (SELECT tenant, start, meter, label, value, others FROM ")
      .append(table)
      .append(" WHERE start < ?1 ORDER BY start LIMIT ?2)");
}

std::int64_t first_minute(WallTime instant) {
  return std::chrono::ceil<std::chrono::minutes>(instant.time_since_epoch()).count();
}

PartRef part_in(const Cursor& row, int column) {
  return PartRef{{std::string{row.text(column)}, std::string{row.text(column + 1)},
                  row.integer(column + 2) != 0}};
}

void add_point(UsagePoint& sum, const UsagePoint& more) {
  sum.used = sum.used + more.used;
  sum.allowed += more.allowed;
  sum.denied += more.denied;
  sum.throttled += more.throttled;
  sum.overage = sum.overage + more.overage;
  sum.price_micros = (Amount{sum.price_micros} + Amount{more.price_micros}).raw();
}

}  // namespace

ValueStatements::ValueStatements(SqliteConnection& connection)
    : connection_(connection),
      select_open_(connection, select_open_values_sql()),
      put_open_(connection, insert_value_sql("open_usage_values", put_open_value_sql)),
      end_open_(connection, end_open_value_sql),
      values_{
          ValueTable{Statement{connection, select_values_sql(Granularity::minute)},
                     Statement{connection, insert_value_sql("usage_value_minutes", keep_value_sql)},
                     Statement{connection, forget_values_sql(Granularity::minute)}},
          ValueTable{Statement{connection, select_values_sql(Granularity::hour)},
                     Statement{connection, insert_value_sql("usage_value_hours", add_value_sql)},
                     Statement{connection, forget_values_sql(Granularity::hour)}},
          ValueTable{Statement{connection, select_values_sql(Granularity::day)},
                     Statement{connection, insert_value_sql("usage_value_days", add_value_sql)},
                     Statement{connection, forget_values_sql(Granularity::day)}}} {}

void ValueStatements::open_values(TenantId id, std::vector<UsageBucket>& buckets) {
  const IdBytes key = bytes_of(id);
  Cursor rows = select_open_.start(key);
  while (rows.next()) {
    buckets.push_back(read_open_usage(rows, id));
    buckets.back().part = part_in(rows, 8);
  }
}

void ValueStatements::run_with(Statement& statement, const UsageRow& row, std::uint32_t start) {
  const UsageBucket& bucket = row.bucket;
  const UsagePart& part = *bucket.part;
  statement.run(bytes_of(row.tenant), bucket.meter.raw(), start, std::string_view{part.label},
                std::string_view{part.value}, part.others ? 1 : 0, bucket.used.raw(),
                bucket.allowed, bucket.denied, bucket.throttled, bucket.overage.raw(),
                bucket.price_micros);
}

void ValueStatements::put_open(const UsageRow& row) {
  run_with(put_open_, row, row.bucket.minute.raw());
}

void ValueStatements::add_closed(const UsageRow& row) {
  const std::uint32_t minute = row.bucket.minute.raw();
  run_with(table_of(Granularity::minute).add, row, minute);
  if (connection_.changes() == 0) {
    return;  // It was counted before, or there is no such tenant.
  }
  for (const Granularity longer : {Granularity::hour, Granularity::day}) {
    const auto length = static_cast<std::uint32_t>(minutes_in(longer));
    run_with(table_of(longer).add, row, minute - minute % length);
  }
}

void ValueStatements::end_open(const UsageRow& closed) {
  const UsagePart& part = *closed.bucket.part;
  end_open_.run(bytes_of(closed.tenant), closed.bucket.meter.raw(), closed.bucket.minute.raw(),
                std::string_view{part.label}, std::string_view{part.value}, part.others ? 1 : 0);
}

std::vector<UsagePoint> ValueStatements::usage(const UsageQuery& query) {
  std::vector<UsagePoint> points;
  const IdBytes key = bytes_of(query.tenant);
  const auto meter = query.meter ? std::optional{query.meter->raw()} : std::nullopt;
  const auto value = query.value ? std::optional<std::string_view>{*query.value} : std::nullopt;
  // Each bucket has at most two rows.
  Cursor rows = table_of(query.granularity)
                    .select.start(key, first_minute(query.from), first_minute(query.to), meter,
                                  2 * query.points_max, std::string_view{query.label}, value);
  while (rows.next()) {
    UsagePoint point = read_usage(rows, query.tenant);
    point.part = part_in(rows, 8);
    const bool goes_on = !points.empty() && points.back().start == point.start &&
                         points.back().meter == point.meter && points.back().part == point.part;
    if (goes_on) {
      add_point(points.back(), point);
    } else if (points.size() < query.points_max) {
      points.push_back(std::move(point));
    } else {
      break;
    }
  }
  return points;
}

bool ValueStatements::forget(const UsageForgetting& what) {
  bool more = false;
  const std::array before{what.minutes_before, what.hours_before, what.days_before};
  for (std::size_t length = 0; length < values_.size(); ++length) {
    if (before[length] > WallTime{}) {
      values_[length].forget.run(first_minute(before[length]), usage_forgotten_at_once);
      more = connection_.changes() == static_cast<std::int64_t>(usage_forgotten_at_once) || more;
    }
  }
  return more;
}

}  // namespace sluice
