-- SPDX-License-Identifier: Apache-2.0
-- Tiers, and what tenants have of them.
--
-- No row is rewritten; the new constraint holds for what was there, which has no tier that is to
-- come, so it is not read for it.

-- `body` is all of a tier that has no column of its own: limits, features and SLA.
CREATE TABLE tiers (
  name     text COLLATE "C" NOT NULL CONSTRAINT tiers_name_key PRIMARY KEY
           CHECK (char_length(name) BETWEEN 1 AND 32),
  rank     integer NOT NULL CHECK (rank BETWEEN 0 AND 65535),
  version  bigint NOT NULL CHECK (version >= 1),
  body     jsonb NOT NULL
);

-- Whether the shipped tiers were put in.
ALTER TABLE meta ADD COLUMN has_tiers boolean NOT NULL DEFAULT false;

ALTER TABLE limits ADD COLUMN from_tier boolean NOT NULL DEFAULT false;

ALTER TABLE tenants
  ADD COLUMN pending_tier        text COLLATE "C",
  ADD COLUMN pending_tier_at_ns  bigint,
  ADD COLUMN features            jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT tenants_pending_tier_check CHECK (
    (pending_tier IS NULL) = (pending_tier_at_ns IS NULL)) NOT VALID;
