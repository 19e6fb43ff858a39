// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>

#include "server/log.hpp"

namespace sluice {

/// The signals that ask the process to stop, taken in turn instead of breaking in.
///
/// Role       Blocks SIGTERM and SIGINT for every thread that is started afterwards, and ignores
///            SIGPIPE.
/// Threading  Made in `main` before any thread.
class StopSignals {
public:
  StopSignals();

  /// Sleeps until one arrives, and returns it.
  [[nodiscard]] int wait() const;
  /// The same, but for so long at the most.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds patience) const;
  /// From now on, the next ends the process at once, with 128 and its number as the exit code.
  /// The log must live as long as the process.
  void exit_at_next(const Log& log) const;

private:
  sigset_t signals_;
};

/// What this machine calls itself, for people.
[[nodiscard]] std::string host_name();

/// Raises the number of files that the process may open to `needed`, as far as it may. Returns the
/// number then.
[[nodiscard]] std::size_t raise_open_files(std::size_t needed);

}  // namespace sluice
