-- SPDX-License-Identifier: Apache-2.0
-- The life of tenants, and what else is known of them.
--
-- No row is rewritten. The new constraints hold for what was there, which has only defaults, so it is
-- not read for them; the index is of rows that there are none of yet.

ALTER TABLE tenants
  ADD COLUMN status             text COLLATE "C" NOT NULL DEFAULT 'active',
  ADD COLUMN trial_days         smallint NOT NULL DEFAULT 0,
  ADD COLUMN trial_ends_at_ns   bigint,
  ADD COLUMN suspended_at_ns    bigint,
  ADD COLUMN suspend_reason     text NOT NULL DEFAULT '',
  ADD COLUMN deactivated_at_ns  bigint,
  ADD COLUMN purge_at_ns        bigint,
  ADD COLUMN region             text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN currency           text COLLATE "C" NOT NULL DEFAULT 'USD',
  ADD COLUMN billing_company    text NOT NULL DEFAULT '',
  ADD COLUMN billing_email      text NOT NULL DEFAULT '',
  ADD COLUMN billing_address    text NOT NULL DEFAULT '',
  ADD COLUMN billing_tax_id     text NOT NULL DEFAULT '',
  ADD COLUMN due_at_ns          bigint,
  ADD CONSTRAINT tenants_status_check CHECK (
    status IN ('trial', 'active', 'suspended', 'deactivated')) NOT VALID,
  ADD CONSTRAINT tenants_trial_days_check CHECK (trial_days BETWEEN 0 AND 365) NOT VALID,
  ADD CONSTRAINT tenants_life_check CHECK (
    (status <> 'trial' OR trial_ends_at_ns IS NOT NULL)
    AND (status <> 'suspended' OR suspended_at_ns IS NOT NULL)
    AND (status = 'deactivated') = (deactivated_at_ns IS NOT NULL)
    AND (status = 'deactivated') = (purge_at_ns IS NOT NULL)) NOT VALID,
  ADD CONSTRAINT tenants_region_check CHECK (char_length(region) <= 32) NOT VALID,
  ADD CONSTRAINT tenants_currency_check CHECK (char_length(currency) = 3) NOT VALID;

-- When time alone does something to a tenant next.
CREATE INDEX tenants_by_due ON tenants (due_at_ns, id) WHERE due_at_ns IS NOT NULL;
