// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/usage_statements.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

constexpr std::string_view end_open_sql =
    "DELETE FROM open_usage WHERE tenant = ?1 AND meter = ?2 AND minute = ?3";

/// Of one hour, in two rows if a minute of it is open.
constexpr std::string_view of_hour_sql =
    "SELECT tenant, meter, used FROM usage_hours WHERE start = ?1 AND (tenant, meter) > (?2, ?3)"
    " UNION ALL SELECT tenant, meter, used FROM open_usage WHERE minute >= ?1 AND minute < ?1 + 60"
    " AND (tenant, meter) > (?2, ?3) ORDER BY tenant, meter LIMIT ?4";

std::string forget_sql(const std::string& table) {
  return std::string{"DELETE FROM "}
      .append(table)
      .append(" WHERE (tenant, start, meter) IN (SELECT tenant, start, meter FROM ")
      .append(table)
      .append(" WHERE start < ?1 ORDER BY start LIMIT ?2)");
}

std::string_view table_of_usage(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return "usage_minutes";
    case Granularity::hour:
      return "usage_hours";
    case Granularity::day:
      return "usage_days";
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

/// All buckets of a range, the open ones as rows of their own.
std::string range_sql(Granularity granularity) {
  const std::string minutes = std::to_string(length_of(granularity) / std::chrono::minutes{1});
  const auto rows = [](std::string_view table, std::string_view start) {
    return std::string{"SELECT u.meter, "}
        .append(start)
        .append(
            " AS begins, u.used, u.allowed, u.denied, u.throttled, u.overage, 0, u.tenant FROM ")
        .append(table)
        .append(" AS u WHERE ")
        .append(start)
        .append(" >= ?1 AND ")
        .append(start)
        .append(
            " < ?2 AND (?3 IS NULL OR u.meter = ?3) AND (?4 = ''"
            " OR (SELECT tier FROM tenants WHERE id = u.tenant) = ?4)");
  };
  return rows(table_of_usage(granularity), "u.start")
      .append(" UNION ALL ")
      .append(
          rows("open_usage", std::string{"(u.minute - u.minute % "}.append(minutes).append(")")));
}

/// The first whole minute that is not before the instant.
std::int64_t whole_minute(WallTime instant) {
  return std::chrono::ceil<std::chrono::minutes>(instant.time_since_epoch()).count();
}

std::optional<std::uint16_t> raw_meter(const std::optional<MeterId>& meter) {
  return meter ? std::optional{meter->raw()} : std::nullopt;
}

/// Sums of another bucket of the same.
template <class Sums>
void add_counts(Sums& sums, const UsagePoint& more) {
  sums.used = sums.used + more.used;
  sums.allowed += more.allowed;
  sums.denied += more.denied;
  sums.throttled += more.throttled;
  sums.overage = sums.overage + more.overage;
}

Amount amount_in(const Cursor& row, int column) {
  return Amount{static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(column), 0))};
}

}  // namespace

UsageStatements::UsageStatements(SqliteConnection& connection)
    : connection_(connection),
      end_open_(connection, end_open_sql),
      of_hour_(connection, of_hour_sql),
      hour_(connection,
            "SELECT used FROM usage_hours WHERE tenant = ?1 AND start = ?2 AND meter = ?3"),
      first_day_(connection,
                 "SELECT start FROM usage_days WHERE tenant = ?1 AND meter = ?2 AND start >= ?3"
                 " ORDER BY start LIMIT 1"),
      name_(connection, "SELECT slug, name, tier FROM tenants WHERE id = ?1"),
      forget_minutes_(connection, forget_sql("usage_minutes")),
      forget_hours_(connection, forget_sql("usage_hours")),
      forget_days_(connection, forget_sql("usage_days")) {}

void UsageStatements::end_open(TenantId tenant, const UsageBucket& closed) {
  const IdBytes key = bytes_of(tenant);
  end_open_.run(key, closed.meter.raw(), closed.minute.raw());
}

void UsageStatements::each_bucket(const UsageRange& range, std::optional<MeterId> meter,
                                  const std::string& tier, const EachBucket& each) {
  Statement select{connection_, range_sql(range.granularity)};
  Cursor rows = select.start(whole_minute(range.from), whole_minute(range.to), raw_meter(meter),
                             std::string_view{tier});
  while (rows.next()) {
    const TenantId tenant = id_of(rows.blob(8));
    each(tenant, read_usage(rows, tenant));
  }
}

std::vector<TopTenant> UsageStatements::top(const TopQuery& query) {
  std::map<TenantId, TopTenant> sums;
  each_bucket(query.range, query.meter, query.tier, [&](TenantId id, const UsagePoint& bucket) {
    add_counts(sums.try_emplace(id, TopTenant{.id = id}).first->second, bucket);
  });
  std::vector<TopTenant> ranked;
  for (const auto& [id, tenant] : sums) {
    if (sum_of(tenant, query.by) > 0) {
      ranked.push_back(tenant);
    }
  }
  const auto before = [&](const TopTenant& a, const TopTenant& b) {
    return ranks_before(a, b, query.by);
  };
  const auto count = static_cast<std::ptrdiff_t>(std::min(query.count, ranked.size()));
  std::partial_sort(ranked.begin(), ranked.begin() + count, ranked.end(), before);
  ranked.resize(static_cast<std::size_t>(count));
  for (TopTenant& tenant : ranked) {
    name(tenant);
    if (!query.meter) {
      tenant.used = tenant.overage = Amount{};
    }
  }
  return ranked;
}

void UsageStatements::name(TopTenant& tenant) {
  const IdBytes key = bytes_of(tenant.id);
  Cursor row = name_.start(key);
  if (row.next()) {
    tenant.slug = row.text(0);
    tenant.name = row.text(1);
    tenant.tier = row.text(2);
  }
}

std::vector<UsagePoint> UsageStatements::of_all(const PlatformUsageQuery& query) {
  std::map<std::pair<WallTime, MeterId>, UsagePoint> sums;
  each_bucket(query.range, query.meter, query.tier, [&](TenantId, const UsagePoint& bucket) {
    add_counts(sums.try_emplace({bucket.start, bucket.meter},
                                UsagePoint{bucket.meter, bucket.start, Amount{}})
                   .first->second,
               bucket);
  });
  std::vector<UsagePoint> points;
  points.reserve(sums.size());
  for (const auto& [key, point] : sums) {
    points.push_back(point);
  }
  return points;
}

// The last one of a full page may have another row behind it, and is left for the next page.
BusyPage UsageStatements::busy(const BusyQuery& query) {
  SLUICE_INVARIANT(query.rows_max >= 3);
  std::vector<ComparedHour> hours;
  std::size_t seen = 0;
  {
    const IdBytes after = bytes_of(query.after.tenant);
    Cursor rows =
        of_hour_.start(whole_minute(query.hour), after, query.after.meter.raw(), query.rows_max);
    for (; rows.next(); ++seen) {
      const TenantId tenant = id_of(rows.blob(0));
      const MeterId meter{static_cast<std::uint16_t>(rows.integer(1))};
      if (hours.empty() || hours.back().tenant != tenant || hours.back().meter != meter) {
        hours.push_back({.tenant = tenant, .meter = meter, .hour = query.hour});
      }
      hours.back().used = hours.back().used + amount_in(rows, 2);
    }
  }
  BusyPage page;
  if (seen == query.rows_max) {
    hours.pop_back();
    page.next = BusyMark{0, hours.back().tenant, hours.back().meter};
  }
  for (ComparedHour& hour : hours) {
    if (hour.used > query.above) {
      compare(hour);
      page.hours.push_back(hour);
    }
  }
  return page;
}

void UsageStatements::compare(ComparedHour& hour) {
  const IdBytes key = bytes_of(hour.tenant);
  const WallTime earliest =
      bucket_start(hour.hour - one_week * unusual_weeks_max, Granularity::day);
  Cursor first = first_day_.start(key, hour.meter.raw(), whole_minute(earliest));
  hour.weeks =
      first.next() ? weeks_in_use(hour.hour, WallTime{std::chrono::minutes{first.integer(0)}}) : 0;
  for (std::size_t week = 0; week < hour.weeks; ++week) {
    const WallTime start = hour.hour - one_week * static_cast<std::int64_t>(week + 1);
    Cursor row = hour_.start(key, whole_minute(start), hour.meter.raw());
    hour.earlier[week] = row.next() ? amount_in(row, 0) : Amount{};
  }
}

bool UsageStatements::forget(const UsageForgetting& what) {
  const bool more_minutes = forget(forget_minutes_, what.minutes_before);
  const bool more_hours = forget(forget_hours_, what.hours_before);
  return forget(forget_days_, what.days_before) || more_hours || more_minutes;
}

bool UsageStatements::forget(Statement& statement, WallTime before) {
  if (before <= WallTime{}) {
    return false;
  }
  statement.run(whole_minute(before), usage_forgotten_at_once);
  return connection_.changes() == static_cast<std::int64_t>(usage_forgotten_at_once);
}

}  // namespace sluice
