-- SPDX-License-Identifier: Apache-2.0
-- What tenants share, who asked for it, and who holds it. A resource is one owner's; a consumer has
-- one open request (0 pending, 1 approved) for a policy at most. Requests outlive their policies. No
-- row is rewritten: a column with a constant default costs nothing.

ALTER TABLE tenants ADD COLUMN compliance text NOT NULL DEFAULT '';

-- `body` is JSON, as text: it is read and written as a whole. `due_at_ns` is the end of the policy,
-- until nobody holds a grant of it any more.
CREATE TABLE sharing_policies (
  id             uuid NOT NULL CONSTRAINT sharing_policies_id_key PRIMARY KEY,
  owner          uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  resource_type  smallint NOT NULL CHECK (resource_type BETWEEN 0 AND 5),
  resource_id    text COLLATE "C" NOT NULL CHECK (char_length(resource_id) BETWEEN 1 AND 200),
  visibility     smallint NOT NULL CHECK (visibility BETWEEN 0 AND 3),
  title          text NOT NULL,
  expires_at_ns  bigint,
  max_consumers  int CHECK (max_consumers BETWEEN 1 AND 100000),
  version        bigint NOT NULL CHECK (version >= 1),
  created_at_ns  bigint NOT NULL,
  updated_at_ns  bigint NOT NULL,
  due_at_ns      bigint,
  body           text NOT NULL CHECK (octet_length(body) <= 65536),
  CONSTRAINT sharing_policies_resource_key UNIQUE (resource_type, resource_id)
);

CREATE INDEX sharing_policies_by_owner ON sharing_policies (owner);
CREATE INDEX sharing_policies_by_due ON sharing_policies (due_at_ns) WHERE due_at_ns IS NOT NULL;

CREATE TABLE sharing_requests (
  id             uuid NOT NULL CONSTRAINT sharing_requests_id_key PRIMARY KEY,
  policy         uuid NOT NULL,
  owner          uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  consumer       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  permissions    smallint NOT NULL CHECK (permissions BETWEEN 1 AND 63),
  state          smallint NOT NULL CHECK (state BETWEEN 0 AND 5),
  message        text NOT NULL,
  reason         text NOT NULL,
  created_at_ns  bigint NOT NULL,
  decided_at_ns  bigint,
  ended_at_ns    bigint,
  expires_at_ns  bigint
);

CREATE INDEX sharing_requests_by_owner ON sharing_requests (owner, id);
CREATE INDEX sharing_requests_by_consumer ON sharing_requests (consumer, id);
CREATE UNIQUE INDEX sharing_requests_open_key ON sharing_requests (policy, consumer)
  WHERE state IN (0, 1);
CREATE INDEX sharing_requests_by_end ON sharing_requests (expires_at_ns)
  WHERE state = 1 AND expires_at_ns IS NOT NULL;

CREATE TABLE sharing_grants (
  consumer       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id             uuid NOT NULL CONSTRAINT sharing_grants_id_key UNIQUE,
  policy         uuid NOT NULL,
  owner          uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  permissions    smallint NOT NULL CHECK (permissions BETWEEN 1 AND 63),
  granted_at_ns  bigint NOT NULL,
  expires_at_ns  bigint,
  PRIMARY KEY (consumer, id),
  CONSTRAINT sharing_grants_policy_key UNIQUE (policy, consumer)
);

CREATE INDEX sharing_grants_by_owner ON sharing_grants (owner);

-- As `isolate_rows`, of rows that concern two tenants: both see them, and nobody else.
CREATE FUNCTION isolate_rows_of_two(part regclass, first text, second text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
  EXECUTE format(
    'CREATE POLICY two_tenants ON %s USING ((SELECT current_user <> ''sluice_tenant'')'
    ' OR (SELECT nullif(current_setting(''sluice.tenant'', true), '''')::uuid) IN (%I, %I))',
    part, first, second);
END
$$;

SELECT isolate_rows('sharing_policies', 'owner');
SELECT isolate_rows_of_two(part, 'owner', 'consumer')
FROM unnest(ARRAY['sharing_requests', 'sharing_grants']::regclass[]) AS part;
GRANT SELECT ON sharing_policies, sharing_requests, sharing_grants TO sluice_tenant;
