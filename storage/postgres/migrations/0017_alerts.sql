-- SPDX-License-Identifier: Apache-2.0
-- Alerts, and to whom they are delivered. An alert's id is made of its condition, so it is there
-- once. Rewrites no row; the index on trials reads the tenants once.

-- `tenant` is null for the platform's. `data` is JSON, as text: it is read and written as a whole.
CREATE TABLE alerts (
  number     bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alerts_number_key PRIMARY KEY,
  id         uuid NOT NULL CONSTRAINT alerts_id_key UNIQUE,
  tenant     uuid REFERENCES tenants (id) ON DELETE CASCADE,
  kind       text NOT NULL,
  at_ns      bigint NOT NULL,
  condition  text NOT NULL CHECK (octet_length(condition) <= 512),
  data       text NOT NULL CHECK (octet_length(data) <= 4096),
  planned    boolean NOT NULL DEFAULT false
);

CREATE INDEX alerts_by_tenant ON alerts (tenant, number);
CREATE INDEX alerts_unplanned ON alerts (number) WHERE NOT planned;
CREATE INDEX alerts_by_time ON alerts (at_ns);

-- `tenant` is that of the alert, so that its rows are isolated like all others.
CREATE TABLE deliveries (
  alert     uuid NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  tenant    uuid REFERENCES tenants (id) ON DELETE CASCADE,
  owner     text COLLATE "C" NOT NULL CHECK (owner IN ('tenant', 'platform')),
  url       text COLLATE "C" NOT NULL CHECK (octet_length(url) <= 2048),
  state     text NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts  integer NOT NULL CHECK (attempts >= 0),
  next_ns   bigint NOT NULL,
  trouble   text NOT NULL,
  CONSTRAINT deliveries_key PRIMARY KEY (alert, owner, url)
);

CREATE INDEX deliveries_by_tenant ON deliveries (tenant);
-- Not of the URL, which may be longer than an entry of an index.
CREATE INDEX deliveries_due ON deliveries (next_ns, alert, owner) WHERE state = 'pending';
CREATE INDEX trials_by_end ON tenants (trial_ends_at_ns, id) WHERE status = 'trial';

SELECT isolate_rows(part, 'tenant')
FROM unnest(ARRAY['alerts', 'deliveries']::regclass[]) AS part;
GRANT SELECT ON alerts, deliveries TO sluice_tenant;
