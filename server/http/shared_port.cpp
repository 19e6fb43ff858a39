// SPDX-License-Identifier: Apache-2.0
#include "server/http/shared_port.hpp"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <string>

namespace sluice::http {
namespace {

using boost::asio::ip::tcp;
using SharedPort = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

Result<Done> listening(const boost::system::error_code& error, const boost::asio::ip::address& host,
                       std::uint16_t port) {
  if (error) {
    return Fault{FaultCode::unavailable, "cannot listen on " + host.to_string() + ":" +
                                             std::to_string(port) + ": " + error.message()};
  }
  return Done{};
}

}  // namespace

Result<Done> expect_free_port(const boost::asio::ip::address& host, std::uint16_t port) {
  boost::asio::io_context io;
  boost::system::error_code error;
  tcp::acceptor probe(io);
  const tcp::endpoint endpoint(host, port);
  probe.open(endpoint.protocol(), error);
  if (!error) {
    probe.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    probe.bind(endpoint, error);
  }
  return listening(error, host, port);
}

Result<Done> listen_shared(tcp::acceptor& acceptor, const boost::asio::ip::address& host,
                           std::uint16_t port) {
  const tcp::endpoint endpoint(host, port);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor.set_option(SharedPort(true), error);
  }
  if (!error) {
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  }
  return listening(error, host, port);
}

}  // namespace sluice::http
