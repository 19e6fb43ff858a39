// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/rpc_server.hpp"

#include <functional>
#include <utility>

#include "server/rpc/json_calls.hpp"
#include "server/rpc/on_reactors.hpp"

namespace sluice {

RpcServer::RpcServer(RpcOptions options, Engine& engine, const Clock& clock,
                     ClockControl* simulated_clock, RpcObserver& observer, Doorkeepers doorkeepers)
    : options_(std::move(options)),
      environment_(std::make_shared<RpcEnvironment>(engine, clock, simulated_clock, observer,
                                                    doorkeepers, options_.server,
                                                    engine.reactor_count())) {
  environment_->latency = options_.latency;
  json_calls_.resize(engine.reactor_count());
  for (std::uint16_t i = 0; i < engine.reactor_count(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(engine.loop(ReactorIndex{i}), options_.bounds));
  }
}

Result<Done> RpcServer::listen() {
  const auto host = listening_address(options_.host, "listen_host");
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
  on_each_reactor(environment_->engine, [this](std::size_t i) {
    const auto service =
        std::make_shared<Service>(environment_, ReactorIndex{static_cast<std::uint16_t>(i)});
    json_calls_[i] = std::make_shared<JsonCalls>(service);
    listeners_[i]->serve(service);
  });
}

void RpcServer::call_in_json(ReactorIndex here, const Access& access, const std::string& peer,
                             std::string_view method, std::string_view params,
                             std::function<void(Result<std::string>)> answered) {
  json_calls_[here.raw()]->call(access, peer, method, params, std::move(answered));
}

bool RpcServer::drain(std::chrono::milliseconds patience) {
  return finish_on_each_reactor(environment_->engine, patience,
                                [this](std::size_t i, std::function<void()> ended) {
                                  listeners_[i]->drain(std::move(ended));
                                });
}

void RpcServer::close() {
  on_each_reactor(environment_->engine, [this](std::size_t i) { listeners_[i]->close(); });
}

}  // namespace sluice
