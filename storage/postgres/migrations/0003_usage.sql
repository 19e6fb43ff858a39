-- SPDX-License-Identifier: Apache-2.0
-- What tenants used. A minute is written once and then added to its hour and its day, so each of
-- them can be kept for as long as somebody likes: dropping a month is dropping its partition.
--
-- What was used outlives its limit, so nothing here refers to `limits`. There are no default
-- partitions: rows in one would stand in the way of making the partition that they belong in.

CREATE TABLE open_usage (
  tenant     uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      integer NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  minute     timestamptz NOT NULL CHECK (minute BETWEEN
             timestamptz '1970-01-01 00:00:00+00' AND timestamptz '2262-04-11 23:47:00+00'),
  used       bigint NOT NULL CHECK (used >= 0),
  allowed    bigint NOT NULL CHECK (allowed BETWEEN 0 AND 4294967295),
  denied     bigint NOT NULL CHECK (denied BETWEEN 0 AND 4294967295),
  throttled  bigint NOT NULL CHECK (throttled BETWEEN 0 AND 4294967295),
  PRIMARY KEY (tenant, meter)
) WITH (fillfactor = 50);

CREATE TABLE usage_minutes (
  tenant     uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      integer NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      timestamptz NOT NULL CHECK (start BETWEEN
             timestamptz '1970-01-01 00:00:00+00' AND timestamptz '2262-04-11 23:47:00+00'),
  used       bigint NOT NULL CHECK (used >= 0),
  allowed    bigint NOT NULL CHECK (allowed >= 0),
  denied     bigint NOT NULL CHECK (denied >= 0),
  throttled  bigint NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) PARTITION BY RANGE (start);

CREATE TABLE usage_hours (LIKE usage_minutes INCLUDING CONSTRAINTS,
  PRIMARY KEY (tenant, start, meter),
  FOREIGN KEY (tenant) REFERENCES tenants (id) ON DELETE CASCADE
) PARTITION BY RANGE (start);

CREATE TABLE usage_days (LIKE usage_minutes INCLUDING CONSTRAINTS,
  PRIMARY KEY (tenant, start, meter),
  FOREIGN KEY (tenant) REFERENCES tenants (id) ON DELETE CASCADE
);

-- Partitioned by the exact end of the window; people read the other one.
CREATE TABLE closed_windows (
  tenant       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  limit_id     bigint NOT NULL CHECK (limit_id BETWEEN 1 AND 4294967295),
  ended_at_ns  bigint NOT NULL,
  meter        integer NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  used         bigint NOT NULL CHECK (used >= 1),
  ended_at     timestamptz NOT NULL GENERATED ALWAYS AS
               (to_timestamp((ended_at_ns / 1000)::float8 / 1000000)) STORED,
  PRIMARY KEY (tenant, ended_at_ns, limit_id)
) PARTITION BY RANGE (ended_at_ns);

-- A bound of a partition in nanoseconds; beyond what they can say it is open.
CREATE FUNCTION partition_bound_ns(month timestamp) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN ns < -9223372036854775808 THEN 'MINVALUE'
    WHEN ns > 9223372036854775807 THEN 'MAXVALUE'
    ELSE ns::bigint::text
  END FROM (SELECT extract(epoch FROM month)::numeric * 1000000000 AS ns) AS exact
$$;

-- Makes one partition for a month, unless it is there. Attached rather than made in place, because
-- that lets readers and writers of the other months go on.
CREATE FUNCTION ensure_partition(parent text, month timestamp, lower text, upper text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  child text := parent || to_char(month, '_YYYY_MM');
BEGIN
  IF to_regclass(child) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '.partitions', 0));
  IF to_regclass(child) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS INCLUDING GENERATED)', child,
                 parent);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, child,
                 lower, upper);
END
$$;

-- Makes the partitions of all months from that of `first` to that of `last`. Runs with the rights of
-- whoever made it, so that the server needs none to make tables.
CREATE FUNCTION ensure_partitions(first date, last date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  month timestamp := date_trunc('month', first::timestamp);
  next timestamp;
  bound constant text := '''YYYY-MM-DD "00:00:00+00"''';
BEGIN
  WHILE month <= last LOOP
    next := month + interval '1 month';
    PERFORM ensure_partition(parent, month, to_char(month, bound), to_char(next, bound))
    FROM unnest(ARRAY['usage_minutes', 'usage_hours']) AS parent;
    PERFORM ensure_partition('closed_windows', month, partition_bound_ns(month),
                             partition_bound_ns(next));
    month := next;
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION ensure_partitions(date, date) FROM PUBLIC;
