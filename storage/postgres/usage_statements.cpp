// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/usage_statements.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/spending_statements.hpp"

namespace sluice::postgres {
namespace {

/// How a length of usage is kept.
struct UsageTableText {
  const char* table;
  const char* length;
};
UsageTableText text_of(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return {"usage_minutes", "1 minute"};
    case Granularity::hour:
      return {"usage_hours", "1 hour"};
    case Granularity::day:
      return {"usage_days", "1 day"};
  }
  SLUICE_INVARIANT(!"a granularity outside of its enum");
}

std::string column_of(TopBy by) {
  switch (by) {
    case TopBy::used:
      return "used";
    case TopBy::allowed:
      return "allowed";
    case TopBy::denied:
      return "denied";
    case TopBy::throttled:
      return "throttled";
    case TopBy::overage:
      return "overage";
  }
  SLUICE_INVARIANT(!"a ranking outside of its enum");
}

/// Saturated: nobody counts 2^63 checks, but amounts may be as large.
constexpr const char* sums =
    "least(sum(used), 9223372036854775807)::bigint AS used, sum(allowed)::bigint AS allowed,"
    " sum(denied)::bigint AS denied, sum(throttled)::bigint AS throttled,"
    " least(sum(overage), 9223372036854775807)::bigint AS overage";

/// Whose rows: $4 are tenants, $5 is the tier. Written out for each case, so that each is planned
/// for what it is.
std::string whose(const TenantsMeant& meant, const std::string& tier) {
  return std::string{meant.only ? " AND tenant = ANY ($4::uuid[])"
                                : " AND tenant <> ALL ($4::uuid[])"}
      .append(tier.empty() ? " AND $5::text = ''"
                           : " AND tenant IN (SELECT id FROM tenants WHERE tier = $5)");
}

/// All buckets from $1 to before $2 of the meter $3, or of all (0); the open ones as rows of their
/// own, which are never closed as well.
std::string buckets_sql(Granularity granularity, const TenantsMeant& meant,
                        const std::string& tier) {
  const auto [table, length] = text_of(granularity);
  const std::string begins = std::string{"date_bin('"}.append(length).append("', minute, 'epoch')");
  const std::string rest =
      std::string{" AND ($3::int = 0 OR meter = $3)"}.append(whose(meant, tier));
  return std::string{
      "(SELECT tenant, meter, start AS begins, used, allowed, denied, throttled, overage FROM "}
      .append(table)
      .append(" WHERE start >= to_timestamp($1) AND start < to_timestamp($2)")
      .append(rest)
      .append(" UNION ALL SELECT tenant, meter, ")
      .append(begins)
      .append(", used, allowed, denied, throttled, overage FROM open_usage WHERE ")
      .append(begins)
      .append(" >= to_timestamp($1) AND ")
      .append(begins)
      .append(" < to_timestamp($2)")
      .append(rest)
      .append(") AS buckets");
}

/// The first whole second that is not before the instant: nothing starts between two.
std::int64_t whole_second(WallTime instant) {
  return std::chrono::ceil<std::chrono::seconds>(instant.time_since_epoch()).count();
}

WallTime instant_in(const pqxx::row& row, int column) {
  return WallTime{std::chrono::seconds{row[column].as<std::int64_t>()}};
}

Amount amount_of(const pqxx::row& row, int column) {
  const auto raw = row[column].as<std::int64_t>();
  return Amount{static_cast<std::uint64_t>(raw < 0 ? 0 : raw)};
}

/// Tenants of one hour in their order, those that were busy with their earlier weeks. $1 is the
/// hour, $2 and $3 are what was looked at before, $4 and $5 are `whose`, $6 is how many to look at,
/// $7 what counts as busy, $8 the first day that counts.
std::string busy_sql(const TenantsMeant& meant) {
  const std::string rest = std::string{" AND (tenant, meter) > ($2::uuid, $3::int)"}
                               .append(whose(meant, {}))
                               .append(" ORDER BY tenant, meter LIMIT $6)");
  std::string weeks;
  for (std::size_t week = 1; week <= unusual_weeks_max; ++week) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(one_week).count();
    weeks.append(week == 1 ? "to_timestamp($1 - " : ", to_timestamp($1 - ")
        .append(std::to_string(seconds * static_cast<std::int64_t>(week)))
        .append(")");
  }
  return std::string{
      "WITH looked_at AS (SELECT tenant, meter, least(sum(used), 9223372036854775807)::bigint"
      " AS used FROM ("
      "(SELECT tenant, meter, used FROM usage_hours WHERE start = to_timestamp($1)"}
      .append(rest)
      .append(
          " UNION ALL (SELECT tenant, meter, used FROM open_usage"
          " WHERE minute >= to_timestamp($1) AND minute < to_timestamp($1 + 3600)")
      .append(rest)
      .append(
          ") AS parts GROUP BY tenant, meter ORDER BY tenant, meter LIMIT $6)"
          " SELECT l.tenant, l.meter, l.used, CASE WHEN l.used > $7::bigint THEN"
          " (SELECT extract(epoch FROM d.start)::bigint FROM usage_days AS d"
          " WHERE d.tenant = l.tenant AND d.meter = l.meter AND d.start >= to_timestamp($8)"
          " ORDER BY d.tenant, d.start LIMIT 1) END,"
          " extract(epoch FROM e.start)::bigint, e.used FROM looked_at AS l"
          " LEFT JOIN usage_hours AS e ON l.used > $7::bigint AND e.tenant = l.tenant"
          " AND e.meter = l.meter AND e.start IN (")
      .append(weeks)
      .append(") ORDER BY l.tenant, l.meter");
}

void add_week(ComparedHour& hour, const pqxx::row& row) {
  if (row[4].is_null()) {
    return;
  }
  const auto week = static_cast<std::size_t>((hour.hour - instant_in(row, 4)) / one_week);
  SLUICE_INVARIANT(week >= 1 && week <= unusual_weeks_max);
  hour.earlier[week - 1] = amount_of(row, 5);
}

}  // namespace

std::vector<TopTenant> select_top(Transaction& transaction, const TopQuery& query,
                                  const TenantsMeant& meant) {
  const std::string by = column_of(query.by);
  const std::string sql = std::string{"SELECT * FROM (SELECT tenant, "}
                              .append(sums)
                              .append(", 0 FROM ")
                              .append(buckets_sql(query.range.granularity, meant, query.tier))
                              .append(" GROUP BY tenant) AS ranked WHERE ")
                              .append(by)
                              .append(" > 0 ORDER BY ")
                              .append(by)
                              .append(" DESC, tenant LIMIT $6");
  std::vector<TopTenant> top;
  for (const auto& row :
       transaction.search(sql, whole_second(query.range.from), whole_second(query.range.to),
                          query.meter.value_or(MeterId{}).raw(), array_of(meant.tenants),
                          query.tier, query.count)) {
    top.push_back({.id = read_tenant_id(row, 0),
                   .used = query.meter ? amount_of(row, 1) : Amount{},
                   .allowed = row[2].as<std::uint64_t>(),
                   .denied = row[3].as<std::uint64_t>(),
                   .throttled = row[4].as<std::uint64_t>(),
                   .overage = query.meter ? amount_of(row, 5) : Amount{}});
  }
  return top;
}

void name_top(Transaction& transaction, std::vector<TopTenant>& tenants) {
  std::vector<TenantId> ids;
  for (const TopTenant& tenant : tenants) {
    ids.push_back(tenant.id);
  }
  std::map<TenantId, pqxx::row> named;
  for (const auto& row : transaction.run(
           "SELECT id, slug, name, tier FROM tenants WHERE id = ANY ($1::uuid[])", array_of(ids))) {
    named.emplace(read_tenant_id(row, 0), row);
  }
  std::erase_if(tenants, [&](const TopTenant& tenant) { return !named.contains(tenant.id); });
  for (TopTenant& tenant : tenants) {
    const pqxx::row& row = named.at(tenant.id);
    tenant.slug = row[1].as<std::string>();
    tenant.name = row[2].as<std::string>();
    tenant.tier = row[3].as<std::string>();
  }
}

std::vector<TenantId> select_of_tier(Transaction& transaction, const std::vector<TenantId>& tenants,
                                     const std::string& tier) {
  std::vector<TenantId> of_tier;
  for (const auto& row :
       transaction.run("SELECT id FROM tenants WHERE id = ANY ($1::uuid[]) AND tier = $2",
                       array_of(tenants), tier)) {
    of_tier.push_back(read_tenant_id(row, 0));
  }
  return of_tier;
}

std::vector<UsagePoint> select_usage_of_all(Transaction& transaction,
                                            const PlatformUsageQuery& query,
                                            const TenantsMeant& meant) {
  const std::string sql = std::string{"SELECT meter, extract(epoch FROM begins)::bigint / 60, "}
                              .append(sums)
                              .append(", 0 FROM ")  // Prices are in many currencies.
                              .append(buckets_sql(query.range.granularity, meant, query.tier))
                              .append(" GROUP BY begins, meter ORDER BY begins, meter");
  std::vector<UsagePoint> points;
  for (const auto& row : transaction.search(
           sql, whole_second(query.range.from), whole_second(query.range.to),
           query.meter.value_or(MeterId{}).raw(), array_of(meant.tenants), query.tier)) {
    points.push_back(read_usage(row, TenantId{}));
  }
  return points;
}

BusyPage select_busy(Transaction& transaction, const BusyQuery& query, const TenantsMeant& meant) {
  const WallTime earliest =
      bucket_start(query.hour - one_week * unusual_weeks_max, Granularity::day);
  BusyPage page;
  std::size_t looked_at = 0;
  BusyMark last;
  for (const auto& row :
       transaction.search(busy_sql(meant), whole_second(query.hour), to_string(query.after.tenant),
                          query.after.meter.raw(), array_of(meant.tenants), std::string{},
                          query.rows_max, query.above.raw(), whole_second(earliest))) {
    const BusyMark at{query.after.place, read_tenant_id(row, 0),
                      MeterId{static_cast<std::uint16_t>(row[1].as<std::int32_t>())}};
    const Amount used = amount_of(row, 2);
    if (looked_at == 0 || at != last) {
      ++looked_at;
      last = at;
      if (used > query.above) {
        page.hours.push_back(
            {.tenant = at.tenant, .meter = at.meter, .hour = query.hour, .used = used});
        page.hours.back().weeks =
            row[3].is_null() ? 0 : weeks_in_use(query.hour, instant_in(row, 3));
      }
    }
    if (used > query.above) {
      add_week(page.hours.back(), row);
    }
  }
  if (looked_at == query.rows_max) {
    page.next = last;
  }
  return page;
}

void end_open_usage(Transaction& transaction, std::span<const UsageRow> closed,
                    std::span<const UsageRow> open) {
  std::map<std::pair<TenantId, MeterId>, Minute> latest;
  const auto is_part = [](const UsageRow& row) { return !row.bucket.part.is_whole(); };
  for (const UsageRow& row : open) {
    if (is_part(row)) {
      continue;
    }
    latest.insert_or_assign({row.tenant, row.bucket.meter}, row.bucket.minute);
  }
  ArrayText tenant, meter, minute;
  bool any = false;
  for (const UsageRow& row : closed) {
    if (is_part(row)) {
      continue;
    }
    const auto at = latest.find({row.tenant, row.bucket.meter});
    if (at == latest.end() || at->second == row.bucket.minute) {
      tenant.add(row.tenant);
      meter.add(row.bucket.meter.raw());
      minute.add(row.bucket.minute.raw());
      any = true;
    }
  }
  if (any) {
    transaction.run(
        "DELETE FROM open_usage AS o USING unnest($1::uuid[], $2::int[], $3::bigint[])"
        " AS closed (tenant, meter, minute) WHERE o.tenant = closed.tenant"
        " AND o.meter = closed.meter AND o.minute = to_timestamp(closed.minute * 60)",
        tenant.text(), meter.text(), minute.text());
  }
}

bool forget_usage(Transaction& transaction, const UsageForgetting& what) {
  bool more = false;
  const auto forget_month = [&](const char* table, WallTime before) {
    if (before > WallTime{}) {
      more = transaction
                     .run("SELECT forget_usage_month($1, to_timestamp($2))::int",
                          std::string{table}, whole_second(before))[0][0]
                     .template as<int>() != 0 ||
             more;
    }
  };
  forget_month("usage_minutes", what.minutes_before);
  forget_month("usage_hours", what.hours_before);
  if (what.days_before > WallTime{}) {
    const auto gone = transaction.run(
        "DELETE FROM usage_days WHERE ctid = ANY (ARRAY("
        "SELECT ctid FROM usage_days WHERE start < to_timestamp($1) LIMIT $2))",
        whole_second(what.days_before), usage_forgotten_at_once);
    more = static_cast<std::size_t>(gone.affected_rows()) == usage_forgotten_at_once || more;
  }
  return more;
}

}  // namespace sluice::postgres
