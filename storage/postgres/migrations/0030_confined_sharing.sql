-- SPDX-License-Identifier: Apache-2.0
-- What two tenants agree on is written as `sluice_tenant` as well: first what is the owner's, then
-- what is the consumer's. A request, which is a row of both, is written by either, who can hand it to
-- nobody else; a grant is only made and ended. Changes no rows.

GRANT INSERT, UPDATE, DELETE ON sharing_policies, sharing_terms TO sluice_tenant;
GRANT INSERT, DELETE ON sharing_grants TO sluice_tenant;
GRANT INSERT ON sharing_requests TO sluice_tenant;
GRANT UPDATE (permissions, state, reason, decided_at_ns, ended_at_ns, expires_at_ns)
  ON sharing_requests TO sluice_tenant;
