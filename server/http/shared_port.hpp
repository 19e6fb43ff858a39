// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "actors/tenant/fault.hpp"

namespace sluice::http {

/// A port that several listeners of this process have, among which the system deals connections
/// out.
///
/// Errors     A fault names the address.

/// Another program of the same user could share the port without a word; so it is first taken by
/// one that shares with nobody.
[[nodiscard]] Result<Done> expect_free_port(const boost::asio::ip::address& host,
                                            std::uint16_t port);
/// Listens beside the others. Port 0 takes any.
[[nodiscard]] Result<Done> listen_shared(boost::asio::ip::tcp::acceptor& acceptor,
                                         const boost::asio::ip::address& host, std::uint16_t port);

}  // namespace sluice::http
