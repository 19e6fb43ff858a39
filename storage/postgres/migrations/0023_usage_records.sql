-- SPDX-License-Identifier: Apache-2.0
-- Usage of all tenants is asked for, and forgotten, by time. Rewrites no rows; reads all hours once
-- to make an index, during which nobody writes to them, and minutes and days to make a summary.
-- Deletes the open minutes that are closed, which were passed over wherever they were met.

-- Rows come in the order of time, nearly: a summary of where they lie costs nothing to keep.
CREATE INDEX usage_minutes_by_time ON usage_minutes USING brin (start)
  WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX usage_days_by_time ON usage_days USING brin (start)
  WITH (pages_per_range = 32, autosummarize = on);
-- An hour is walked through by tenant.
CREATE INDEX usage_hours_by_time ON usage_hours (start, tenant, meter);

DELETE FROM open_usage AS o USING usage_minutes AS m
WHERE m.tenant = o.tenant AND m.start = o.minute AND m.meter = o.meter;

-- Drops a month of one table that ended by then, the oldest first. Whether there are more. Runs with
-- the rights of whoever made it: the server has none to drop anything else.
CREATE FUNCTION forget_usage_month(parent text, before timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  children text[];
BEGIN
  IF parent NOT IN ('usage_minutes', 'usage_hours') THEN
    RAISE EXCEPTION 'no month of % can be forgotten', parent;
  END IF;
  SELECT array_agg(relname ORDER BY to_date(right(relname, 7), 'YYYY_MM')) INTO children
  FROM pg_inherits JOIN pg_class ON oid = inhrelid
  WHERE inhparent = parent::regclass
    AND (to_date(right(relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= before;
  IF children IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE %I', children[1]);
  RETURN array_length(children, 1) > 1;
END
$$;

REVOKE ALL ON FUNCTION forget_usage_month(text, timestamptz) FROM PUBLIC;
