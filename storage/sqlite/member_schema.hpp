// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 10: members. How many there are, how many of them own the tenant, and the roles that it
/// made for itself, stand with the tenant.
inline constexpr std::string_view member_schema = R"sql(
ALTER TABLE tenants ADD COLUMN members INTEGER NOT NULL DEFAULT 0
  CHECK (members BETWEEN 0 AND 100000);
ALTER TABLE tenants ADD COLUMN owners INTEGER NOT NULL DEFAULT 0
  CHECK (owners BETWEEN 0 AND members);
ALTER TABLE tenants ADD COLUMN roles TEXT NOT NULL DEFAULT '';

CREATE TABLE members (
  tenant         BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id        TEXT NOT NULL CHECK (length(CAST(user_id AS BLOB)) BETWEEN 1 AND 255),
  email          TEXT NOT NULL,
  role           TEXT NOT NULL,
  status         TEXT NOT NULL CHECK (status IN ('invited', 'active', 'suspended')),
  invited_at_ns  INTEGER NOT NULL,
  joined_at_ns   INTEGER,
  PRIMARY KEY (tenant, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON members (user_id, tenant);
)sql";

}  // namespace sluice
