-- SPDX-License-Identifier: Apache-2.0
-- How rates are refilled. No row is rewritten, and none is read: the constraint holds for what was
-- there.

ALTER TABLE limits
  ADD COLUMN rate_refill  text NOT NULL DEFAULT 'greedy',
  ADD CONSTRAINT limits_rate_refill_check CHECK (
    rate_refill = 'greedy' OR (rate_refill = 'interval' AND rate_amount IS NOT NULL)) NOT VALID;
