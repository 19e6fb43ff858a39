// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/fault.hpp"
#include "server/metrics/decision_latency.hpp"
#include "server/rpc/access.hpp"
#include "server/rpc/clock_control.hpp"
#include "server/rpc/listener.hpp"
#include "server/rpc/rpc_observer.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

class JsonCalls;

struct RpcOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;  ///< Of reactor 0; reactor i takes the i-th after it. 0: any.
  std::string server;         ///< What clients are told, such as "sluiced/0.1.0".
  ConnectionBounds bounds;
  DecisionLatency* latency = nullptr;  ///< Told of every call of checks, if there is one.
};

/// The native interface of a server: one port for each reactor of the engine.
///
/// Role       Lets Cap'n Proto clients reach the engine. Decides nothing.
/// Threading  One thread, which is not a reactor's. While serving, everything happens on the
///            reactors.
/// Ownership  Borrows the engine, clocks, observer and doorkeepers. Closed before the engine stops,
///            destroyed after it has stopped.
/// Errors     Only `listen`.
class RpcServer {
public:
  /// `simulated_clock` is null if time is real. The engine must have started.
  RpcServer(RpcOptions options, Engine& engine, const Clock& clock, ClockControl* simulated_clock,
            RpcObserver& observer, Doorkeepers doorkeepers = {});
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  /// Takes the ports; a fault names the address. Peers may connect from now on.
  [[nodiscard]] Result<Done> listen();
  /// `host:port` of each reactor.
  [[nodiscard]] std::vector<std::string> endpoints() const;
  void serve();
  /// Calls a method of `TenantAdmin` or `Operator` that is written in JSON, as `JsonCalls` does; on
  /// this reactor, which must be serving.
  void call_in_json(ReactorIndex here, const Access& access, const std::string& peer,
                    std::string_view method, std::string_view params,
                    std::function<void(Result<std::string>)> answered);

  /// Accepts no more, refuses new calls, and waits until all answers have left, at most so long.
  /// Returns whether they have.
  [[nodiscard]] bool drain(std::chrono::milliseconds patience);
  /// Ends all connections.
  void close();

private:
  RpcOptions options_;
  std::shared_ptr<RpcEnvironment> environment_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::shared_ptr<JsonCalls>> json_calls_;  ///< Of each reactor.
};

}  // namespace sluice
