// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/spending_statements.hpp"

#include <algorithm>
#include <string>
#include <tuple>

namespace sluice {

namespace {

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string{columns} + ' ' + std::string{rest};
}

constexpr std::string_view update_counter_sql =
    "UPDATE counters SET used = ?3, until_ns = ?4, fired = ?5, over_size = ?6, previous = ?7,"
    " paced_until_ns = ?8 WHERE tenant = ?1 AND limit_id = ?2";
constexpr std::string_view insert_counter_sql =
    "INSERT INTO counters (tenant, limit_id, used, until_ns, fired, over_size, previous,"
    " paced_until_ns)"
    " SELECT tenant, id, ?3, ?4, ?5, ?6, ?7, ?8 FROM limits WHERE tenant = ?1 AND id = ?2";

constexpr std::string_view put_open_sql =
    "INSERT INTO open_usage (tenant, meter, minute, used, allowed, denied, throttled, overage,"
    " price_micros) SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM tenants WHERE id = ?1"
    " ON CONFLICT (tenant, meter) DO UPDATE SET minute = ?3, used = ?4, allowed = ?5, denied = ?6,"
    " throttled = ?7, overage = ?8, price_micros = ?9";
// A bucket stays here when it is closed, until the next one of its meter is written.
constexpr std::string_view open_not_closed_sql =
    "FROM open_usage WHERE tenant = ?1 AND (?2 IS NULL OR meter = ?2)"
    " AND NOT EXISTS (SELECT 1 FROM usage_minutes AS closed WHERE closed.tenant = ?1"
    " AND closed.start = open_usage.minute AND closed.meter = open_usage.meter)";

constexpr std::string_view insert_window_sql =
    "INSERT INTO closed_windows (tenant, limit_id, ended_at_ns, meter, used, over_size,"
    " price_micros)"
    " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM tenants WHERE id = ?1"
    " ON CONFLICT (tenant, ended_at_ns, limit_id) DO NOTHING";

constexpr std::string_view insert_payment_sql =
    "INSERT INTO grant_payments (tenant, limit_id, ended_at_ns, meter, used, paid_by)"
    " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM tenants WHERE id = ?1"
    " ON CONFLICT (tenant, ended_at_ns, limit_id, paid_by) DO NOTHING";
// The latest of both tables, each of which has them at one end of its key.
constexpr std::string_view latest_windows_sql =
    "FROM (SELECT * FROM (SELECT limit_id, meter, ended_at_ns, used, over_size, price_micros,"
    " NULL AS paid_by FROM closed_windows WHERE tenant = ?1"
    " ORDER BY ended_at_ns DESC, limit_id LIMIT ?2)"
    " UNION ALL SELECT * FROM (SELECT limit_id, meter, ended_at_ns, used, 0, 0, paid_by"
    " FROM grant_payments WHERE tenant = ?1"
    " ORDER BY ended_at_ns DESC, limit_id, paid_by LIMIT ?2))"
    " ORDER BY ended_at_ns DESC, limit_id, paid_by LIMIT ?2";

constexpr std::string_view insert_minute_sql =
    "INSERT INTO usage_minutes (tenant, meter, start, used, allowed, denied, throttled, overage,"
    " price_micros) SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM tenants WHERE id = ?1"
    " ON CONFLICT (tenant, start, meter) DO NOTHING";

/// Adds to an hour or a day. Amounts saturate; nobody counts 2^63 checks.
std::string add_sql(const std::string& table) {
  return "INSERT INTO " + table +
         " (tenant, meter, start, used, allowed, denied, throttled, overage, price_micros)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
         " ON CONFLICT (tenant, start, meter) DO UPDATE SET"
         " used = min(used, 9223372036854775807 - ?4) + ?4, allowed = allowed + ?5,"
         " denied = denied + ?6, throttled = throttled + ?7,"
         " overage = min(overage, 9223372036854775807 - ?8) + ?8,"
         " price_micros = min(price_micros, 9223372036854775807 - ?9) + ?9";
}

std::string select_usage_sql(const std::string& table) {
  return select(usage_columns, "FROM " + table +
                                   " WHERE tenant = ?1 AND start >= ?2 AND start < ?3"
                                   " AND (?4 IS NULL OR meter = ?4)"
                                   " ORDER BY start, meter LIMIT ?5");
}

std::uint32_t minutes_of(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return 1;
    case Granularity::hour:
      return 60;
    case Granularity::day:
      return 24 * 60;
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

std::uint32_t start_within(Granularity granularity, Minute minute) {
  return minute.raw() - minute.raw() % minutes_of(granularity);
}

/// The first whole minute that is not before the instant.
std::int64_t minute_from(WallTime instant) {
  return std::chrono::ceil<std::chrono::minutes>(instant.time_since_epoch()).count();
}

std::optional<std::uint16_t> raw(const std::optional<MeterId>& meter) {
  return meter ? std::optional{meter->raw()} : std::nullopt;
}

/// Adds points to those that are there, in order of start and meter.
void merge(std::vector<UsagePoint>& points, const std::vector<UsagePoint>& more) {
  for (const UsagePoint& one : more) {
    const auto same = std::ranges::find_if(points, [&](const UsagePoint& point) {
      return point.start == one.start && point.meter == one.meter;
    });
    if (same == points.end()) {
      points.push_back(one);
      continue;
    }
    same->used = same->used + one.used;
    same->allowed += one.allowed;
    same->denied += one.denied;
    same->throttled += one.throttled;
    same->overage = same->overage + one.overage;
    same->price_micros = (Amount{same->price_micros} + Amount{one.price_micros}).raw();
  }
  std::ranges::sort(points, {}, [](const UsagePoint& point) {
    return std::tuple{point.start, point.meter};
  });
}

}  // namespace

SpendingStatements::SpendingStatements(SqliteConnection& connection)
    : connection_(connection),
      select_counters_(
          connection, select(counter_columns, "FROM counters WHERE tenant = ?1 ORDER BY limit_id")),
      update_counter_(connection, update_counter_sql),
      insert_counter_(connection, insert_counter_sql),
      select_open_(connection,
                   select(open_usage_columns, "FROM open_usage WHERE tenant = ?1 ORDER BY meter")),
      select_open_not_closed_(connection, select(open_usage_columns, open_not_closed_sql)),
      put_open_(connection, put_open_sql),
      insert_window_(connection, insert_window_sql),
      insert_payment_(connection, insert_payment_sql),
      select_windows_(connection, select(window_columns, latest_windows_sql)),
      usage_{UsageTable{Statement{connection, select_usage_sql("usage_minutes")},
                        Statement{connection, insert_minute_sql}},
             UsageTable{Statement{connection, select_usage_sql("usage_hours")},
                        Statement{connection, add_sql("usage_hours")}},
             UsageTable{Statement{connection, select_usage_sql("usage_days")},
                        Statement{connection, add_sql("usage_days")}}} {}

std::vector<Counter> SpendingStatements::counters(TenantId id) {
  std::vector<Counter> counters;
  const IdBytes key = bytes_of(id);
  Cursor rows = select_counters_.start(key);
  while (rows.next()) {
    counters.push_back(read_counter(rows, id));
  }
  return counters;
}

std::vector<UsageBucket> SpendingStatements::open_usage(TenantId id) {
  std::vector<UsageBucket> buckets;
  const IdBytes key = bytes_of(id);
  Cursor rows = select_open_.start(key);
  while (rows.next()) {
    buckets.push_back(read_open_usage(rows, id));
  }
  return buckets;
}

void SpendingStatements::put_counter(const CounterRow& row) {
  // Nearly every counter is there already; an UPDATE that finds it needs no look at its limit.
  const IdBytes key = bytes_of(row.tenant);
  const Counter& counter = row.counter;
  const auto run = [&](Statement& statement) {
    statement.run(key, counter.limit.raw(), counter.used.raw(),
                  counter.until.time_since_epoch().count(), counter.fired.raw(), counter.over.raw(),
                  counter.previous.raw(), counter.paced_until.time_since_epoch().count());
  };
  run(update_counter_);
  if (connection_.changes() == 0) {
    run(insert_counter_);
  }
}

void SpendingStatements::put_open_usage(const UsageRow& row) {
  const IdBytes key = bytes_of(row.tenant);
  const UsageBucket& bucket = row.bucket;
  put_open_.run(key, bucket.meter.raw(), bucket.minute.raw(), bucket.used.raw(), bucket.allowed,
                bucket.denied, bucket.throttled, bucket.overage.raw(), bucket.price_micros);
}

void SpendingStatements::add_closed_usage(const UsageRow& row) {
  const IdBytes key = bytes_of(row.tenant);
  add_to(table_of(Granularity::minute), key, row.bucket, row.bucket.minute.raw());
  if (connection_.changes() == 0) {
    return;  // It was counted before, or there is no such tenant.
  }
  for (const Granularity longer : {Granularity::hour, Granularity::day}) {
    add_to(table_of(longer), key, row.bucket, start_within(longer, row.bucket.minute));
  }
}

void SpendingStatements::add_to(UsageTable& table, const IdBytes& tenant, const UsageBucket& bucket,
                                std::uint32_t start) {
  table.add.run(tenant, bucket.meter.raw(), start, bucket.used.raw(), bucket.allowed, bucket.denied,
                bucket.throttled, bucket.overage.raw(), bucket.price_micros);
}

void SpendingStatements::add_closed_window(const WindowRow& row) {
  const ClosedWindow& window = row.window;
  const bool is_payment = window.paid_by != EntryId{};
  if (window.used == Amount{} && (is_payment || window.over == Amount{})) {
    return;
  }
  const IdBytes key = bytes_of(row.tenant);
  if (is_payment) {
    insert_payment_.run(key, window.limit.raw(), window.ended_at.time_since_epoch().count(),
                        window.meter.raw(), window.used.raw(), bytes_of(window.paid_by));
    return;
  }
  insert_window_.run(key, window.limit.raw(), window.ended_at.time_since_epoch().count(),
                     window.meter.raw(), window.used.raw(), window.over.raw(), window.price_micros);
}

std::vector<UsagePoint> SpendingStatements::usage(const UsageQuery& query) {
  std::vector<UsagePoint> points;
  const IdBytes key = bytes_of(query.tenant);
  {
    Cursor rows = table_of(query.granularity)
                      .select.start(key, minute_from(query.from), minute_from(query.to),
                                    raw(query.meter), query.points_max);
    while (rows.next()) {
      points.push_back(read_usage(rows, query.tenant));
    }
  }
  // A point that was cut off above is later than all that are kept, whatever is added to it here.
  merge(points, open_points(query));
  if (points.size() > query.points_max) {
    points.resize(query.points_max);
  }
  return points;
}

std::vector<UsagePoint> SpendingStatements::open_points(const UsageQuery& query) {
  std::vector<UsagePoint> points;
  const IdBytes key = bytes_of(query.tenant);
  Cursor rows = select_open_not_closed_.start(key, raw(query.meter));
  while (rows.next()) {
    const UsageBucket bucket = read_open_usage(rows, query.tenant);
    const WallTime start = start_of(Minute{start_within(query.granularity, bucket.minute)});
    if (start >= query.from && start < query.to) {
      points.push_back({bucket.meter, start, bucket.used, bucket.allowed, bucket.denied,
                        bucket.throttled, bucket.overage, bucket.price_micros});
    }
  }
  return points;
}

std::vector<ClosedWindow> SpendingStatements::windows(TenantId id) {
  std::vector<ClosedWindow> windows;
  const IdBytes key = bytes_of(id);
  Cursor rows = select_windows_.start(key, usage_points_max);
  while (rows.next()) {
    windows.push_back(read_window(rows, id));
  }
  return windows;
}

SpendingStatements::UsageTable& SpendingStatements::table_of(Granularity granularity) {
  return usage_[static_cast<std::size_t>(granularity)];
}

}  // namespace sluice
