// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// From where somebody asks: an IPv6 address as two words, most significant first. An IPv4 address
/// is `::ffff:a.b.c.d`, however it was written, so the two never differ for one peer.
struct PeerAddress {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  [[nodiscard]] constexpr bool is_v4() const noexcept { return high == 0 && low >> 32U == 0xFFFF; }
  friend constexpr auto operator<=>(const PeerAddress&, const PeerAddress&) = default;
};

/// Reads `10.0.0.1`, `2001:db8::1` and `::ffff:10.0.0.1`; no zone, no port, no leading zeros in a
/// part of an IPv4 address.
[[nodiscard]] std::optional<PeerAddress> parse_peer_address(std::string_view text);
/// As `10.0.0.1`, or as eight groups of which the longest row of zeros is left out (RFC 5952).
[[nodiscard]] std::string to_string(const PeerAddress& address);

/// All addresses that begin with the same bits. An IPv4 address is in networks of IPv4 only: `::/0`
/// is every IPv6 address, and `::ffff:0:0/96` the same as `0.0.0.0/0`.
class PeerNetwork {
public:
  /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address, which is alone in its network. Nothing for
  /// anything else, such as an address with bits beyond its prefix.
  [[nodiscard]] static std::optional<PeerNetwork> parse(std::string_view text);

  [[nodiscard]] constexpr bool has(const PeerAddress& address) const noexcept {
    return address.is_v4() == is_v4_ && (address.high & mask_.high) == first_.high &&
           (address.low & mask_.low) == first_.low;
  }
  friend bool operator==(const PeerNetwork&, const PeerNetwork&) = default;

private:
  PeerNetwork() = default;

  PeerAddress first_;
  PeerAddress mask_;
  bool is_v4_ = false;
};

}  // namespace sluice
