// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "server/config/options.hpp"

namespace sluice {

struct CommandLine {
  enum class Wish : std::uint8_t { serve, help, help_markdown, version };

  Wish wish = Wish::serve;
  std::optional<std::string> config;
  std::vector<Setting> settings;
};

/// Takes the command line apart; the values are not looked at.
[[nodiscard]] Result<CommandLine> read_command_line(int argc, const char* const* argv);

}  // namespace sluice
