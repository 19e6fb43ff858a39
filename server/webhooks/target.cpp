// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace sluice::webhooks {

namespace {

namespace ip = boost::asio::ip;

struct NetworkV4 {
  std::uint32_t address;
  unsigned bits;
};
constexpr std::array not_public_v4{
    NetworkV4{0x00000000, 8},   // This network.
    NetworkV4{0x0A000000, 8},   // Private.
    NetworkV4{0x64400000, 10},  // Shared by a carrier's customers.
    NetworkV4{0x7F000000, 8},   // Loopback.
    NetworkV4{0xA9FE0000, 16},  // Link-local: what clouds tell their machines is here.
    NetworkV4{0xAC100000, 12},  // Private.
    NetworkV4{0xC0000000, 24},  // Protocols.
    NetworkV4{0xC0000200, 24},  // Documentation.
    NetworkV4{0xC0586300, 24},  // Relays to IPv6.
    NetworkV4{0xC0A80000, 16},  // Private.
    NetworkV4{0xC6120000, 15},  // Benchmarks.
    NetworkV4{0xC6336400, 24},  // Documentation.
    NetworkV4{0xCB007100, 24},  // Documentation.
    NetworkV4{0xE0000000, 3},   // Multicast, reserved, broadcast.
};

bool is_public_v4(std::uint32_t address) {
  return std::ranges::none_of(not_public_v4, [address](const NetworkV4& network) {
    return (address ^ network.address) >> (32 - network.bits) == 0;
  });
}

/// Whether the first `bits` are those of `network`, whose other bits are zero; up to 32.
bool begins_with(std::uint32_t first, std::uint32_t network, unsigned bits) {
  return (first ^ network) >> (32 - bits) == 0;
}

bool is_public_v6(const ip::address_v6::bytes_type& bytes) {
  const auto first = static_cast<std::uint32_t>(bytes[0]) << 24 |
                     static_cast<std::uint32_t>(bytes[1]) << 16 |
                     static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
  // Global unicast only: outside are loopback, mapped IPv4, NAT64, ULA, link-local, multicast.
  return begins_with(first, 0x20000000, 3) &&
         !begins_with(first, 0x20010000, 23) &&  // Protocols, and Teredo, which has IPv4 inside.
         !begins_with(first, 0x20010DB8, 32) &&  // Documentation.
         !begins_with(first, 0x20020000, 16) &&  // 6to4, which has IPv4 inside.
         !begins_with(first, 0x3FFF0000, 20);    // Documentation.
}

Fault bad_url(std::string_view why) {
  return Fault{FaultCode::invalid_argument, std::string{"url: "}.append(why)};
}

bool is_spelt_as_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && port > 0 ? std::optional{port} : std::nullopt;
}

/// `host`, `host:port`, `[address]` or `[address]:port`.
Result<Done> read_authority(std::string_view authority, Target& target) {
  std::string_view host = authority;
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) {
      return bad_url("its address has no end");
    }
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    boost::system::error_code error;
    ip::make_address_v6(std::string{host}, error);
    if (error) {
      return bad_url("what stands in brackets is no IPv6 address");
    }
  } else {
    const std::size_t colon = authority.find(':');
    host = authority.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
    if (!is_spelt_as_host(host)) {
      return bad_url("its host is none");
    }
  }
  if (!rest.empty()) {
    const auto port = rest.front() == ':' ? port_in(rest.substr(1)) : std::nullopt;
    if (!port) {
      return bad_url("its port is none");
    }
    target.port = *port;
  }
  target.host = host;
  target.host_header = authority;
  return Done{};
}

}  // namespace

Result<Target> parse_target(std::string_view url) {
  Target target;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    target.tls = false;
    target.port = 80;
  } else {
    return bad_url("it is neither https nor http");
  }
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c > '~'; })) {
    return bad_url("it has characters that no URL has");
  }
  const std::size_t end = url.find_first_of("/?#");
  const std::string_view authority = url.substr(0, end);
  const std::string_view path = end == std::string_view::npos ? "" : url.substr(end);
  if (authority.find('@') != std::string_view::npos || path.find('#') != std::string_view::npos) {
    return bad_url("it names a user, or has a fragment");
  }
  if (const auto read = read_authority(authority, target); !read.ok()) {
    return read.fault();
  }
  target.path = path.starts_with('/') ? std::string{path} : std::string{"/"}.append(path);
  return target;
}

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4().to_uint())
                         : is_public_v6(address.to_v6().to_bytes());
}

}  // namespace sluice::webhooks
