-- SPDX-License-Identifier: Apache-2.0
-- Isolation: whoever acts for one tenant reaches the rows of that tenant alone, whatever his WHERE
-- says. Changes no rows.
--
-- What concerns one tenant is done as the role `sluice_tenant`, with the tenant's id in the setting
-- `sluice.tenant`, both for one transaction. What spans tenants, as a batch of counters does, is done
-- as who connected. Row-level security is forced, so it holds for the owner of the tables as well.

-- Roles are shared by all databases of a server, so this one may be there already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_tenant') THEN
    CREATE ROLE sluice_tenant NOLOGIN NOINHERIT;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role sluice_tenant is missing, and % may not create it', current_user
      USING ERRCODE = 'insufficient_privilege', HINT = 'let a superuser run: CREATE ROLE '
      'sluice_tenant NOLOGIN NOINHERIT; GRANT sluice_tenant TO ' || quote_ident(current_user);
END
$$;
DO $$
BEGIN
  IF NOT pg_has_role('sluice_tenant', 'MEMBER') THEN
    EXECUTE format('GRANT sluice_tenant TO %I', current_user);
  END IF;
END
$$;

-- Lets `sluice_tenant` see and write only those rows of a table whose `tenant_column` is its tenant.
-- The policy asks who somebody is, not what he is a member of: the server is a member of that role,
-- so that it can become it.
CREATE FUNCTION isolate_rows(part regclass, tenant_column text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
  EXECUTE format(
    'CREATE POLICY one_tenant ON %s USING ((SELECT current_user <> ''sluice_tenant'') OR %I ='
    ' (SELECT nullif(current_setting(''sluice.tenant'', true), '''')::uuid))', part, tenant_column);
END
$$;

SELECT isolate_rows('tenants', 'id');
SELECT isolate_rows(part, 'tenant')
FROM unnest(ARRAY['limits', 'counters', 'open_usage', 'usage_minutes', 'usage_hours', 'usage_days',
                  'closed_windows', 'grant_payments', 'entries', 'members', 'audit_chains',
                  'audit_events']::regclass[]) AS part;
SELECT isolate_rows(inhrelid, 'tenant')
FROM pg_inherits JOIN pg_class ON oid = inhparent
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'p';

DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO sluice_tenant', current_schema());
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenants, limits, counters, open_usage, usage_minutes,
  usage_hours, usage_days, closed_windows, grant_payments, entries, members TO sluice_tenant;
GRANT SELECT, INSERT, UPDATE ON audit_chains TO sluice_tenant;
GRANT SELECT, INSERT ON audit_events TO sluice_tenant;

-- As it was, but that a new partition is isolated as well: it can be reached by its own name.
CREATE OR REPLACE FUNCTION ensure_partition(parent text, month timestamp, lower text, upper text)
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
  PERFORM isolate_rows(child::regclass, 'tenant');
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, child,
                 lower, upper);
END
$$;
