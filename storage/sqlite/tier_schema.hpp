// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 11: tiers, and what tenants have of them: limits that came from one, a tier that is to
/// come, and values of features, which are JSON. `body` is all of a tier that has no column of its
/// own.
inline constexpr std::string_view tier_schema = R"sql(
CREATE TABLE tiers (
  name     TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32),
  rank     INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 65535),
  version  INTEGER NOT NULL CHECK (version >= 1),
  body     TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;

ALTER TABLE limits ADD COLUMN from_tier INTEGER NOT NULL DEFAULT 0 CHECK (from_tier IN (0, 1));
ALTER TABLE tenants ADD COLUMN pending_tier TEXT;
ALTER TABLE tenants ADD COLUMN pending_tier_at_ns INTEGER
  CHECK ((pending_tier_at_ns IS NULL) = (pending_tier IS NULL));
ALTER TABLE tenants ADD COLUMN features TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(features));
)sql";

}  // namespace sluice
