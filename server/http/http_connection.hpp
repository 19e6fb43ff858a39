// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

#include "server/http/site.hpp"

namespace sluice::http {

/// One client's connection: reads a request, has it answered, writes the answer, and goes on with
/// the next, which may already have arrived.
///
/// By TLS if the site says so.
///
/// Threading  Confined to its reactor.
/// Ownership  Owns the socket; kept by what it waits for. A request in flight may outlive it.
/// Errors     None: a peer that breaks the protocol is told so, if it can be, and cut off.
/// Cost       Memory is bounded by the header and body sizes; one request at a time.
class Connection {
public:
  virtual ~Connection() = default;

  /// Takes a connection that was accepted. `ended` is called once it is over.
  [[nodiscard]] static std::shared_ptr<Connection> open(std::shared_ptr<Site> site,
                                                        boost::asio::ip::tcp::socket socket,
                                                        std::function<void()> ended);

  /// Ends it after the answer that is under way, or at once if there is none.
  virtual void finish() = 0;
  virtual void close() = 0;
};

}  // namespace sluice::http
