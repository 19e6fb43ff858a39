// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/message_stream.hpp"

#include <netinet/tcp.h>

#include <boost/asio/detail/socket_option.hpp>
#include <utility>

#include "protocol/transport/connection.hpp"

namespace sluice {

namespace {

// KJ owns through disposers that know the real type, so its interfaces have no virtual destructor.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

/// What KJ sees of a connection.
class SocketMessageStream final : public capnp::MessageStream {
public:
  explicit SocketMessageStream(std::shared_ptr<Connection> connection)
      : connection_{std::move(connection)} {}
  ~SocketMessageStream() noexcept { connection_->close(); }
  KJ_DISALLOW_COPY(SocketMessageStream);

  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(
      kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions options,
      kj::ArrayPtr<capnp::word>) override {
    return connection_->read(options);
  }

  kj::Promise<void> writeMessage(kj::ArrayPtr<const int>, Segments segments) override {
    return connection_->write(segments);
  }

  kj::Promise<void> writeMessages(kj::ArrayPtr<Segments> messages) override {
    kj::Promise<void> written = kj::READY_NOW;
    for (auto& segments : messages) {
      written = connection_->write(segments);
    }
    return written;
  }

  kj::Maybe<int> getSendBufferSize() override { return nullptr; }

  kj::Promise<void> end() override { return connection_->end(); }

private:
  std::shared_ptr<Connection> connection_;
};

template <int level, int name>
using IntegerOption = boost::asio::detail::socket_option::integer<level, name>;

/// A peer that vanished without a word is noticed within about a minute when idle, and within
/// `stall_timeout` when it was sent something.
void set_options(boost::asio::ip::tcp::socket& socket, const StreamBounds& bounds) {
  // A socket that is dead already refuses them; the first read says so better.
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
  socket.set_option(boost::asio::socket_base::keep_alive{true}, ignored);
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPIDLE>{30}, ignored);
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPINTVL>{10}, ignored);
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPCNT>{3}, ignored);
  const auto stall = static_cast<int>(bounds.stall_timeout.count());
  socket.set_option(IntegerOption<IPPROTO_TCP, TCP_USER_TIMEOUT>{stall}, ignored);
}

}  // namespace

kj::Own<capnp::MessageStream> make_message_stream(Loop& loop, boost::asio::ip::tcp::socket socket,
                                                  const StreamBounds& bounds,
                                                  std::unique_ptr<TlsSession> tls) {
  set_options(socket, bounds);
  return kj::heap<SocketMessageStream>(
      std::make_shared<Connection>(loop, std::move(socket), bounds, std::move(tls)));
}

}  // namespace sluice
