// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 12: what tenants customise, apart from them because loading them does not need it. A
/// host is one tenant's.
inline constexpr std::string_view customisation_schema = R"sql(
CREATE TABLE customisations (
  tenant   BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  version  INTEGER NOT NULL CHECK (version >= 1),
  body     TEXT NOT NULL CHECK (json_valid(body) AND length(CAST(body AS BLOB)) <= 65536)
) STRICT, WITHOUT ROWID;

CREATE TABLE domains (
  host            TEXT NOT NULL PRIMARY KEY CHECK (length(host) BETWEEN 3 AND 253),
  tenant          BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  token           TEXT NOT NULL,
  verified_at_ns  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX domains_by_tenant ON domains (tenant);
)sql";

}  // namespace sluice
