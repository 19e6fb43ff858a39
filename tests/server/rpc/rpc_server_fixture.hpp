// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/codec.hpp"
#include "server/rpc/rpc_server.hpp"
#include "tests/actors/runtime/engine_fixture.hpp"
#include "tests/server/rpc/rpc_peer.hpp"

namespace sluice::testing {

class DeafObserver final : public RpcObserver {
public:
  void client_entered(std::string_view /*peer*/, std::string_view /*client*/) override {}
  void connection_refused(std::string_view /*peer*/, std::string_view /*reason*/) override {}
  void access_denied(std::string_view /*peer*/, std::string_view /*credential*/,
                     std::string_view /*method*/) override {}
  void accept_failed(std::string_view /*reason*/) override {}
};

/// A real server on a real engine, in this process, on a database in memory.
class RpcServerFixture : public EngineFixture {
protected:
  using CheckRequest = capnp::Request<wire::Gateway::CheckParams, wire::Gateway::CheckResults>;

  ~RpcServerFixture() override {
    database.let_go_of_load();
    if (rpc) {
      rpc->close();
      EXPECT_TRUE(stop().ok());
    }
  }

  void serve(std::uint16_t reactors = 1, RpcOptions options = {}) {
    start(reactors);
    options.port = 0;
    options.server = "sluiced/test";
    rpc.emplace(std::move(options), *engine, clock, nullptr, observer, doorkeepers);
    ASSERT_TRUE(rpc->listen().ok());
    rpc->serve();
  }

  [[nodiscard]] std::uint16_t port(std::size_t reactor = 0) const {
    const std::string endpoint = rpc->endpoints().at(reactor);
    return static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  }

  /// A call with one check of 1 for each of these tenants.
  static CheckRequest checks(wire::Gateway::Client& gateway,
                             std::initializer_list<TenantId> tenants) {
    auto request = gateway.checkRequest();
    auto list = request.initChecks(static_cast<unsigned>(tenants.size()));
    const Charge one{requests, Amount{1}};
    unsigned index = 0;
    for (const TenantId id : tenants) {
      encode_check(Check{id, std::span(&one, 1), Mode::normal}, list[index++]);
    }
    return request;
  }

  /// Asks again and again; false after ten seconds.
  static bool becomes(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
    }
    return true;
  }

  DeafObserver observer;
  Doorkeepers doorkeepers;
  std::optional<RpcServer> rpc;
};

}  // namespace sluice::testing
