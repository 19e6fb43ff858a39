// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/rpc_server.hpp"

#include <condition_variable>
#include <latch>
#include <mutex>
#include <utility>

namespace sluice {

namespace {

/// A name or an address; of several the first.
Result<boost::asio::ip::address> resolve(const std::string& host) {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found = tcp::resolver(io).resolve(host, "", tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Fault{FaultCode::invalid_argument,
                 "listen_host: \"" + host + "\" is no address of this machine: " + error.message()};
  }
  return found.begin()->endpoint().address();
}

/// How many reactors have still to drain; shared, because a reactor may report after nobody waits.
struct Draining {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left;
};

}  // namespace

RpcServer::RpcServer(RpcOptions options, Engine& engine, const Clock& clock,
                     ClockControl* simulated_clock, RpcObserver& observer, Doorkeepers doorkeepers)
    : options_(std::move(options)),
      environment_(std::make_shared<RpcEnvironment>(engine, clock, simulated_clock, observer,
                                                    doorkeepers, options_.server,
                                                    engine.reactor_count())) {
  for (std::uint16_t i = 0; i < engine.reactor_count(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(engine.loop(ReactorIndex{i}), options_.bounds));
  }
}

Result<Done> RpcServer::listen() {
  const auto host = resolve(options_.host);
  if (!host.ok()) {
    return host.fault();
  }
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    const std::size_t port = options_.port == 0 ? 0 : options_.port + i;
    if (port > 65'535) {
      return Fault{FaultCode::invalid_argument, "listen_port: there is no port " +
                                                    std::to_string(port) + " for reactor " +
                                                    std::to_string(i)};
    }
    if (auto bound = listeners_[i]->bind(host.value(), static_cast<std::uint16_t>(port));
        !bound.ok()) {
      return bound;
    }
    environment_->ports.push_back(listeners_[i]->port());
  }
  return Done{};
}

std::vector<std::string> RpcServer::endpoints() const {
  std::vector<std::string> endpoints;
  for (const std::uint16_t port : environment_->ports) {
    endpoints.push_back(options_.host + ":" + std::to_string(port));
  }
  return endpoints;
}

void RpcServer::serve() {
  on_each([this](std::size_t i) {
    listeners_[i]->serve(
        std::make_shared<Service>(environment_, ReactorIndex{static_cast<std::uint16_t>(i)}));
  });
}

bool RpcServer::drain(std::chrono::milliseconds patience) {
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

void RpcServer::close() {
  on_each([this](std::size_t i) { listeners_[i]->close(); });
}

void RpcServer::on_each(const std::function<void(std::size_t)>& job) {
  std::latch left(static_cast<std::ptrdiff_t>(listeners_.size()));
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    environment_->engine.loop(ReactorIndex{static_cast<std::uint16_t>(i)}).post([&, i] {
      job(i);
      left.count_down();
    });
  }
  left.wait();
}

}  // namespace sluice
