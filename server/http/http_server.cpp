// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.hpp"

#include <condition_variable>
#include <latch>
#include <mutex>
#include <utility>

namespace sluice::http {
namespace {

using boost::asio::ip::tcp;

/// A name or an address; of several the first.
Result<boost::asio::ip::address> resolve(const std::string& host) {
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found = tcp::resolver(io).resolve(host, "", tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Fault{FaultCode::invalid_argument,
                 "http_listen: \"" + host + "\" is no address of this machine: " + error.message()};
  }
  return found.begin()->endpoint().address();
}

/// A port that several listeners share could be shared by another program of the same user, without
/// a word; so it is first taken by one that shares with nobody.
Result<Done> expect_free(const boost::asio::ip::address& host, std::uint16_t port) {
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
  if (error) {
    return Fault{FaultCode::unavailable, "cannot listen on " + host.to_string() + ":" +
                                             std::to_string(port) + ": " + error.message()};
  }
  return Done{};
}

/// How many reactors have still to drain; shared, because a reactor may report after nobody waits.
struct Draining {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left;
};

}  // namespace

Server::Server(Options options, Foundations on)
    : options_(std::move(options)),
      environment_(std::make_shared<Environment>(on, options_.bounds, options_.server)) {
  for (std::uint16_t i = 0; i < on.engine.reactor_count(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(on.engine.loop(ReactorIndex{i})));
  }
}

Result<Done> Server::listen() {
  const auto host = resolve(options_.host);
  if (!host.ok()) {
    return host.fault();
  }
  if (const auto free = expect_free(host.value(), options_.port); !free.ok()) {
    return free;
  }
  std::uint16_t port = options_.port;
  for (const auto& listener : listeners_) {
    if (const auto bound = listener->bind(host.value(), port); !bound.ok()) {
      return bound;
    }
    port = listener->port();
  }
  return Done{};
}

std::string Server::endpoint() const {
  return options_.host + ":" + std::to_string(listeners_.front()->port());
}

void Server::serve() {
  on_each([this](std::size_t i) {
    listeners_[i]->serve(
        std::make_shared<Service>(environment_, ReactorIndex{static_cast<std::uint16_t>(i)}));
  });
}

bool Server::drain(std::chrono::milliseconds patience) {
  const auto draining = std::make_shared<Draining>();
  draining->left = listeners_.size();
  on_each([&](std::size_t i) {
    listeners_[i]->drain([draining] {
      const std::lock_guard lock(draining->mutex);
      --draining->left;
      draining->changed.notify_one();
    });
  });
  std::unique_lock lock(draining->mutex);
  return draining->changed.wait_for(lock, patience, [&] { return draining->left == 0; });
}

void Server::close() {
  on_each([this](std::size_t i) { listeners_[i]->close(); });
}

void Server::on_each(const std::function<void(std::size_t)>& job) {
  std::latch left(static_cast<std::ptrdiff_t>(listeners_.size()));
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    environment_->on.engine.loop(ReactorIndex{static_cast<std::uint16_t>(i)}).post([&, i] {
      job(i);
      left.count_down();
    });
  }
  left.wait();
}

}  // namespace sluice::http
