// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "server/config/config.hpp"

namespace sluice::test {

/// The words of a start: flags, environment, and what came of them.
struct Start {
  std::vector<std::string> flags;
  std::vector<std::string> environment;

  [[nodiscard]] Result<std::variant<ServerConfig, PrintAndExit>> read() const;
  /// Fails the test if it was refused.
  [[nodiscard]] ServerConfig config() const;
  /// What is printed instead of a start; fails the test if nothing is.
  [[nodiscard]] std::string printed() const;
  /// The words of the refusal, or "accepted".
  [[nodiscard]] std::string refusal() const;
};

}  // namespace sluice::test
