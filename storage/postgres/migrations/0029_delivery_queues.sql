-- SPDX-License-Identifier: Apache-2.0
-- Deliveries wait in a queue for each tenant's webhooks, and one for the platform's, so that each is
-- come to whatever waits in others. Rewrites no row; reads those that are pending once.

DROP INDEX deliveries_due;
-- Not of the URL, which may be longer than an entry of an index.
CREATE INDEX deliveries_by_queue ON deliveries (
  coalesce(CASE WHEN owner = 'tenant' THEN tenant END,
           '00000000-0000-0000-0000-000000000000'::uuid), next_ns, alert, owner)
  WHERE state = 'pending';
