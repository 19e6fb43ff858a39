// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sluice {

/// What --help prints.
[[nodiscard]] std::string describe_options_help();

}  // namespace sluice
