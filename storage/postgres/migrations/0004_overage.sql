-- SPDX-License-Identifier: Apache-2.0
-- Sliding windows, enforcement that throttles or sells overage, shadows, and what they count.
--
-- What was stored before has no overage: so say the defaults, which cost no rewriting of tables that
-- may be large. A partition that is made later has none of its own and needs none, because rows reach
-- it through its parent.

ALTER TABLE limits
  ADD COLUMN shadow                boolean NOT NULL DEFAULT false,
  ADD COLUMN span_ns               bigint CHECK (span_ns >= 1),
  ADD COLUMN overage_price_micros  bigint CHECK (overage_price_micros >= 0),
  ADD COLUMN overage_per           bigint CHECK (overage_per >= 1),
  ADD COLUMN overage_cap           bigint CHECK (overage_cap >= 0),
  DROP CONSTRAINT limits_enforcement_check,
  ADD CONSTRAINT limits_enforcement_check CHECK (
    enforcement IN ('block', 'alert', 'throttle', 'overage')),
  DROP CONSTRAINT window_or_rate,
  ADD CONSTRAINT window_or_sliding_or_rate CHECK (
    CASE
      WHEN period IS NOT NULL
      THEN span_ns IS NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      WHEN span_ns IS NOT NULL
      THEN size IS NOT NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      ELSE size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
    END),
  ADD CONSTRAINT whole_price CHECK (
    CASE WHEN overage_price_micros IS NULL
      THEN overage_per IS NULL AND overage_cap IS NULL AND enforcement <> 'overage'
      ELSE overage_per IS NOT NULL
    END);

-- `paced_until_ns` is 0 where nothing is spread: it has no generated timestamptz either.
ALTER TABLE counters
  ADD COLUMN over_size       bigint NOT NULL DEFAULT 0 CHECK (over_size >= 0),
  ADD COLUMN previous        bigint NOT NULL DEFAULT 0 CHECK (previous >= 0),
  ADD COLUMN paced_until_ns  bigint NOT NULL DEFAULT 0;

ALTER TABLE open_usage ADD COLUMN overage bigint NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE usage_minutes ADD COLUMN overage bigint NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE usage_hours ADD COLUMN overage bigint NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE usage_days ADD COLUMN overage bigint NOT NULL DEFAULT 0 CHECK (overage >= 0);

ALTER TABLE closed_windows
  ADD COLUMN over_size     bigint NOT NULL DEFAULT 0 CHECK (over_size >= 0),
  ADD COLUMN price_micros  bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0);
