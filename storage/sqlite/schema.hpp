// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// The newest version of the tables that this program knows; `user_version` of the file.
[[nodiscard]] std::int64_t schema_version();

/// Brings a database to `schema_version()`, from nothing or from any version before it. A new one
/// gets the default meters and `shards`. Refuses a file that belongs to another program, and one
/// that a newer Sluice has written. Throws `SqliteError`.
[[nodiscard]] Result<Done> prepare_schema(SqliteConnection& connection, ShardCount shards);

}  // namespace sluice
