// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/server_address.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sluice::ctl {
namespace {

Fault wrong(std::string_view text, std::string_view why) {
  return Fault{FaultCode::invalid_argument,
               fmt::format("'{}' {}; write HOST:PORT, such as 127.0.0.1:7411", text, why)};
}

}  // namespace

Result<ServerAddress> parse_server_address(std::string_view text) {
  ServerAddress address;
  std::string_view host = text;
  std::string_view port;
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.begin(), port.end(), address.port);
    if (error != std::errc{} || end != port.end() || address.port == 0) {
      return wrong(text, "has no port between 1 and 65535");
    }
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong(text, "needs brackets around its IPv6 address");
  }
  if (text.empty() || host.find_first_of(" /[]") != std::string_view::npos) {
    return wrong(text, "is not an address");
  }
  if (!host.empty()) {
    address.host = host;
  }
  return address;
}

std::string to_string(const ServerAddress& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", address.host, ipv6 ? "]" : "", address.port);
}

}  // namespace sluice::ctl
