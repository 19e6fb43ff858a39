// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 21: which kind of clock the owners of this file have.
inline constexpr std::string_view clock_schema = R"sql(
ALTER TABLE meta ADD COLUMN clock TEXT CHECK (clock IN ('real', 'simulated'));
)sql";

}  // namespace sluice
