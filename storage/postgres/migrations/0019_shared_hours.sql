-- SPDX-License-Identifier: Apache-2.0
-- What was used under each grant of sharing in each hour (since 1970). Both sides read these same
-- rows. What somebody is paid for outlives both tenants, so it refers to neither. No row of before
-- is touched or read.

CREATE TABLE shared_hours (
  grant_id  uuid NOT NULL,
  hour      bigint NOT NULL CHECK (hour BETWEEN 1 AND 4294967295),
  policy    uuid NOT NULL,
  consumer  uuid NOT NULL,
  owner     uuid NOT NULL,
  uses      bigint NOT NULL CHECK (uses >= 0),
  units     bigint NOT NULL CHECK (units >= 0),
  denied    bigint NOT NULL CHECK (denied >= 0),
  PRIMARY KEY (grant_id, hour)
);

CREATE INDEX shared_hours_by_owner ON shared_hours (owner, hour);
CREATE INDEX shared_hours_by_consumer ON shared_hours (consumer, hour);

-- Of the hour that is open and the period so far: state 8 is shared, due at 0.
ALTER TABLE entries
  DROP CONSTRAINT entries_state_check,
  ADD CONSTRAINT entries_state_check CHECK (state BETWEEN 0 AND 8) NOT VALID;

SELECT isolate_rows_of_two('shared_hours', 'owner', 'consumer');
GRANT SELECT ON shared_hours TO sluice_tenant;
