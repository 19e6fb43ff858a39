-- SPDX-License-Identifier: Apache-2.0
-- What administrators decide about tenants, and the state of their limits.
--
-- Times are nanoseconds since 1970 (`_ns`): what is decided by them must come back as it was, and a
-- timestamptz keeps microseconds. Beside those that people read stands a generated timestamptz.
-- `counters.until_ns` has none: for a window without an end it is 2^63-1, which is no date.
--
-- That names of limits are unique within their tenant is decided by the tenant, which alone changes
-- them; an index for it would be the largest thing here.

CREATE TABLE meta (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  shards  integer NOT NULL CHECK (shards BETWEEN 1 AND 65535)
);

CREATE TABLE meters (
  id    integer CONSTRAINT meters_id_key PRIMARY KEY CHECK (id BETWEEN 1 AND 65535),
  name  text NOT NULL CONSTRAINT meters_name_key UNIQUE CHECK (char_length(name) BETWEEN 1 AND 63),
  unit  text NOT NULL
);

CREATE TABLE tenants (
  id                  uuid CONSTRAINT tenants_id_key PRIMARY KEY,
  slug                text COLLATE "C" NOT NULL CONSTRAINT tenants_slug_key UNIQUE
                      CHECK (char_length(slug) BETWEEN 3 AND 63),
  name                text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  tier                text COLLATE "C" NOT NULL CHECK (char_length(tier) BETWEEN 1 AND 32),
  timezone            text NOT NULL CHECK (timezone <> ''),
  billing_anchor_day  smallint NOT NULL CHECK (billing_anchor_day BETWEEN 1 AND 31),
  created_at_ns       bigint NOT NULL,
  updated_at_ns       bigint NOT NULL,
  version             bigint NOT NULL CHECK (version >= 1),
  last_limit_id       bigint NOT NULL CHECK (last_limit_id BETWEEN 0 AND 4294967295),
  created_at          timestamptz NOT NULL GENERATED ALWAYS AS
                      (to_timestamp((created_at_ns / 1000)::float8 / 1000000)) STORED,
  updated_at          timestamptz NOT NULL GENERATED ALWAYS AS
                      (to_timestamp((updated_at_ns / 1000)::float8 / 1000000)) STORED
);

CREATE INDEX tenants_by_tier ON tenants (tier, id);

CREATE TABLE limits (
  tenant       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id           bigint NOT NULL CHECK (id BETWEEN 1 AND 4294967295),
  name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 63),
  meter        integer NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  enforcement  text NOT NULL CHECK (enforcement IN ('block', 'alert')),
  period       text CHECK (period IN ('minute', 'hour', 'day', 'week', 'month', 'year', 'never')),
  size         bigint CHECK (size >= 0),
  rate_amount  bigint CHECK (rate_amount >= 0),
  rate_per_ns  bigint CHECK (rate_per_ns >= 1),
  rate_burst   bigint CHECK (rate_burst >= 0),
  soft_limit   bigint CHECK (soft_limit >= 0),
  thresholds   smallint[] NOT NULL CHECK (cardinality(thresholds) <= 8),
  PRIMARY KEY (tenant, id),
  CONSTRAINT window_or_rate CHECK (
    CASE WHEN period IS NULL
      THEN size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
      ELSE rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
    END)
);

-- Written again and again in place, so its pages keep room for the next version of their rows.
CREATE TABLE counters (
  tenant    uuid NOT NULL,
  limit_id  bigint NOT NULL,
  used      bigint NOT NULL CHECK (used >= 0),
  until_ns  bigint NOT NULL,
  fired     smallint NOT NULL CHECK (fired BETWEEN 0 AND 255),
  PRIMARY KEY (tenant, limit_id),
  FOREIGN KEY (tenant, limit_id) REFERENCES limits (tenant, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
