// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Everything that a `sluiced` can be told, read once at start and passed on as values.
struct ServerConfig {
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 7411;  ///< Of reactor 0; reactor i takes the i-th after it. 0: any.
  std::string data_directory = "sluice-data";
  std::uint16_t reactors = 0;  ///< 0: one for each core.
  std::chrono::microseconds spin_max{50};
  std::size_t connections_max = 10'000;
  std::chrono::milliseconds enter_timeout{5'000};
  std::chrono::milliseconds frame_timeout{10'000};
  std::chrono::milliseconds stall_timeout{10'000};
  std::size_t resident_tenants_max = 2'000'000;
  std::chrono::seconds idle_after{600};
  std::size_t waiting_checks_max = 65'536;
  std::size_t unknown_tenants_max = 65'536;
  std::chrono::seconds unknown_for{5};
  std::chrono::milliseconds flush_interval{1'000};
  std::size_t flush_tenants_max = 4'096;
  std::size_t readers = 2;
  std::chrono::milliseconds drain_timeout{30'000};
  std::string log_level = "info";
  std::optional<WallTime>
      simulated_time;  ///< Serve with a clock that starts here and stands still.
};

/// What the command line asked for.
struct PrintAndExit {
  std::string text;
};

/// Reads defaults, then the file (--config), then the environment (SLUICE_...), then flags; each
/// overrides the ones before. A fault names the option, where it was set, and what is allowed.
[[nodiscard]] Result<std::variant<ServerConfig, PrintAndExit>> read_config(int argc,
                                                                           const char* const* argv);

/// The same table as Markdown: docs/configuration.md is this text.
[[nodiscard]] std::string describe_options_markdown();

}  // namespace sluice
