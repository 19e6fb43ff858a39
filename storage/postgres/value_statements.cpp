// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/value_statements.hpp"

#include <array>
#include <chrono>
#include <map>
#include <tuple>

#include "actors/tenant/invariant.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* key_columns = "tenant, meter, start, label, value, others";
constexpr const char* count_columns = "used, allowed, denied, throttled, overage, price_micros";

std::string columns() {
  return std::string{key_columns}.append(", ").append(count_columns);
}

/// The rows that $1 to $12 are; `start` is the minute.
std::string given_values() {
  return "(SELECT given.tenant, given.meter, to_timestamp(given.minute * 60) AS start, label, "
         "value,"
         " others, used, allowed, denied, throttled, overage, price_micros"
         " FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::boolean[],"
         " $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])"
         " AS given (tenant, meter, minute, label, value, others, used, allowed, denied, throttled,"
         " overage, price_micros) JOIN tenants ON tenants.id = given.tenant) AS given";
}

std::string put_open_values_sql() {
  return std::string{"INSERT INTO open_usage_values ("}
      .append(columns())
      .append(") SELECT * FROM ")
      .append(given_values())
      .append(
          " ORDER BY tenant, meter, label, value, others ON CONFLICT (tenant, meter, part)"
          " DO UPDATE SET start = excluded.start, used = excluded.used,"
          " allowed = excluded.allowed, denied = excluded.denied, throttled = excluded.throttled,"
          " overage = excluded.overage, price_micros = excluded.price_micros");
}

/// Adds the minutes of `fresh` to one of the longer tables; sums saturate.
std::string add_values_sql(const char* table, const char* length) {
  constexpr const char* most = "9223372036854775807";
  std::string sql = std::string{"INSERT INTO "}.append(table).append(" AS t (").append(columns());
  sql.append(") SELECT tenant, meter, date_bin('").append(length);
  sql.append("', start, 'epoch') AS begins, label, value, others");
  std::string adds;
  for (const char* const column :
       {"used", "allowed", "denied", "throttled", "overage", "price_micros"}) {
    const std::string name{column};
    sql.append(", least(sum(" + name + "), ").append(most).append(")::bigint");
    adds.append(adds.empty() ? "" : ", ").append(name + " = least(t." + name);
    adds.append("::numeric + excluded." + name + ", ").append(most).append(")::bigint");
  }
  return sql
      .append(
          " FROM fresh GROUP BY tenant, meter, begins, label, value, others"
          " ORDER BY tenant, begins, meter, label, value, others"
          " ON CONFLICT (tenant, start, meter, part) DO UPDATE SET ")
      .append(adds);
}

std::string add_closed_values_sql() {
  return std::string{"WITH fresh AS (INSERT INTO usage_value_minutes ("}
      .append(columns())
      .append(") SELECT * FROM ")
      .append(given_values())
      .append(
          " ORDER BY tenant, start, meter, label, value, others"
          " ON CONFLICT (tenant, start, meter, part) DO NOTHING RETURNING ")
      .append(columns())
      .append("), hours AS (")
      .append(add_values_sql("usage_value_hours", "1 hour"))
      .append(") ")
      .append(add_values_sql("usage_value_days", "1 day"));
}

/// The columns of many parts.
struct ValueArrays {
  ArrayText tenant, meter, minute, label, value, others, used, allowed, denied, throttled, overage,
      price;
  bool any = false;

  void add(const UsageRow& row) {
    const UsageBucket& bucket = row.bucket;
    tenant.add(row.tenant);
    meter.add(bucket.meter.raw());
    minute.add(bucket.minute.raw());
    label.add(std::string_view{bucket.part->label});
    value.add(std::string_view{bucket.part->value});
    others.add(bucket.part->others ? 1 : 0);
    used.add(bucket.used.raw());
    allowed.add(bucket.allowed);
    denied.add(bucket.denied);
    throttled.add(bucket.throttled);
    overage.add(bucket.overage.raw());
    price.add(bucket.price_micros);
    any = true;
  }
  void run(Transaction& transaction, const std::string& sql) const {
    if (any) {
      transaction.run(sql, tenant.text(), meter.text(), minute.text(), label.text(), value.text(),
                      others.text(), used.text(), allowed.text(), denied.text(), throttled.text(),
                      overage.text(), price.text());
    }
  }
};

using ValueKey = std::tuple<TenantId, MeterId, PartRef>;

ValueKey key_of(const UsageRow& row) {
  return {row.tenant, row.bucket.meter, row.bucket.part};
}

void end_open_values(Transaction& transaction, std::span<const UsageRow> closed,
                     const std::map<ValueKey, Minute>& open) {
  ArrayText tenant, meter, minute, label, value, others;
  bool any = false;
  for (const UsageRow& row : closed) {
    const auto at = open.find(key_of(row));
    if (!row.bucket.part.is_whole() && (at == open.end() || at->second == row.bucket.minute)) {
      tenant.add(row.tenant);
      meter.add(row.bucket.meter.raw());
      minute.add(row.bucket.minute.raw());
      label.add(std::string_view{row.bucket.part->label});
      value.add(std::string_view{row.bucket.part->value});
      others.add(row.bucket.part->others ? 1 : 0);
      any = true;
    }
  }
  if (any) {
    transaction.run(
        "DELETE FROM open_usage_values AS o USING unnest($1::uuid[], $2::int[], $3::bigint[],"
        " $4::text[], $5::text[], $6::boolean[])"
        " AS closed (tenant, meter, minute, label, value, others)"
        " WHERE o.tenant = closed.tenant AND o.meter = closed.meter"
        " AND o.start = to_timestamp(closed.minute * 60) AND o.label = closed.label"
        " AND o.value = closed.value AND o.others = closed.others",
        tenant.text(), meter.text(), minute.text(), label.text(), value.text(), others.text());
  }
}

struct ValueTable {
  const char* name;
  const char* length;
};
ValueTable table_of_values(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return {"usage_value_minutes", "1 minute"};
    case Granularity::hour:
      return {"usage_value_hours", "1 hour"};
    case Granularity::day:
      return {"usage_value_days", "1 day"};
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

/// $2 and $3 bound the start, $4: the meter or 0, $5: how many, $6: the label or *, $7: a value.
std::string select_values_sql(Granularity granularity) {
  const ValueTable table = table_of_values(granularity);
  const std::string meant =
      " AND ($4::int = 0 OR meter = $4) AND ($6::text = '*' OR label = $6)"
      " AND ($7::text IS NULL OR (value = $7 AND NOT others))";
  std::string sql = "SELECT meter, extract(epoch FROM begins)::bigint / 60";
  for (const char* const column :
       {"used", "allowed", "denied", "throttled", "overage", "price_micros"}) {
    sql.append(", least(sum(").append(column).append("), 9223372036854775807)::bigint");
  }
  sql.append(
         ", label, value, others::int FROM (SELECT meter, start AS begins, label, value, others, ")
      .append(count_columns);
  sql.append(" FROM ").append(table.name);
  sql.append(" WHERE tenant = $1 AND start >= to_timestamp($2) AND start < to_timestamp($3)");
  sql.append(meant).append(" UNION ALL SELECT meter, date_bin('").append(table.length);
  sql.append("', start, 'epoch'), label, value, others, ").append(count_columns);
  sql.append(
      " FROM open_usage_values AS o WHERE tenant = $1 AND NOT EXISTS ("
      "SELECT FROM usage_value_minutes AS m WHERE m.tenant = $1 AND m.start = o.start"
      " AND m.meter = o.meter AND m.part = o.part)");
  sql.append(meant);
  return sql.append(
      ") AS points WHERE begins >= to_timestamp($2) AND begins < to_timestamp($3)"
      " GROUP BY begins, meter, label, value, others"
      " ORDER BY begins, meter, label, value, others LIMIT $5");
}

/// The first whole second that is not before the instant: nothing starts between two.
std::int64_t first_second(WallTime instant) {
  return std::chrono::ceil<std::chrono::seconds>(instant.time_since_epoch()).count();
}

/// From a label, a value and whether it is others', beginning with that column.
PartRef read_part(const pqxx::row& row, int column) {
  return PartRef{{row[column].as<std::string>(), row[column + 1].as<std::string>(),
                  row[column + 2].as<int>() != 0}};
}

}  // namespace

void select_open_values(Transaction& transaction, const std::string& ids,
                        const RecordOf& record_of) {
  const pqxx::result rows = transaction.run(
      std::string{"SELECT meter, extract(epoch FROM start)::bigint / 60, "}
          .append(count_columns)
          .append(", tenant, label, value, others::int FROM open_usage_values"
                  " WHERE tenant = ANY ($1::uuid[]) ORDER BY tenant, meter, label, value, others"),
      ids);
  for (const auto& row : rows) {
    const TenantId id = read_tenant_id(row, 8);
    UsageBucket bucket = read_open_usage(row, id);
    bucket.part = read_part(row, 9);
    record_of(id).open_usage.push_back(std::move(bucket));
  }
}

void write_values(Transaction& transaction, std::span<const UsageRow> closed,
                  std::span<const UsageRow> open) {
  ValueArrays to_add;
  for (const UsageRow& row : closed) {
    if (!row.bucket.part.is_whole()) {
      to_add.add(row);
    }
  }
  static const std::string add = add_closed_values_sql();
  to_add.run(transaction, add);
  ValueArrays to_put;
  std::map<ValueKey, Minute> latest;
  for (const UsageRow* row : last_of_each(open, key_of)) {
    if (!row->bucket.part.is_whole()) {
      to_put.add(*row);
      latest.emplace(key_of(*row), row->bucket.minute);
    }
  }
  static const std::string put = put_open_values_sql();
  to_put.run(transaction, put);
  end_open_values(transaction, closed, latest);
}

std::vector<UsagePoint> select_values(Transaction& transaction, const UsageQuery& query) {
  const pqxx::result rows = transaction.run(
      select_values_sql(query.granularity), to_string(query.tenant), first_second(query.from),
      first_second(query.to), query.meter.value_or(MeterId{}).raw(), query.points_max, query.label,
      query.value);
  std::vector<UsagePoint> points;
  points.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) {
    points.push_back(read_usage(row, query.tenant));
    points.back().part = read_part(row, 8);
  }
  return points;
}

bool forget_values(Transaction& transaction, const UsageForgetting& what) {
  bool more = false;
  const std::array tables{std::pair{Granularity::minute, what.minutes_before},
                          std::pair{Granularity::hour, what.hours_before},
                          std::pair{Granularity::day, what.days_before}};
  for (const auto& [granularity, before] : tables) {
    if (before <= WallTime{}) {
      continue;
    }
    const std::string table = table_of_values(granularity).name;
    const auto gone =
        transaction.run("DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(" + "SELECT ctid FROM " +
                            table + " WHERE start < to_timestamp($1) LIMIT $2))",
                        first_second(before), usage_forgotten_at_once);
    more = static_cast<std::size_t>(gone.affected_rows()) == usage_forgotten_at_once || more;
  }
  return more;
}

}  // namespace sluice::postgres
