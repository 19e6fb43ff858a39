// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "actors/runtime/engine.hpp"
#include "server/access.hpp"
#include "server/auth/authenticator.hpp"
#include "server/config/config.hpp"
#include "server/credential_gate.hpp"
#include "server/http/http_server.hpp"
#include "server/log_observer.hpp"
#include "server/metrics/counting_observer.hpp"
#include "server/metrics/decision_latency.hpp"
#include "server/metrics/scraper.hpp"
#include "server/rpc/clock_control.hpp"
#include "server/rpc/rpc_server.hpp"
#include "server/stored_roles.hpp"

namespace sluice {

/// What the configuration says of the HTTP interface.
[[nodiscard]] http::Options http_options(const ServerConfig& config, TlsContext tls);

/// Both interfaces, and those who say who may use them.
///
/// Threading  One thread, which is not a reactor's.
/// Ownership  Borrows the engine, which must have started, and the ground; destroyed after the
///            engine has stopped.
/// Errors     Only `open`.
class Fronts {
public:
  struct Ground {
    const Clock& clock;
    ClockControl* simulated_clock;
    const Clock& machine;
    LogObserver& observer;
    CountingObserver& counts;
  };
  struct Credentials {
    TlsContext tls;
    std::optional<auth::TokenSource> tokens;
  };

  /// Without a host in `http` there is no such interface.
  Fronts(const ServerConfig& config, http::Options http, Engine& engine, const Ground& on,
         Credentials credentials);

  /// Takes the ports, and makes sure that somebody can enter.
  [[nodiscard]] Result<Done> open(const ServerConfig& config, Engine& engine,
                                  const DataDirectory& directory);
  void serve();
  /// Returns whether all answers have left.
  [[nodiscard]] bool drain(std::chrono::milliseconds patience);
  void close();

  [[nodiscard]] const RpcServer& rpc() const { return rpc_; }
  /// Null if there is none.
  [[nodiscard]] const http::Server* web() const { return web_ ? &*web_ : nullptr; }

private:
  auth::Authenticator authenticator_;
  StoredRoles roles_;
  http::AdmitEverybody everybody_;
  CredentialGate holders_;
  DecisionLatency latency_;
  Scraper scraper_;
  RpcServer rpc_;
  std::optional<http::Server> web_;
};

}  // namespace sluice
