-- SPDX-License-Identifier: Apache-2.0
-- Where the rows of a tenant are: among those of others, in a schema of its own, or in another
-- database, an instance. A schema of its own, and the schema of an instance, are made by these same
-- migrations. There `tenants` and `limits` have stubs alone, for what refers to them; the
-- definition stands in the central schema.
--
-- Rewrites no rows but the one of `meta`, and reads the tenants once for the index, which none of
-- them belongs into.

ALTER TABLE tenants
  ADD COLUMN isolation  text COLLATE "C" NOT NULL DEFAULT 'shared',
  ADD COLUMN instance   text COLLATE "C" NOT NULL DEFAULT '',
  ADD CONSTRAINT tenants_isolation_check CHECK (
    isolation IN ('shared', 'dedicated_schema', 'dedicated_instance')
    AND (isolation = 'dedicated_instance') = (instance <> '')) NOT VALID;

CREATE INDEX tenants_elsewhere ON tenants (id) WHERE isolation <> 'shared';

-- Where there may be rows of a tenant that is not, or not yet, there: what a move is filling, and
-- what a move or a purge left behind. They go, a few at a time.
CREATE TABLE leftovers (
  tenant     uuid NOT NULL,
  isolation  text COLLATE "C" NOT NULL
             CHECK (isolation IN ('shared', 'dedicated_schema', 'dedicated_instance')),
  instance   text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, isolation, instance)
);

SELECT isolate_rows('leftovers', 'tenant');

-- `id` tells databases apart; `center` is, in an instance, the id of the database that it belongs
-- to.
ALTER TABLE meta
  ADD COLUMN id      uuid NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN center  uuid;

-- Who is a member of tenants that have a schema of their own, where he is looked up.
CREATE TABLE members_elsewhere (
  user_id  text COLLATE "C" NOT NULL,
  tenant   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, tenant)
);

CREATE INDEX members_elsewhere_by_tenant ON members_elsewhere (tenant);

SELECT isolate_rows('members_elsewhere', 'tenant');
GRANT SELECT, INSERT, DELETE ON members_elsewhere TO sluice_tenant;
