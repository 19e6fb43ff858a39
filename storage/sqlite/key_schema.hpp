// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 8: API keys. `tenants` is null for a key that covers all of them. There is no secret
/// here, only its hash.
inline constexpr std::string_view key_schema = R"sql(
CREATE TABLE api_keys (
  id             INTEGER NOT NULL PRIMARY KEY CHECK (id >= 1),
  name           TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('gateway', 'operator')),
  permissions    TEXT NOT NULL,
  tenants        TEXT,
  secret_hash    BLOB NOT NULL CHECK (length(secret_hash) = 32),
  created_at_ns  INTEGER NOT NULL,
  expires_at_ns  INTEGER NOT NULL CHECK (expires_at_ns > created_at_ns)
) STRICT;
)sql";

}  // namespace sluice
