-- SPDX-License-Identifier: Apache-2.0
-- API keys: a new table, nothing else is touched.

-- `tenants` is null for a key that covers all of them. There is no secret here, only its hash.
CREATE TABLE api_keys (
  id             bigint NOT NULL CONSTRAINT api_keys_id_key PRIMARY KEY CHECK (id >= 1),
  name           text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('gateway', 'operator')),
  permissions    text NOT NULL,
  tenants        uuid[] CHECK (cardinality(tenants) BETWEEN 1 AND 1000),
  secret_hash    bytea NOT NULL CHECK (length(secret_hash) = 32),
  created_at_ns  bigint NOT NULL,
  expires_at_ns  bigint NOT NULL CHECK (expires_at_ns > created_at_ns)
);
