// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"

namespace sluice::webhooks {

/// Where a URL leads.
struct Target {
  bool tls = true;
  std::string host{};  ///< As a resolver takes it: without the brackets of an address.
  std::uint16_t port = 443;
  std::string host_header{};  ///< With the port, if it is not the usual one.
  std::string path{};         ///< With the query; begins with `/`.
};

/// Reads `https://host[:port][/path][?query]`, or the same with `http`. Names no user, and no
/// fragment: nobody could tell what they are for.
[[nodiscard]] Result<Target> parse_target(std::string_view url);

/// Whether the address is one of the public internet: no machine's own, no private, local, shared,
/// reserved or documentation network, nothing that leads to many, and none that stands for another
/// address. Webhooks are called only there, because tenants choose them, and what stands beside
/// this server trusts it.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

}  // namespace sluice::webhooks
