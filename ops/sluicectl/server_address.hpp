// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"

namespace sluice::ctl {

/// Where a server listens.
struct ServerAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

/// Reads `HOST:PORT`, `HOST`, `:PORT` or `[IPv6]:PORT`; what is missing takes the default.
[[nodiscard]] Result<ServerAddress> parse_server_address(std::string_view text);

[[nodiscard]] std::string to_string(const ServerAddress& address);

}  // namespace sluice::ctl
