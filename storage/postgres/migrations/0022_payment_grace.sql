-- SPDX-License-Identifier: Apache-2.0
-- What tenants have time to pay: a line for each payment that failed, nanoseconds and then the
-- reference. No row is rewritten, and none is read: the constraint holds for what was there.

ALTER TABLE tenants
  ADD COLUMN unpaid  text NOT NULL DEFAULT '',
  ADD CONSTRAINT tenants_unpaid_check CHECK (octet_length(unpaid) <= 8192) NOT VALID;
