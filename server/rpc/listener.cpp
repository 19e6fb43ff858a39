// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/listener.hpp"

#include <string>
#include <utility>

namespace sluice {

namespace {

using boost::asio::ip::tcp;

// Accepting failed, mostly for want of descriptors: others have to close first.
constexpr auto accept_again_after = std::chrono::milliseconds{50};
constexpr auto drain_look_interval = std::chrono::milliseconds{1};

std::string address_of(const tcp::socket& socket) {
  boost::system::error_code gone;
  const auto peer = socket.remote_endpoint(gone);
  return peer.address().to_string() + ":" + std::to_string(peer.port());
}

}  // namespace

Listener::Listener(Loop& loop, const ConnectionBounds& bounds)
    : loop_(loop), bounds_(bounds), acceptor_(loop.io()), timer_(loop.io()) {}

Listener::~Listener() {
  SLUICE_INVARIANT(connections_.get() == nullptr);
}

Result<Done> Listener::bind(const boost::asio::ip::address& host, std::uint16_t port) {
  const tcp::endpoint endpoint(host, port);
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) {
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor_.bind(endpoint, error);
  }
  if (!error) {
    acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
  }
  if (!error) {
    port_ = acceptor_.local_endpoint(error).port();
  }
  if (error) {
    return Fault{FaultCode::unavailable, "cannot listen on " + host.to_string() + ":" +
                                             std::to_string(port) + ": " + error.message()};
  }
  return Done{};
}

void Listener::serve(std::shared_ptr<Service> service) {
  service_ = std::move(service);
  connections_ = kj::heap<kj::TaskSet>(static_cast<kj::TaskSet::ErrorHandler&>(*this));
  accept();
}

void Listener::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted || !acceptor_.is_open()) {
      return;
    }
    if (!error) {
      take(std::move(socket));
      return accept();
    }
    service_->environment->observer.accept_failed(error.message());
    accept_later();
  });
}

void Listener::accept_later() {
  timer_.expires_after(accept_again_after);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error && acceptor_.is_open()) {
      accept();
    }
  });
}

void Listener::take(tcp::socket socket) {
  RpcEnvironment& environment = *service_->environment;
  if (environment.connections_open.fetch_add(1) >= bounds_.connections_max) {
    environment.connections_open.fetch_sub(1);
    environment.observer.connection_refused(address_of(socket), "connections_max is reached");
    return;
  }
  environment.connections[service_->here.raw()].fetch_add(1);
  auto leave = kj::defer([shared = service_->environment, here = service_->here] {
    shared->connections[here.raw()].fetch_sub(1);
    shared->connections_open.fetch_sub(1);
  });
  auto connection = kj::heap<ClientConnection>(service_, loop_, std::move(socket), bounds_.stream,
                                               bounds_.tls, bounds_.enter_timeout);
  ClientConnection* const key = connection.get();
  open_.insert(key);
  connections_->add(key->ended().attach(kj::defer([this, key] { open_.erase(key); }),
                                        kj::mv(connection), kj::mv(leave)));
}

void Listener::drain(std::function<void()> drained) {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  service_->stopping = true;
  look_whether_drained(std::move(drained));
}

void Listener::look_whether_drained(std::function<void()> drained) {
  bool done = service_->calls_in_flight == 0;
  for (ClientConnection* const connection : open_) {
    done = done && connection->flushed();
  }
  if (done) {
    return drained();
  }
  timer_.expires_after(drain_look_interval);
  timer_.async_wait([this, drained = std::move(drained)](boost::system::error_code error) mutable {
    if (!error) {
      look_whether_drained(std::move(drained));
    }
  });
}

void Listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  timer_.cancel();
  connections_ = nullptr;
}

// A connection that failed has ended, like any other; what it was is the peer's affair.
void Listener::taskFailed(kj::Exception&&) {}

}  // namespace sluice
