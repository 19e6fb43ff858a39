-- SPDX-License-Identifier: Apache-2.0
-- Members. No row is rewritten, and none is read: what was there has no members.

-- How many there are, how many of them own the tenant, and the roles that it made for itself.
ALTER TABLE tenants
  ADD COLUMN members  integer NOT NULL DEFAULT 0,
  ADD COLUMN owners   integer NOT NULL DEFAULT 0,
  ADD COLUMN roles    text NOT NULL DEFAULT '',
  ADD CONSTRAINT tenants_members_check CHECK (
    members BETWEEN 0 AND 100000 AND owners BETWEEN 0 AND members) NOT VALID;

CREATE TABLE members (
  tenant         uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id        text COLLATE "C" NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 255),
  email          text COLLATE "C" NOT NULL,
  role           text COLLATE "C" NOT NULL,
  status         text COLLATE "C" NOT NULL CHECK (status IN ('invited', 'active', 'suspended')),
  invited_at_ns  bigint NOT NULL,
  joined_at_ns   bigint,
  PRIMARY KEY (tenant, user_id)
);

CREATE INDEX members_by_user ON members (user_id, tenant);
