// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "storage/postgres/postgres_store.hpp"

namespace sluice::postgres {

/// What becomes of an instance that cannot be reached when all are to be migrated.
enum class Unreachable : std::uint8_t {
  is_a_fault,
  is_passed_over,  ///< It is migrated when it is used first.
};

/// As `migrate_postgres`.
[[nodiscard]] Result<std::vector<Migration>> migrate_all(const PostgresOptions& options,
                                                         ShardCount shards,
                                                         Unreachable unreachable);

}  // namespace sluice::postgres
