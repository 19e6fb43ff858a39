// SPDX-License-Identifier: Apache-2.0
#include "server/auth/failed_attempts.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace sluice::auth {

namespace {

constexpr RateRule attempts{Amount{20}, std::chrono::minutes{1}, Amount{20}};
constexpr std::size_t network_bytes = 8;

}  // namespace

FailedAttempts::FailedAttempts(std::uint64_t secret)
    : secret_(secret), terms_(attempts), table_(corners) {}

std::uint64_t FailedAttempts::peer_of(std::string_view address) const {
  in6_addr numbers{};
  const std::string text{address.substr(0, address.find('%'))};
  const bool is_network =
      inet_pton(AF_INET6, text.c_str(), &numbers) == 1 && !IN6_IS_ADDR_V4MAPPED(&numbers);
  const std::uint64_t hash = is_network
                                 ? XXH3_64bits_withSeed(numbers.s6_addr, network_bytes, secret_)
                                 : XXH3_64bits_withSeed(address.data(), address.size(), secret_);
  return std::max<std::uint64_t>(hash, 1);
}

Duration FailedAttempts::wait(std::string_view address, Instant now) const {
  const std::uint64_t peer = peer_of(address);
  const Corner& corner = table_[peer % corners];
  const auto place = std::ranges::find(corner, peer, &Place::peer);
  if (place == corner.end()) {
    return Duration{};
  }
  const Parts after = place->arrival.owed(terms_, now) + terms_.cost(Amount{1});
  return after > terms_.full_burst() ? terms_.time(after - terms_.full_burst()) : Duration{};
}

void FailedAttempts::note(std::string_view address, Instant now) {
  const std::uint64_t peer = peer_of(address);
  Corner& corner = table_[peer % corners];
  auto place = std::ranges::find(corner, peer, &Place::peer);
  if (place == corner.end()) {
    place = std::ranges::min_element(
        corner, {}, [&](const Place& one) { return one.arrival.owed(terms_, now); });
    *place = Place{peer, {}};
  }
  place->arrival.owe(terms_, place->arrival.owed(terms_, now) + terms_.cost(Amount{1}), now);
}

}  // namespace sluice::auth
