-- SPDX-License-Identifier: Apache-2.0
-- What tenants are listed and searched by, apart from them.
--
-- Row-level security lets no index be used for a text, because LIKE is not leakproof; and a tenant
-- changes often, but hardly ever what it is found by. So that stands in a table of its own, which
-- has no such security because `sluice_tenant` has no rights on it, and which a trigger writes with
-- the rights of its owner.
--
-- Each tenant is read once, and nothing is rewritten. A million tenants take a minute or two, and none
-- is created or changed meanwhile.

-- Texts are found by their trigrams. The extension is part of PostgreSQL (postgresql-contrib of some
-- packagers) and trusted: it takes CREATE on the database, and is shared by all of its schemas.
DO $$
DECLARE
  home text := CASE WHEN to_regnamespace('public') IS NULL THEN current_schema() ELSE 'public' END;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    EXECUTE format('CREATE EXTENSION pg_trgm SCHEMA %I', home);
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the extension pg_trgm is missing, and % may not create it', current_user
      USING ERRCODE = 'insufficient_privilege', HINT = 'let a superuser run in this database: '
      'CREATE EXTENSION pg_trgm';
  WHEN undefined_file OR feature_not_supported THEN
    RAISE EXCEPTION 'the extension pg_trgm is not installed on the server of the database'
      USING ERRCODE = 'feature_not_supported', HINT = 'install what PostgreSQL calls its '
      '"contrib" modules, of the same version';
END
$$;

-- `name` is in lower case, as far as ASCII goes.
CREATE TABLE tenant_search (
  tenant  uuid NOT NULL CONSTRAINT tenant_search_tenant_key PRIMARY KEY
          REFERENCES tenants (id) ON DELETE CASCADE,
  slug    text COLLATE "C" NOT NULL,
  name    text COLLATE "C" NOT NULL,
  tier    text COLLATE "C" NOT NULL,
  status  text COLLATE "C" NOT NULL,
  region  text COLLATE "C" NOT NULL
);

CREATE FUNCTION note_for_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO tenant_search (tenant, slug, name, tier, status, region)
  VALUES (NEW.id, NEW.slug, lower(NEW.name COLLATE "C"), NEW.tier, NEW.status, NEW.region)
  ON CONFLICT (tenant) DO UPDATE SET slug = excluded.slug, name = excluded.name,
    tier = excluded.tier, status = excluded.status, region = excluded.region;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION note_for_search() FROM PUBLIC;

CREATE TRIGGER noted_for_search AFTER INSERT ON tenants
FOR EACH ROW EXECUTE FUNCTION note_for_search();
CREATE TRIGGER noted_for_search_again AFTER UPDATE ON tenants
FOR EACH ROW WHEN ((OLD.slug, OLD.name, OLD.tier, OLD.status, OLD.region)
                   IS DISTINCT FROM (NEW.slug, NEW.name, NEW.tier, NEW.status, NEW.region))
EXECUTE FUNCTION note_for_search();

INSERT INTO tenant_search (tenant, slug, name, tier, status, region)
SELECT id, slug, lower(name COLLATE "C"), tier, status, region FROM tenants ORDER BY id;

-- In the order of ids behind each combination of filters. One that leaves the status open takes each
-- of the four in turn, so that these are all that is needed. What is filtered by is one expression,
-- so that a query can be written in a way that only its index serves.
CREATE INDEX tenant_search_by_status ON tenant_search (status, tenant);
CREATE INDEX tenant_search_by_tier ON tenant_search ((tier || E'\n' || status), tenant);
CREATE INDEX tenant_search_by_region ON tenant_search ((region || E'\n' || status), tenant);
CREATE INDEX tenant_search_by_tier_and_region
  ON tenant_search ((tier || E'\n' || region || E'\n' || status), tenant);
-- Two characters are too few for trigrams.
CREATE INDEX tenant_search_by_start_of_slug ON tenant_search (left(slug, 2), tenant);
CREATE INDEX tenant_search_by_start_of_name ON tenant_search (left(name, 2), tenant);
-- Without a list of what is pending, which each search would have to read.
DO $$
BEGIN
  EXECUTE format(
    'CREATE INDEX tenant_search_by_text ON tenant_search USING gin (name %1$I.gin_trgm_ops,'
    ' slug %1$I.gin_trgm_ops) WITH (fastupdate = off)',
    (SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
     WHERE extname = 'pg_trgm'));
END
$$;

-- Lists no longer ask the tenants.
DROP INDEX tenants_by_tier;
