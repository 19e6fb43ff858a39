// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "server/config/options.hpp"

namespace sluice {

struct Environment {
  std::optional<std::string> config;
  std::vector<Setting> settings;
};

/// Picks out what begins with SLUICE_. A name that is no option's is a fault, but for
/// SLUICE_SIM_... and SLUICE_TEST_..., which are the tests'.
[[nodiscard]] Result<Environment> read_environment(const char* const* environment);

}  // namespace sluice
