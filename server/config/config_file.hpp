// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "server/config/options.hpp"

namespace sluice {

/// Reads `name = value` lines. A value may stand in double or single quotes; `#` begins a comment
/// at the start of a line and after white space. An option may be set once. The values are not
/// looked at.
[[nodiscard]] Result<std::vector<Setting>> read_config_file(const std::string& path);

}  // namespace sluice
