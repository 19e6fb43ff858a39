// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_set>

#include "actors/tenant/fault.hpp"
#include "protocol/transport/loop.hpp"
#include "protocol/transport/message_stream.hpp"
#include "server/rpc/client_connection.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// What every connection is held to.
struct ConnectionBounds {
  StreamBounds stream;
  std::size_t connections_max = 10'000;  ///< Over all reactors.
  std::chrono::milliseconds enter_timeout{5'000};
  TlsContext tls;  ///< Without one connections are in the clear.
};

/// Accepts the connections of one reactor and keeps them until they end.
///
/// Threading  `bind` before the reactor serves; everything else on its reactor.
/// Ownership  Owns the acceptor and its connections.
/// Errors     Only `bind`: a fault names the address. Later ones are heard by the observer.
class Listener final : private kj::TaskSet::ErrorHandler {
public:
  Listener(Loop& loop, const ConnectionBounds& bounds);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Takes the address; peers may connect, and wait until `serve`. Port 0 takes any.
  [[nodiscard]] Result<Done> bind(const boost::asio::ip::address& host, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return port_; }

  void serve(std::shared_ptr<Service> service);
  /// Accepts no more and refuses new calls; calls back once every call is answered and every answer
  /// has left. Not called back if `close` comes first.
  void drain(std::function<void()> drained);
  /// Ends every connection. The listener can be destroyed afterwards on any thread.
  void close();

private:
  void accept();
  void accept_later();
  void take(boost::asio::ip::tcp::socket socket);
  void look_whether_drained(std::function<void()> drained);
  void taskFailed(kj::Exception&& exception) override;

  Loop& loop_;
  const ConnectionBounds bounds_;
  std::uint16_t port_ = 0;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Service> service_;
  std::unordered_set<ClientConnection*> open_;
  kj::Own<kj::TaskSet> connections_;  ///< Null before `serve` and after `close`.
};

}  // namespace sluice
