// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/tenant/fault.hpp"
#include "storage/postgres/postgres_store.hpp"

namespace sluice::postgres {

/// Checks all options and writes out the connection string that they come to, in libpq's
/// `keyword='value'` form. A fault names the option.
[[nodiscard]] Result<std::string> complete_conninfo(const PostgresOptions& options);

}  // namespace sluice::postgres
