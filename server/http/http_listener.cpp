// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_listener.hpp"

#include <string>
#include <utility>
#include <vector>

#include "server/http/shared_port.hpp"

namespace sluice::http {
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

Listener::Listener(Loop& loop) : acceptor_(loop.io()), timer_(loop.io()) {}

Result<Done> Listener::bind(const boost::asio::ip::address& host, std::uint16_t port) {
  if (auto listening = listen_shared(acceptor_, host, port); !listening.ok()) {
    return listening;
  }
  boost::system::error_code gone;
  port_ = acceptor_.local_endpoint(gone).port();
  return Done{};
}

void Listener::serve(std::shared_ptr<Service> service) {
  service_ = std::move(service);
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
    service_->environment->on.observer.accept_failed(error.message());
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
  Environment& environment = *service_->environment;
  if (environment.connections_open.fetch_add(1) >= environment.bounds.connections_max) {
    environment.connections_open.fetch_sub(1);
    environment.on.observer.connection_refused(address_of(socket), "connections_max is reached");
    return;
  }
  const std::uint64_t key = ++accepted_;
  const auto connection = Connection::open(service_, std::move(socket),
                                           [open = open_, key, shared = service_->environment] {
                                             open->erase(key);
                                             shared->connections_open.fetch_sub(1);
                                           });
  open_->emplace(key, connection);
}

void Listener::drain(std::function<void()> drained) {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  service_->stopping = true;
  std::vector<std::shared_ptr<Connection>> connections;
  for (const auto& [key, weak] : *open_) {
    connections.push_back(weak.lock());
  }
  for (const auto& connection : connections) {
    if (connection != nullptr) {
      connection->finish();
    }
  }
  look_whether_drained(std::move(drained));
}

void Listener::look_whether_drained(std::function<void()> drained) {
  if (service_->requests_in_flight == 0 && open_->empty()) {
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
  std::vector<std::shared_ptr<Connection>> connections;
  for (const auto& [key, weak] : *open_) {
    connections.push_back(weak.lock());
  }
  for (const auto& connection : connections) {
    if (connection != nullptr) {
      connection->close();
    }
  }
}

}  // namespace sluice::http
