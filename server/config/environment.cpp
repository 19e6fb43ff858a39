// SPDX-License-Identifier: Apache-2.0
#include "server/config/environment.hpp"

#include <algorithm>
#include <string_view>

namespace sluice {

Result<Environment> read_environment(const char* const* environment) {
  Environment found;
  for (const char* const* at = environment; *at != nullptr; ++at) {
    const std::string_view text{*at};
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (!name.starts_with(environment_prefix) || name.starts_with("SLUICE_SIM_") ||
        name.starts_with("SLUICE_TEST_") || equals == std::string_view::npos) {
      continue;
    }
    const std::string value{text.substr(equals + 1)};
    if (name == environment_name(config_option)) {
      found.config = value;
      continue;
    }
    const auto option = std::ranges::find_if(
        options(), [&](const Option& row) { return environment_name(row.name) == name; });
    if (option == options().end()) {
      return Fault{FaultCode::invalid_argument, "environment variable " + std::string{name} +
                                                    " is no option's; see --help, or unset it"};
    }
    found.settings.push_back(
        {std::string{option->name}, value, "environment " + std::string{name}});
  }
  return found;
}

}  // namespace sluice
