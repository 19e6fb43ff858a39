// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/serialize-async.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "protocol/transport/loop.hpp"
#include "protocol/transport/tls.hpp"

namespace sluice {

/// What one connection may cost, and how long a peer may take.
struct StreamBounds {
  std::size_t frame_bytes_max = 1 << 20;            ///< A larger message ends the connection.
  std::size_t outgoing_bytes_max = 4 << 20;         ///< With more waiting to leave, reading stops.
  std::chrono::milliseconds frame_timeout{10'000};  ///< For the rest of a message that has begun.
  std::chrono::milliseconds stall_timeout{10'000};  ///< For a peer that does not read.
};

/// Carries Cap'n Proto messages over a TCP socket, in the clear or by TLS: reads are buffered, so
/// that one system call brings many messages; writes of a turn leave together at its end, in one
/// system call.
///
/// Role       What a `capnp::TwoPartyVatNetwork` stands on, on either side.
/// Threading  Confined to its loop.
/// Ownership  Owns the socket. May be destroyed with operations pending: those own what they touch.
///            What was written and has not left is then lost; `end` waits for it.
/// Units      Bytes of whole messages as they travel, with their table of segments.
/// Errors     DISCONNECTED if the peer left or passed a deadline, which is named; the connection is
///            closed. FAILED, naming the bound, if it broke one: nothing more is read, but the
///            reason may still be written.
/// Cost       A read message is copied once, a written one once. A quiet connection holds
///            64 KiB for reading, and up to 256 KiB each way if it was busy before.
[[nodiscard]] kj::Own<capnp::MessageStream> make_message_stream(
    Loop& loop, boost::asio::ip::tcp::socket socket, const StreamBounds& bounds,
    std::unique_ptr<TlsSession> tls = nullptr);

}  // namespace sluice
