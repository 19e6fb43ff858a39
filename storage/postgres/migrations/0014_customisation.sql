-- SPDX-License-Identifier: Apache-2.0
-- What tenants customise, apart from them because loading them does not need it. A host is one
-- tenant's. No row is rewritten.

-- `body` is JSON, as text: it is read and written as a whole.
CREATE TABLE customisations (
  tenant   uuid NOT NULL CONSTRAINT customisations_tenant_key PRIMARY KEY
           REFERENCES tenants (id) ON DELETE CASCADE,
  version  bigint NOT NULL CHECK (version >= 1),
  body     text NOT NULL CHECK (octet_length(body) <= 65536)
);

CREATE TABLE domains (
  host            text COLLATE "C" NOT NULL CONSTRAINT domains_host_key PRIMARY KEY
                  CHECK (char_length(host) BETWEEN 3 AND 253),
  tenant          uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  token           text NOT NULL,
  verified_at_ns  bigint
);

CREATE INDEX domains_by_tenant ON domains (tenant);

SELECT isolate_rows(part, 'tenant')
FROM unnest(ARRAY['customisations', 'domains']::regclass[]) AS part;
GRANT SELECT ON customisations, domains TO sluice_tenant;
