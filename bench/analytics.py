#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what analytics asks of PostgreSQL over a large history of usage.

    bench/analytics.py --database 'host=/tmp/pg dbname=quotas' --rows 100000000

fills the tables of a schema that the migrations have made (`sluicectl migrate`), and must be empty,
with so many buckets: each tenant has one for each hour of 60 days, one for each of these days, and
every hundredth also one for each minute of the last day. Then each statement runs three times; the
best and the worst are told, with the pages that the worst one read. Statements are those of
storage/postgres/usage_statements.cpp and spending_statements.cpp, for tenants of the center.
"""
import argparse
import json
import subprocess
import sys

DAYS = 60
HOURS = DAYS * 24
END = "timestamptz '2026-03-01 00:00+00'"

FILL = """
SELECT ensure_partitions('2025-12-01', '2026-03-01');
INSERT INTO tenants (id, slug, name, tier, timezone, billing_anchor_day, created_at_ns,
                     updated_at_ns, version, last_limit_id)
SELECT ('01940000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bench-' || n, 'Bench ' || n,
       (ARRAY['free', 'starter', 'professional', 'enterprise'])[1 + n % 4], 'UTC', 1, 1, 1, 1, 0
FROM generate_series(1, {tenants}) AS n;
INSERT INTO usage_hours (tenant, meter, start, used, allowed, denied, throttled)
SELECT t.id, 1, h, 100 + abs(hashtext(t.slug || h)) % 900, 10, abs(hashtext(t.slug)) % 5, 0
FROM generate_series({end} - interval '{days} days', {end} - interval '1 hour', '1 hour') AS h,
     tenants AS t;
INSERT INTO usage_days (tenant, meter, start, used, allowed, denied, throttled)
SELECT t.id, 1, d, 2400 + abs(hashtext(t.slug || d)) % 9000, 240, abs(hashtext(t.slug)) % 99, 0
FROM generate_series({end} - interval '{days} days', {end} - interval '1 day', '1 day') AS d,
     tenants AS t;
INSERT INTO usage_minutes (tenant, meter, start, used, allowed, denied, throttled)
SELECT t.id, 1, m, 7, 1, 0, 0
FROM generate_series({end} - interval '1 day', {end} - interval '1 minute', '1 minute') AS m,
     tenants AS t WHERE right(t.slug, 2) = '00';
INSERT INTO open_usage (tenant, meter, minute, used, allowed, denied, throttled)
SELECT id, 1, {end}, 5, 1, 0, 0 FROM tenants;
ANALYZE tenants, usage_minutes, usage_hours, usage_days, open_usage;
"""

BUCKETS = """(
  SELECT tenant, meter, start AS begins, used, allowed, denied, throttled, overage FROM {table}
  WHERE start >= {end} - interval '{span}' AND start < {end} AND meter = 1
  AND tenant <> ALL ('{{}}'::uuid[])
  UNION ALL
  SELECT tenant, meter, date_bin('{length}', minute, 'epoch'), used, allowed, denied, throttled,
  overage FROM open_usage WHERE date_bin('{length}', minute, 'epoch') >= {end} - interval '{span}'
  AND date_bin('{length}', minute, 'epoch') < {end} AND meter = 1
  AND tenant <> ALL ('{{}}'::uuid[])) AS buckets"""
SUMS = """least(sum(used), 9223372036854775807)::bigint AS used, sum(allowed)::bigint,
  sum(denied)::bigint, sum(throttled)::bigint, least(sum(overage), 9223372036854775807)::bigint"""


def buckets(table, length, span):
    return BUCKETS.format(table=table, length=length, span=span, end=END)


def top(table, length, span):
    return f"""SELECT * FROM (SELECT tenant, {SUMS} FROM {buckets(table, length, span)}
        GROUP BY tenant) AS ranked WHERE used > 0 ORDER BY used DESC, tenant LIMIT 10"""


def course(table, length, span):
    return f"""SELECT meter, begins, {SUMS} FROM {buckets(table, length, span)}
        GROUP BY begins, meter ORDER BY begins, meter"""


def busy(after):
    hour = f"({END} - interval '1 hour')"
    weeks = ", ".join(f"{hour} - interval '{168 * week} hours'" for week in range(1, 9))
    rest = f"AND (tenant, meter) > ('{after}'::uuid, 1) ORDER BY tenant, meter LIMIT 2000"
    return f"""WITH looked_at AS (SELECT tenant, meter, sum(used)::bigint AS used FROM (
          (SELECT tenant, meter, used FROM usage_hours WHERE start = {hour} {rest})
          UNION ALL (SELECT tenant, meter, used FROM open_usage
          WHERE minute >= {hour} AND minute < {END} {rest})) AS parts
        GROUP BY tenant, meter ORDER BY tenant, meter LIMIT 2000)
        SELECT l.tenant, l.meter, l.used, CASE WHEN l.used > 100 THEN (SELECT d.start
          FROM usage_days AS d WHERE d.tenant = l.tenant AND d.meter = l.meter
          AND d.start >= {hour} - interval '57 days' ORDER BY d.tenant, d.start LIMIT 1) END,
          e.start, e.used FROM looked_at AS l LEFT JOIN usage_hours AS e ON l.used > 100
          AND e.tenant = l.tenant AND e.meter = l.meter AND e.start IN ({weeks})
        ORDER BY l.tenant, l.meter"""


def history(tenant):
    return f"""SELECT meter, begins, {SUMS} FROM (SELECT meter, start AS begins, used, allowed,
        denied, throttled, overage FROM usage_hours WHERE tenant = '{tenant}'
        AND start >= {END} - interval '7 days' AND start < {END}) AS points
        GROUP BY begins, meter ORDER BY begins, meter LIMIT 10000"""


def tenant_id(number):
    return f"01940000-0000-7000-8000-{number:012x}"


def statements(tenants):
    return {
        "top, 30 days": top("usage_days", "1 day", "30 days"),
        "top, 24 hours": top("usage_hours", "1 hour", "24 hours"),
        "top, 7 days of hours": top("usage_hours", "1 hour", "168 hours"),
        "top, 60 minutes": top("usage_minutes", "1 minute", "60 minutes"),
        "all, 100 hours": course("usage_hours", "1 hour", "100 hours"),
        "all, 60 days": course("usage_days", "1 day", "60 days"),
        "2000 tenants of an hour, first": busy(tenant_id(0)),
        "2000 tenants of an hour, middle": busy(tenant_id(tenants // 2)),
        "a tenant's 7 days of hours": history(tenant_id(tenants // 2)),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--database", required=True)
    options.add_argument("--schema", default="sluice")
    options.add_argument("--rows", type=int, default=5_000_000)
    options.add_argument("--filled", action="store_true", help="it was filled with as many before")
    options.add_argument("--plans", action="store_true", help="print each plan")
    asked = options.parse_args()
    tenants = max(100, asked.rows // (HOURS + DAYS + 1440 // 100))

    def run(sql):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", asked.database],
            input=f"SET search_path TO {asked.schema};\n{sql}",
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(done.stderr)
        return done.stdout

    if not asked.filled:
        run(FILL.format(tenants=tenants, days=DAYS, end=END))
        print(f"filled: {tenants} tenants, {tenants * (HOURS + DAYS)} hours and days")
    print(f"{'statement':34} {'best':>10} {'worst':>10} {'pages':>10}")
    for name, sql in statements(tenants).items():
        plans = [
            json.loads(run(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT json) {sql}"))[0] for _ in range(3)
        ]
        times = [plan["Execution Time"] + plan["Planning Time"] for plan in plans]
        worst = plans[times.index(max(times))]["Plan"]
        pages = worst["Shared Hit Blocks"] + worst["Shared Read Blocks"]
        print(f"{name:34} {min(times):8.1f}ms {max(times):8.1f}ms {pages:10}")
        if asked.plans:
            print(run(f"EXPLAIN (ANALYZE, BUFFERS) {sql}"))


if __name__ == "__main__":
    main()
