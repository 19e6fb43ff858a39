// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.hpp"

#include <functional>
#include <utility>

#include "server/http/exchange.hpp"
#include "server/http/routes.hpp"
#include "server/http/shared_port.hpp"
#include "server/rpc/on_reactors.hpp"

namespace sluice::http {
void Service::answer(Request request, Respond respond) {
  dispatch(std::make_shared<Exchange>(shared_from_this(), std::move(request), std::move(respond)));
}

Server::Server(Options options, Foundations on)
    : options_(std::move(options)),
      environment_(std::make_shared<Environment>(on, options_.bounds, options_.server)) {
  for (std::uint16_t i = 0; i < on.engine.reactor_count(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(on.engine.loop(ReactorIndex{i})));
  }
}

Result<Done> Server::listen() {
  const auto host = listening_address(options_.host, "http_listen");
  if (!host.ok()) {
    return host.fault();
  }
  if (!options_.port_is_ours) {
    if (const auto free = expect_free_port(host.value(), options_.port); !free.ok()) {
      return free;
    }
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
  on_each_reactor(environment_->on.engine, [this](std::size_t i) {
    listeners_[i]->serve(
        std::make_shared<Service>(environment_, ReactorIndex{static_cast<std::uint16_t>(i)}));
  });
}

bool Server::drain(std::chrono::milliseconds patience) {
  return finish_on_each_reactor(environment_->on.engine, patience,
                                [this](std::size_t i, std::function<void()> ended) {
                                  listeners_[i]->drain(std::move(ended));
                                });
}

void Server::close() {
  on_each_reactor(environment_->on.engine, [this](std::size_t i) { listeners_[i]->close(); });
}

}  // namespace sluice::http
