// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::auth {

/// Counts the failed attempts of each peer, and says when one has to wait: 20 are free, then one
/// each three seconds. A peer is an IPv4 address, or the /64 network of an IPv6 address, of which
/// whoever has one has all.
///
/// Role       A table of fixed size. A peer that comes when its corner of the table is full takes
///            the place of the one there that has least to wait for: however many addresses
///            somebody has, he can make the table forget, but nobody else wait.
/// Threading  Confined, or under its owner's lock.
/// Ownership  Keeps no addresses, only hashes of them under a secret.
/// Units      Instants of the machine's monotonic clock.
/// Errors     None: an address that cannot be read is a peer like any other.
/// Cost       A hash and four places looked at.
class FailedAttempts {
public:
  explicit FailedAttempts(std::uint64_t secret);

  /// How long this peer has to wait before its next attempt; zero: not at all.
  [[nodiscard]] Duration wait(std::string_view address, Instant now) const;
  /// An attempt failed.
  void note(std::string_view address, Instant now);

private:
  static constexpr std::size_t corners = 1024;
  static constexpr std::size_t places_per_corner = 4;
  struct Place {
    std::uint64_t peer = 0;  ///< 0: nobody.
    ArrivalTime arrival;
  };
  using Corner = std::array<Place, places_per_corner>;

  [[nodiscard]] std::uint64_t peer_of(std::string_view address) const;

  std::uint64_t secret_;
  RateTerms terms_;
  std::vector<Corner> table_;
};

}  // namespace sluice::auth
