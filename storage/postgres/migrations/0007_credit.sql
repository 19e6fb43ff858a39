-- SPDX-License-Identifier: Apache-2.0
-- Prepaid credit: limits that have a period and no size, their grants among the entries, and what
-- each grant paid.
--
-- Nothing is rewritten, and what may be large is not read: the new constraints let in whatever the
-- old ones did.

ALTER TABLE limits
  ADD COLUMN prepaid boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT prepaid_has_a_period CHECK (
    NOT prepaid OR (period IS NOT NULL AND size IS NULL)) NOT VALID;

-- State 7 is granted, due at 0.
ALTER TABLE entries
  DROP CONSTRAINT entries_state_check,
  ADD CONSTRAINT entries_state_check CHECK (state BETWEEN 0 AND 7) NOT VALID;

-- A period may end that used nothing and owes what was kept from one before.
ALTER TABLE closed_windows
  DROP CONSTRAINT closed_windows_used_check,
  ADD CONSTRAINT closed_windows_used_check CHECK (used >= 0) NOT VALID;

CREATE TABLE grant_payments (
  tenant       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  ended_at_ns  bigint NOT NULL,
  limit_id     bigint NOT NULL CHECK (limit_id BETWEEN 1 AND 4294967295),
  paid_by      uuid NOT NULL,
  meter        integer NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  used         bigint NOT NULL CHECK (used >= 1),
  ended_at     timestamptz NOT NULL GENERATED ALWAYS AS
               (to_timestamp((ended_at_ns / 1000)::float8 / 1000000)) STORED,
  PRIMARY KEY (tenant, ended_at_ns, limit_id, paid_by)
) PARTITION BY RANGE (ended_at_ns);

CREATE OR REPLACE FUNCTION ensure_partitions(first date, last date) RETURNS void
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
    PERFORM ensure_partition(parent, month, partition_bound_ns(month), partition_bound_ns(next))
    FROM unnest(ARRAY['closed_windows', 'grant_payments']) AS parent;
    month := next;
  END LOOP;
END
$$;
