// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice {

/// As `UsageQuery::label`: the values of each label that there is.
inline constexpr std::string_view every_label = "*";

/// As `usage_points_max`, by the values of labels, which are long.
inline constexpr std::size_t usage_value_points_max = 3'500;

}  // namespace sluice
