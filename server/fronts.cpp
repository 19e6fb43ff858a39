// SPDX-License-Identifier: Apache-2.0
#include "server/fronts.hpp"

#include <string>
#include <utility>

#include "protocol/sluice.capnp.h"
#include "protocol/text/build_text.hpp"
#include "server/process.hpp"

namespace sluice {

namespace {

RpcOptions rpc_options(const ServerConfig& config, TlsContext tls, DecisionLatency& latency) {
  RpcOptions options;
  options.bounds.tls = std::move(tls);
  options.latency = &latency;
  options.host = config.listen_host;
  options.port = config.listen_port;
  options.server = "sluiced/" + text::to_string(text::this_build());
  options.bounds.stream.frame_bytes_max = wire::FRAME_BYTES_MAX;
  options.bounds.stream.frame_timeout = config.frame_timeout;
  options.bounds.stream.stall_timeout = config.stall_timeout;
  options.bounds.connections_max = config.connections_max;
  options.bounds.enter_timeout = config.enter_timeout;
  return options;
}

}  // namespace

http::Options http_options(const ServerConfig& config, TlsContext tls) {
  http::Options options;
  options.bounds.tls = std::move(tls);
  options.host = config.http_host;
  options.port = config.http_port;
  options.server = "sluiced/" + text::to_string(text::this_build());
  options.bounds.connections_max = config.connections_max;
  options.bounds.idle_timeout = config.http_idle_timeout;
  options.bounds.body_timeout = config.frame_timeout;
  options.bounds.stall_timeout = config.stall_timeout;
  return options;
}

Fronts::Fronts(const ServerConfig& config, http::Options http, Engine& engine, const Ground& on,
               Credentials credentials)
    : authenticator_([&engine](KeyId id) { return engine.find_key(id); },
                     std::move(credentials.tokens), {&on.clock, &on.machine, &on.observer}),
      roles_(engine),
      holders_(authenticator_, roles_, on.clock, on.observer),
      latency_(engine.reactor_count()),
      scraper_(engine, on.machine, on.counts, latency_, on.observer.kept_back(),
               text::to_string(text::this_build())),
      rpc_(rpc_options(config, std::move(credentials.tls), latency_), engine, on.clock,
           on.simulated_clock, on.observer, doorkeepers_of(config, authenticator_, roles_)) {
  if (!http.host.empty()) {
    http::Authorize& gate = config.auth == AuthMode::none
                                ? static_cast<http::Authorize&>(everybody_)
                                : static_cast<http::Authorize&>(holders_);
    web_.emplace(std::move(http),
                 http::Foundations{engine, on.clock, on.machine, on.simulated_clock, on.observer,
                                   gate, latency_, on.counts, scraper_, rpc_});
  }
}

Result<Done> Fronts::open(const ServerConfig& config, Engine& engine,
                          const DataDirectory& directory) {
  auto opened = rpc_.listen();
  if (opened.ok() && web_) {
    opened = web_->listen();
  }
  if (opened.ok()) {
    opened = give_first_key(config, engine, directory);
  }
  if (!opened.ok()) {
    close();
  }
  return opened;
}

void Fronts::serve() {
  rpc_.serve();
  if (web_) {
    web_->serve();
  }
}

bool Fronts::drain(std::chrono::milliseconds patience) {
  const bool answered = rpc_.drain(patience);
  return (!web_ || web_->drain(patience)) && answered;
}

void Fronts::close() {
  rpc_.close();
  if (web_) {
    web_->close();
  }
}

}  // namespace sluice
