-- SPDX-License-Identifier: Apache-2.0
-- Settings of tenants, and since when domains are reserved: those that were there, since now. No row
-- is rewritten, and of the tenants none is read: the constraint holds for what was there.

ALTER TABLE tenants
  ADD COLUMN settings  text NOT NULL DEFAULT '{}',
  ADD CONSTRAINT tenants_settings_check CHECK (octet_length(settings) <= 2048) NOT VALID;

ALTER TABLE domains
  ADD COLUMN added_at_ns  bigint NOT NULL
    DEFAULT (extract(epoch FROM now()) * 1000000000)::bigint;
ALTER TABLE domains ALTER COLUMN added_at_ns DROP DEFAULT;

CREATE INDEX domains_pending ON domains (added_at_ns, host) WHERE verified_at_ns IS NULL;
