// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace sluice::ctl {

enum class Shell : std::uint8_t { bash, zsh, fish };

/// A completion script for the shell, written from the tree of commands itself, so that it knows
/// every command and option there is. Tenants are completed by asking the server for slugs.
[[nodiscard]] std::string completion_script(const CLI::App& root, Shell shell);

}  // namespace sluice::ctl
