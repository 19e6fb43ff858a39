// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 14: what tenants share, who asked for it, and who holds it. A resource is one owner's; a
/// consumer has one open request (0 pending, 1 approved) for a policy at most. Requests outlive
/// their policies. `due_at_ns` of a policy is its end, until nobody holds a grant of it any more.
inline constexpr std::string_view sharing_schema = R"sql(
ALTER TABLE tenants ADD COLUMN compliance TEXT NOT NULL DEFAULT '';

CREATE TABLE sharing_policies (
  id             BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  owner          BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  resource_type  INTEGER NOT NULL CHECK (resource_type BETWEEN 0 AND 5),
  resource_id    TEXT NOT NULL CHECK (length(resource_id) BETWEEN 1 AND 200),
  visibility     INTEGER NOT NULL CHECK (visibility BETWEEN 0 AND 3),
  title          TEXT NOT NULL,
  expires_at_ns  INTEGER,
  max_consumers  INTEGER CHECK (max_consumers BETWEEN 1 AND 100000),
  version        INTEGER NOT NULL CHECK (version >= 1),
  created_at_ns  INTEGER NOT NULL,
  updated_at_ns  INTEGER NOT NULL,
  due_at_ns      INTEGER,
  body           TEXT NOT NULL CHECK (json_valid(body) AND length(CAST(body AS BLOB)) <= 65536),
  UNIQUE (resource_type, resource_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sharing_policies_by_owner ON sharing_policies (owner);
CREATE INDEX sharing_policies_by_due ON sharing_policies (due_at_ns) WHERE due_at_ns IS NOT NULL;

CREATE TABLE sharing_requests (
  id             BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  policy         BLOB NOT NULL CHECK (length(policy) = 16),
  owner          BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  consumer       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  permissions    INTEGER NOT NULL CHECK (permissions BETWEEN 1 AND 63),
  state          INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
  message        TEXT NOT NULL,
  reason         TEXT NOT NULL,
  created_at_ns  INTEGER NOT NULL,
  decided_at_ns  INTEGER,
  ended_at_ns    INTEGER,
  expires_at_ns  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sharing_requests_by_owner ON sharing_requests (owner, id);
CREATE INDEX sharing_requests_by_consumer ON sharing_requests (consumer, id);
CREATE UNIQUE INDEX sharing_requests_open ON sharing_requests (policy, consumer)
  WHERE state IN (0, 1);
CREATE INDEX sharing_requests_by_end ON sharing_requests (expires_at_ns)
  WHERE state = 1 AND expires_at_ns IS NOT NULL;

CREATE TABLE sharing_grants (
  consumer       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id             BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  policy         BLOB NOT NULL CHECK (length(policy) = 16),
  owner          BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  permissions    INTEGER NOT NULL CHECK (permissions BETWEEN 1 AND 63),
  granted_at_ns  INTEGER NOT NULL,
  expires_at_ns  INTEGER,
  PRIMARY KEY (consumer, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sharing_grants_of_policy ON sharing_grants (policy, consumer);
CREATE INDEX sharing_grants_by_owner ON sharing_grants (owner);
)sql";

}  // namespace sluice
