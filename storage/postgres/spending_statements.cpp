// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/spending_statements.hpp"

#include <chrono>
#include <tuple>

#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

/// The rows that $1 to $8 are.
constexpr const char* given_counters =
    "unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[],"
    " $7::bigint[], $8::bigint[])"
    " AS g (tenant, limit_id, used, until_ns, fired, over_size, previous, paced_until_ns)";

std::string update_counters_sql() {
  return std::string{
             "UPDATE counters AS c SET used = g.used, until_ns = g.until_ns, fired = g.fired,"
             " over_size = g.over_size, previous = g.previous, paced_until_ns = g.paced_until_ns"
             " FROM "} +
         given_counters + " WHERE c.tenant = g.tenant AND c.limit_id = g.limit_id";
}

/// Those that were not there.
std::string insert_counters_sql() {
  return std::string{
             "INSERT INTO counters AS c (tenant, limit_id, used, until_ns, fired, over_size,"
             " previous, paced_until_ns)"
             " SELECT g.* FROM "} +
         given_counters +
         " JOIN limits AS l ON l.tenant = g.tenant AND l.id = g.limit_id"
         " WHERE NOT EXISTS (SELECT FROM counters AS there"
         " WHERE there.tenant = g.tenant AND there.limit_id = g.limit_id)"
         " ORDER BY g.tenant, g.limit_id"
         " ON CONFLICT (tenant, limit_id) DO UPDATE"
         " SET used = excluded.used, until_ns = excluded.until_ns, fired = excluded.fired,"
         " over_size = excluded.over_size, previous = excluded.previous,"
         " paced_until_ns = excluded.paced_until_ns";
}

/// The rows that $1 to $9 are; `start` is the minute.
constexpr const char* given_usage =
    "(SELECT given.tenant, given.meter, to_timestamp(given.minute * 60) AS start, given.used,"
    " given.allowed, given.denied, given.throttled, given.overage, given.price_micros"
    " FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
    " $7::bigint[], $8::bigint[], $9::bigint[])"
    " AS given (tenant, meter, minute, used, allowed, denied, throttled, overage, price_micros)"
    " JOIN tenants ON tenants.id = given.tenant) AS given";

constexpr const char* update_open_sql =
    "UPDATE open_usage AS o SET minute = to_timestamp(g.minute * 60), used = g.used,"
    " allowed = g.allowed, denied = g.denied, throttled = g.throttled, overage = g.overage,"
    " price_micros = g.price_micros"
    " FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
    " $7::bigint[], $8::bigint[], $9::bigint[])"
    " AS g (tenant, meter, minute, used, allowed, denied, throttled, overage, price_micros)"
    " WHERE o.tenant = g.tenant AND o.meter = g.meter";

/// Those that were not there.
std::string insert_open_sql() {
  return std::string{
             "INSERT INTO open_usage (tenant, meter, minute, used, allowed, denied, throttled,"
             " overage, price_micros) SELECT * FROM "} +
         given_usage +
         " WHERE NOT EXISTS (SELECT FROM open_usage AS there"
         " WHERE there.tenant = given.tenant AND there.meter = given.meter)"
         " ORDER BY tenant, meter"
         " ON CONFLICT (tenant, meter) DO UPDATE SET minute = excluded.minute,"
         " used = excluded.used, allowed = excluded.allowed, denied = excluded.denied,"
         " throttled = excluded.throttled, overage = excluded.overage,"
         " price_micros = excluded.price_micros";
}

/// Adds the minutes of `fresh` to one of the longer tables. Amounts saturate; nobody counts 2^63
/// checks.
std::string add_sql(const std::string& table, const std::string& length) {
  return "INSERT INTO " + table +
         " AS t (tenant, meter, start, used, allowed, denied, throttled, overage, price_micros)"
         " SELECT tenant, meter, date_bin('" +
         length +
         "', start, 'epoch') AS begins, least(sum(used), 9223372036854775807)::bigint,"
         " sum(allowed)::bigint, sum(denied)::bigint, sum(throttled)::bigint,"
         " least(sum(overage), 9223372036854775807)::bigint,"
         " least(sum(price_micros), 9223372036854775807)::bigint"
         " FROM fresh GROUP BY tenant, meter, begins ORDER BY tenant, begins, meter"
         " ON CONFLICT (tenant, start, meter) DO UPDATE SET"
         " used = least(t.used::numeric + excluded.used, 9223372036854775807)::bigint,"
         " allowed = t.allowed + excluded.allowed, denied = t.denied + excluded.denied,"
         " throttled = t.throttled + excluded.throttled,"
         " overage = least(t.overage::numeric + excluded.overage, 9223372036854775807)::bigint,"
         " price_micros = least(t.price_micros::numeric + excluded.price_micros,"
         " 9223372036854775807)::bigint";
}

std::string add_closed_sql() {
  return std::string{
             "WITH fresh AS (INSERT INTO usage_minutes"
             " (tenant, meter, start, used, allowed, denied, throttled, overage, price_micros)"
             " SELECT * FROM "} +
         given_usage +
         " ORDER BY tenant, start, meter ON CONFLICT (tenant, start, meter) DO NOTHING"
         " RETURNING tenant, meter, start, used, allowed, denied, throttled, overage,"
         " price_micros),"
         " hours AS (" +
         add_sql("usage_hours", "1 hour") + ") " + add_sql("usage_days", "1 day");
}

constexpr const char* add_windows_sql =
    "INSERT INTO closed_windows (tenant, limit_id, ended_at_ns, meter, used, over_size,"
    " price_micros)"
    " SELECT given.* FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::bigint[],"
    " $6::bigint[], $7::bigint[])"
    " AS given (tenant, limit_id, ended_at_ns, meter, used, over_size, price_micros)"
    " JOIN tenants ON tenants.id = given.tenant"
    " ORDER BY given.tenant, given.ended_at_ns, given.limit_id"
    " ON CONFLICT (tenant, ended_at_ns, limit_id) DO NOTHING";

constexpr const char* add_payments_sql =
    "INSERT INTO grant_payments (tenant, limit_id, ended_at_ns, meter, used, paid_by)"
    " SELECT given.* FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::bigint[],"
    " $6::uuid[]) AS given (tenant, limit_id, ended_at_ns, meter, used, paid_by)"
    " JOIN tenants ON tenants.id = given.tenant"
    " ORDER BY given.tenant, given.ended_at_ns, given.limit_id, given.paid_by"
    " ON CONFLICT (tenant, ended_at_ns, limit_id, paid_by) DO NOTHING";

/// The latest of both tables, each of which has them at one end of its key.
constexpr const char* latest_windows =
    " FROM ((SELECT limit_id, meter, ended_at_ns, used, over_size, price_micros,"
    " NULL::uuid AS paid_by FROM closed_windows WHERE tenant = $1"
    " ORDER BY ended_at_ns DESC, limit_id LIMIT $2)"
    " UNION ALL (SELECT limit_id, meter, ended_at_ns, used, 0, 0, paid_by"
    " FROM grant_payments WHERE tenant = $1"
    " ORDER BY ended_at_ns DESC, limit_id, paid_by LIMIT $2)) AS latest"
    " ORDER BY ended_at_ns DESC, limit_id, paid_by NULLS FIRST LIMIT $2";

/// A bucket stays in `open_usage` when it is closed, until the next one of its meter is written.
/// $2 and $3 bound the start, $4 is the meter or 0.
std::string select_usage_sql(const std::string& table, const std::string& length) {
  return "SELECT meter, extract(epoch FROM begins)::bigint / 60,"
         " least(sum(used), 9223372036854775807)::bigint, sum(allowed)::bigint,"
         " sum(denied)::bigint, sum(throttled)::bigint,"
         " least(sum(overage), 9223372036854775807)::bigint,"
         " least(sum(price_micros), 9223372036854775807)::bigint FROM ("
         "SELECT meter, start AS begins, used, allowed, denied, throttled, overage, price_micros"
         " FROM " +
         table +
         " WHERE tenant = $1 AND start >= to_timestamp($2) AND start < to_timestamp($3)"
         " UNION ALL "
         "SELECT meter, date_bin('" +
         length +
         "', minute, 'epoch'), used, allowed, denied, throttled, overage, price_micros"
         " FROM open_usage AS o WHERE tenant = $1 AND NOT EXISTS (SELECT FROM usage_minutes AS m"
         " WHERE m.tenant = $1 AND m.start = o.minute AND m.meter = o.meter)) AS points"
         " WHERE begins >= to_timestamp($2) AND begins < to_timestamp($3)"
         " AND ($4::int = 0 OR meter = $4)"
         " GROUP BY begins, meter ORDER BY begins, meter LIMIT $5";
}

std::string select_usage_sql(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return select_usage_sql("usage_minutes", "1 minute");
    case Granularity::hour:
      return select_usage_sql("usage_hours", "1 hour");
    case Granularity::day:
      return select_usage_sql("usage_days", "1 day");
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

/// The first whole second that is not before the instant: nothing starts between two.
std::int64_t second_from(WallTime instant) {
  return std::chrono::ceil<std::chrono::seconds>(instant.time_since_epoch()).count();
}

/// The columns of many buckets.
struct UsageArrays {
  ArrayText tenant, meter, minute, used, allowed, denied, throttled, overage, price;

  void add(const UsageRow& row) {
    tenant.add(row.tenant);
    meter.add(row.bucket.meter.raw());
    minute.add(row.bucket.minute.raw());
    used.add(row.bucket.used.raw());
    allowed.add(row.bucket.allowed);
    denied.add(row.bucket.denied);
    throttled.add(row.bucket.throttled);
    overage.add(row.bucket.overage.raw());
    price.add(row.bucket.price_micros);
  }
  std::size_t run(Transaction& transaction, const std::string& sql) const {
    return transaction
        .run(sql, tenant.text(), meter.text(), minute.text(), used.text(), allowed.text(),
             denied.text(), throttled.text(), overage.text(), price.text())
        .affected_rows();
  }
};

/// The columns of many closed windows, but for those of one table only.
struct WindowArrays {
  ArrayText tenant, limit, ended_at, meter, used;
  bool any = false;

  void add(const WindowRow& row) {
    tenant.add(row.tenant);
    limit.add(row.window.limit.raw());
    ended_at.add(row.window.ended_at.time_since_epoch().count());
    meter.add(row.window.meter.raw());
    used.add(row.window.used.raw());
    any = true;
  }
  template <class... More>
  void run(Transaction& transaction, const char* sql, const More&... more) const {
    transaction.run(sql, tenant.text(), limit.text(), ended_at.text(), meter.text(), used.text(),
                    more...);
  }
};

}  // namespace

void select_counters(Transaction& transaction, const std::string& ids, const RecordOf& record_of) {
  const pqxx::result rows = transaction.run(
      std::string{"SELECT "} + counter_columns +
          " FROM counters WHERE tenant = ANY ($1::uuid[]) ORDER BY tenant, limit_id",
      ids);
  for (const auto& row : rows) {
    const TenantId id = read_tenant_id(row, 7);
    record_of(id).counters.push_back(read_counter(row, id));
  }
}

void select_open_usage(Transaction& transaction, const std::string& ids,
                       const RecordOf& record_of) {
  const pqxx::result rows =
      transaction.run(std::string{"SELECT "} + open_usage_columns +
                          " FROM open_usage WHERE tenant = ANY ($1::uuid[]) ORDER BY tenant, meter",
                      ids);
  for (const auto& row : rows) {
    const TenantId id = read_tenant_id(row, 8);
    record_of(id).open_usage.push_back(read_open_usage(row, id));
  }
}

void put_counters(Transaction& transaction, std::span<const CounterRow> rows) {
  ArrayText tenant, limit, used, until, fired, over, previous, paced_until;
  const auto last = last_of_each(rows, [](const CounterRow& one) {
    return std::tuple{one.tenant, one.counter.limit};
  });
  for (const CounterRow* row : last) {
    tenant.add(row->tenant);
    limit.add(row->counter.limit.raw());
    used.add(row->counter.used.raw());
    until.add(row->counter.until.time_since_epoch().count());
    fired.add(row->counter.fired.raw());
    over.add(row->counter.over.raw());
    previous.add(row->counter.previous.raw());
    paced_until.add(row->counter.paced_until.time_since_epoch().count());
  }
  const auto run = [&](const std::string& sql) {
    return transaction.run(sql, tenant.text(), limit.text(), used.text(), until.text(),
                           fired.text(), over.text(), previous.text(), paced_until.text());
  };
  // Nearly every counter is there already; an update that finds it needs no look at its limit, and
  // is half as dear as inserting in vain.
  static const std::string update = update_counters_sql();
  static const std::string insert = insert_counters_sql();
  if (run(update).affected_rows() < last.size()) {
    run(insert);
  }
}

void put_open_usage(Transaction& transaction, std::span<const UsageRow> rows) {
  UsageArrays arrays;
  std::size_t whole = 0;
  for (const UsageRow* row : last_of_each(rows, [](const UsageRow& one) {
         return std::tuple{one.tenant, one.bucket.meter, one.bucket.part};
       })) {
    if (row->bucket.part.is_whole()) {
      arrays.add(*row);
      ++whole;
    }
  }
  // As counters: nearly every one is there already.
  static const std::string insert = insert_open_sql();
  if (arrays.run(transaction, update_open_sql) < whole) {
    arrays.run(transaction, insert);
  }
}

void add_closed_usage(Transaction& transaction, std::span<const UsageRow> rows) {
  UsageArrays arrays;
  for (const UsageRow& row : rows) {
    if (row.bucket.part.is_whole()) {
      arrays.add(row);
    }
  }
  static const std::string sql = add_closed_sql();
  arrays.run(transaction, sql);
}

void add_closed_windows(Transaction& transaction, std::span<const WindowRow> rows) {
  WindowArrays windows;
  WindowArrays payments;
  ArrayText over, price, paid_by;
  for (const WindowRow& row : rows) {
    const ClosedWindow& window = row.window;
    const bool is_payment = window.paid_by != EntryId{};
    if (window.used == Amount{} && (is_payment || window.over == Amount{})) {
      continue;
    }
    if (is_payment) {
      payments.add(row);
      paid_by.add(TenantId{window.paid_by.high, window.paid_by.low});
    } else {
      windows.add(row);
      over.add(window.over.raw());
      price.add(window.price_micros);
    }
  }
  windows.run(transaction, add_windows_sql, over.text(), price.text());
  if (payments.any) {
    payments.run(transaction, add_payments_sql, paid_by.text());
  }
}

std::vector<UsagePoint> select_usage(Transaction& transaction, const UsageQuery& query) {
  const pqxx::result rows = transaction.run(
      select_usage_sql(query.granularity), to_string(query.tenant), second_from(query.from),
      second_from(query.to), query.meter.value_or(MeterId{}).raw(), query.points_max);
  std::vector<UsagePoint> points;
  points.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) {
    points.push_back(read_usage(row, query.tenant));
  }
  return points;
}

std::vector<ClosedWindow> select_windows(Transaction& transaction, TenantId id) {
  const pqxx::result rows = transaction.run(
      std::string{"SELECT "} + window_columns + latest_windows, to_string(id), usage_points_max);
  std::vector<ClosedWindow> windows;
  windows.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) {
    windows.push_back(read_window(row, id));
  }
  return windows;
}

}  // namespace sluice::postgres
