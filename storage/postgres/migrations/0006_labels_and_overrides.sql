-- SPDX-License-Identifier: Apache-2.0
-- How much may be in flight, labels, overrides, leases, and counters of combinations of labels.
--
-- A limit's `labels` and `override` are objects that only sluiced writes; storage/limit_text tells
-- what is in them. No table is rewritten, and the entries, of which there may be many, are not even
-- read: what the old constraint let in, the new one does, so it need not be asked again.

ALTER TABLE limits
  ADD COLUMN holder_ttl_ns       bigint CHECK (holder_ttl_ns >= 1),
  ADD COLUMN releases_on_expiry  boolean NOT NULL DEFAULT false,
  ADD COLUMN labels              jsonb CHECK (jsonb_typeof(labels) = 'object'),
  ADD COLUMN override            jsonb CHECK (jsonb_typeof(override) = 'object'),
  DROP CONSTRAINT window_or_sliding_or_rate,
  ADD CONSTRAINT one_kind CHECK (
    CASE
      WHEN period IS NOT NULL
      THEN span_ns IS NULL AND holder_ttl_ns IS NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      WHEN span_ns IS NOT NULL
      THEN size IS NOT NULL AND holder_ttl_ns IS NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      WHEN holder_ttl_ns IS NOT NULL
      THEN size IS NOT NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      ELSE size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
    END);

-- State 5 is leased, 6 counting: the counter of a limit for some values of labels, due at 0.
ALTER TABLE entries
  DROP CONSTRAINT entries_state_check,
  ADD CONSTRAINT entries_state_check CHECK (state BETWEEN 0 AND 6) NOT VALID;
