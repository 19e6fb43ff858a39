-- SPDX-License-Identifier: Apache-2.0
-- What units above a limit cost, by the minute, the hour and the day; and history by the values of
-- labels, where a limit asks for it. Rewrites no rows: what was stored before has no price.
--
-- History by values is not partitioned. Few have it, and rows of it are deleted a few at a time.

ALTER TABLE open_usage ADD COLUMN price_micros bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0);
ALTER TABLE usage_minutes
  ADD COLUMN price_micros bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0);
ALTER TABLE usage_hours ADD COLUMN price_micros bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0);
ALTER TABLE usage_days ADD COLUMN price_micros bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0);

-- A part of the bucket of a meter: that of one value of a label, or, if `others`, of all that are not
-- told apart. `part` says the same in one word; no label has a "=" in it.
CREATE TABLE usage_value_minutes (
  tenant        uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter         integer NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start         timestamptz NOT NULL CHECK (start BETWEEN
                timestamptz '1970-01-01 00:00:00+00' AND timestamptz '2262-04-11 23:47:00+00'),
  label         text COLLATE "C" NOT NULL CHECK (octet_length(label) BETWEEN 1 AND 32),
  value         text COLLATE "C" NOT NULL CHECK (octet_length(value) <= 64),
  others        boolean NOT NULL CHECK (NOT others OR value = ''),
  used          bigint NOT NULL CHECK (used >= 0),
  allowed       bigint NOT NULL CHECK (allowed >= 0),
  denied        bigint NOT NULL CHECK (denied >= 0),
  throttled     bigint NOT NULL CHECK (throttled >= 0),
  overage       bigint NOT NULL CHECK (overage >= 0),
  price_micros  bigint NOT NULL CHECK (price_micros >= 0),
  part          uuid NOT NULL GENERATED ALWAYS AS (
                md5(label || CASE WHEN others THEN '' ELSE '=' || value END)::uuid) STORED,
  PRIMARY KEY (tenant, start, meter, part)
);

CREATE TABLE usage_value_hours (LIKE usage_value_minutes INCLUDING CONSTRAINTS INCLUDING GENERATED,
  PRIMARY KEY (tenant, start, meter, part),
  FOREIGN KEY (tenant) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE usage_value_days (LIKE usage_value_minutes INCLUDING CONSTRAINTS INCLUDING GENERATED,
  PRIMARY KEY (tenant, start, meter, part),
  FOREIGN KEY (tenant) REFERENCES tenants (id) ON DELETE CASCADE
);

-- Of the minute that is open, as its meter's row of `open_usage` is.
CREATE TABLE open_usage_values (LIKE usage_value_minutes INCLUDING CONSTRAINTS INCLUDING GENERATED,
  PRIMARY KEY (tenant, meter, part),
  FOREIGN KEY (tenant) REFERENCES tenants (id) ON DELETE CASCADE
) WITH (fillfactor = 50);

CREATE INDEX usage_value_minutes_by_time ON usage_value_minutes USING brin (start)
  WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX usage_value_hours_by_time ON usage_value_hours USING brin (start)
  WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX usage_value_days_by_time ON usage_value_days USING brin (start)
  WITH (pages_per_range = 32, autosummarize = on);

SELECT isolate_rows(part, 'tenant')
FROM unnest(ARRAY['open_usage_values', 'usage_value_minutes', 'usage_value_hours',
                  'usage_value_days']::regclass[]) AS part;
GRANT SELECT, INSERT, UPDATE, DELETE ON open_usage_values, usage_value_minutes, usage_value_hours,
  usage_value_days TO sluice_tenant;
