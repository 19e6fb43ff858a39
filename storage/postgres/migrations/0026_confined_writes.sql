-- SPDX-License-Identifier: Apache-2.0
-- What one tenant customises, whom it alerts, and which of its deliveries are tried again is written
-- as `sluice_tenant`, like the rest of what concerns one tenant. Changes no rows.

GRANT INSERT, UPDATE ON customisations TO sluice_tenant;
GRANT INSERT, UPDATE, DELETE ON domains TO sluice_tenant;
GRANT INSERT ON alerts TO sluice_tenant;
GRANT UPDATE ON deliveries TO sluice_tenant;
