// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "actors/tenant/fault.hpp"
#include "protocol/transport/loop.hpp"
#include "server/http/http_connection.hpp"
#include "server/http/http_service.hpp"

namespace sluice::http {

/// Accepts the connections of one reactor and keeps them until they end. The listeners of all
/// reactors share one port, among which the system deals connections out.
///
/// Threading  `bind` before the reactor serves; everything else on its reactor.
/// Ownership  Owns the acceptor; connections keep themselves.
/// Errors     Only `bind`: a fault names the address. Later ones are heard by the observer.
class Listener {
public:
  explicit Listener(Loop& loop);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Takes the address; peers may connect, and wait until `serve`. Port 0 takes any.
  [[nodiscard]] Result<Done> bind(const boost::asio::ip::address& host, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return port_; }

  void serve(std::shared_ptr<Service> service);
  /// Accepts no more; calls back once every request is answered and every connection has ended.
  /// Not called back if `close` comes first.
  void drain(std::function<void()> drained);
  /// Ends every connection. The listener can be destroyed afterwards on any thread.
  void close();

private:
  void accept();
  void accept_later();
  void take(boost::asio::ip::tcp::socket socket);
  void look_whether_drained(std::function<void()> drained);

  /// Connections end on their own, at the latest with the loop, when this may be gone.
  using Open = std::unordered_map<std::uint64_t, std::weak_ptr<Connection>>;

  std::uint16_t port_ = 0;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<Open> open_ = std::make_shared<Open>();
  std::uint64_t accepted_ = 0;
};

}  // namespace sluice::http
