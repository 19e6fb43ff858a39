// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/client_connection.hpp"

#include <utility>

#include "server/rpc/bounded_stream.hpp"

namespace sluice {

namespace {

/// The RPC system reads a message more than once (its own envelope, then ours); pointers that share
/// what they point at cannot make more of it than this.
capnp::ReaderOptions reader_options(const StreamBounds& bounds) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 2 * bounds.frame_bytes_max / sizeof(capnp::word);
  options.nestingLimit = 24;
  return options;
}

/// Calls in flight of one connection, in words of their messages; then reading stops. Room for a
/// few of the largest, or for thousands of the usual.
std::size_t flow_words_max(const StreamBounds& bounds) {
  return 4 * bounds.frame_bytes_max / sizeof(capnp::word);
}

std::shared_ptr<ClientSession> session_of(const boost::asio::ip::tcp::socket& socket) {
  auto session = std::make_shared<ClientSession>();
  boost::system::error_code gone;  // Then the stream finds out too.
  const auto peer = socket.remote_endpoint(gone);
  session->address = peer.address().to_string();
  session->peer = session->address + ":" + std::to_string(peer.port());
  session->local_host = socket.local_endpoint(gone).address().to_string();
  return session;
}

}  // namespace

ClientConnection::ClientConnection(std::shared_ptr<Service> service, Loop& loop,
                                   boost::asio::ip::tcp::socket socket, const StreamBounds& bounds,
                                   const TlsContext& tls, std::chrono::milliseconds enter_timeout)
    : service_(std::move(service)),
      session_(session_of(socket)),
      stream_(make_bounded_stream(make_message_stream(
          loop, std::move(socket), bounds, tls.context ? TlsSession::accepting(tls) : nullptr))),
      network_(*stream_, capnp::rpc::twoparty::Side::SERVER, reader_options(bounds)),
      rpc_(capnp::makeRpcServer(network_, make_front(service_, session_))),
      closed_(kj::newPromiseAndFulfiller<void>()),
      deadline_(loop.io()) {
  rpc_.setFlowLimit(flow_words_max(bounds));
  expect_enter(enter_timeout);
}

ClientConnection::~ClientConnection() {
  session_->over = true;
}

kj::Promise<void> ClientConnection::ended() {
  return network_.onDisconnect().exclusiveJoin(kj::mv(closed_.promise));
}

void ClientConnection::close() {
  closed_.fulfiller->fulfill();
}

void ClientConnection::expect_enter(std::chrono::milliseconds timeout) {
  deadline_.expires_after(timeout);
  // Cancelled when the connection goes; but an expiry that is queued by then is still delivered,
  // and only the session tells whether the connection is still there.
  deadline_.async_wait([this, session = session_](boost::system::error_code error) {
    if (error || session->over || session->entered) {
      return;
    }
    service_->environment->observer.connection_refused(session->peer, "it did not enter in time");
    close();
  });
}

}  // namespace sluice
