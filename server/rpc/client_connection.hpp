// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/rpc-twoparty.h>
#include <kj/async.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "protocol/transport/loop.hpp"
#include "protocol/transport/message_stream.hpp"
#include "server/rpc/front.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// One client's connection: its stream, its RPC state, and the deadline until which it has to
/// enter.
///
/// Threading  Confined to its reactor.
/// Ownership  Owns the socket. Calls in flight outlive it.
/// Errors     None: a peer that breaks the protocol ends its own connection.
/// Cost       Bounded by the stream's bounds and by the words of calls in flight.
class ClientConnection {
public:
  ClientConnection(std::shared_ptr<Service> service, Loop& loop,
                   boost::asio::ip::tcp::socket socket, const StreamBounds& bounds,
                   const TlsContext& tls, std::chrono::milliseconds enter_timeout);
  ~ClientConnection();
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  /// Resolves once the peer has gone or `close` was called. Asked for once.
  [[nodiscard]] kj::Promise<void> ended();
  void close();

  /// Whether everything that was answered has left.
  [[nodiscard]] bool flushed() { return network_.getCurrentQueueCount() == 0; }

private:
  void expect_enter(std::chrono::milliseconds timeout);

  std::shared_ptr<Service> service_;
  std::shared_ptr<ClientSession> session_;
  kj::Own<capnp::MessageStream> stream_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  kj::PromiseFulfillerPair<void> closed_;
  boost::asio::steady_timer deadline_;
};

}  // namespace sluice
