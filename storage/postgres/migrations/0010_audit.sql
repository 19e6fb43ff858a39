-- SPDX-License-Identifier: Apache-2.0
-- The audit: new tables, and the function that makes partitions makes theirs.
--
-- A chain's events are numbered from 1 and are kept when the tenant is gone. They are only ever
-- dropped by months, once the anchor of their chains has moved behind them.

-- The two ends of what is kept of each chain.
CREATE TABLE audit_chains (
  tenant         uuid PRIMARY KEY,
  anchor_number  bigint NOT NULL DEFAULT 0 CHECK (anchor_number BETWEEN 0 AND last_number),
  anchor_hash    bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
                 CHECK (length(anchor_hash) = 32),
  last_number    bigint NOT NULL DEFAULT 0,
  last_hash      bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
                 CHECK (length(last_hash) = 32)
);

-- `change` is of events that waited in a journal. People read `at`; the hash is of `at_ns`.
CREATE TABLE audit_events (
  tenant      uuid NOT NULL,
  number      bigint NOT NULL CHECK (number >= 1),
  at_ns       bigint NOT NULL,
  kind        text NOT NULL,
  name        text NOT NULL,
  credential  text NOT NULL,
  address     text NOT NULL,
  action      text COLLATE "C" NOT NULL,
  subject     text NOT NULL,
  before      text NOT NULL,
  after       text NOT NULL,
  previous    bytea NOT NULL CHECK (length(previous) = 32),
  hash        bytea NOT NULL CHECK (length(hash) = 32),
  change      uuid,
  at          timestamptz NOT NULL GENERATED ALWAYS AS
              (to_timestamp((at_ns / 1000)::float8 / 1000000)) STORED,
  PRIMARY KEY (tenant, number, at_ns)
) PARTITION BY RANGE (at_ns);

CREATE UNIQUE INDEX audit_events_by_change ON audit_events (tenant, change, at_ns)
  WHERE change IS NOT NULL;

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_events_stay_together BEFORE TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_chains_only_grow BEFORE UPDATE ON audit_chains FOR EACH ROW
  WHEN (NEW.tenant <> OLD.tenant OR NEW.last_number < OLD.last_number
        OR NEW.anchor_number < OLD.anchor_number)
  EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_chains_stay BEFORE DELETE ON audit_chains
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_chains_stay_together BEFORE TRUNCATE ON audit_chains
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

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
    FROM unnest(ARRAY['closed_windows', 'grant_payments', 'audit_events']) AS parent;
    month := next;
  END LOOP;
END
$$;

-- Drops the months that ended by then, the oldest first, and moves the anchors of their chains. A
-- month waits for as long as an event of a later one stands before one of its own in their chain,
-- as after a clock was stepped. Runs with the rights of whoever made it: the server has none to
-- drop anything else.
CREATE FUNCTION forget_audit(before_ns bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  child text;
  month timestamp;
  waits boolean;
BEGIN
  FOR child IN SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
               WHERE inhparent = 'audit_events'::regclass ORDER BY relname LOOP
    month := to_date(right(child, 7), 'YYYY_MM');
    EXIT WHEN extract(epoch FROM month + interval '1 month')::numeric * 1000000000 > before_ns;
    EXECUTE format(
      'SELECT EXISTS (SELECT 1 FROM'
      ' (SELECT tenant, max(number) AS top FROM %I GROUP BY tenant) AS gone'
      ' JOIN audit_events AS kept ON kept.tenant = gone.tenant AND kept.number < gone.top'
      ' WHERE kept.tableoid <> %L::regclass)', child, child) INTO waits;
    EXIT WHEN waits;
    EXECUTE format(
      'UPDATE audit_chains SET anchor_number = gone.number, anchor_hash = gone.hash FROM'
      ' (SELECT DISTINCT ON (tenant) tenant, number, hash FROM %I ORDER BY tenant, number DESC)'
      ' AS gone WHERE audit_chains.tenant = gone.tenant', child);
    EXECUTE format('DROP TABLE %I', child);
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION forget_audit(bigint) FROM PUBLIC;
