// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "server/http/answer_text.hpp"
#include "server/http/authorize.hpp"
#include "server/http/policies.hpp"
#include "server/http/site.hpp"
#include "server/http/tenant_names.hpp"
#include "server/metrics/counting_observer.hpp"
#include "server/metrics/decision_latency.hpp"
#include "server/metrics/scraper.hpp"
#include "server/rpc/clock_control.hpp"
#include "server/rpc/rpc_observer.hpp"

namespace sluice {
class RpcServer;
}

namespace sluice::http {

/// What the interface stands on; all of it outlives the server.
struct Foundations {
  Engine& engine;
  const Clock& clock;             ///< The decisions' time.
  const Clock& machine;           ///< Time that nobody moves.
  ClockControl* simulated_clock;  ///< Null if time is real.
  RpcObserver& observer;
  Authorize& authorize;
  DecisionLatency& latency;
  const CountingObserver& counts;
  Scraper& scraper;
  RpcServer& native;  ///< Serves before this interface, and as long.
};

/// What the connections of all reactors share.
struct Environment {
  Environment(Foundations foundations, Bounds held_to, std::string name)
      : on(foundations), bounds(held_to), server(std::move(name)) {}

  Foundations on;
  Bounds bounds;
  std::string server;  ///< Such as "sluiced/0.1.0".
  std::atomic<std::size_t> connections_open{0};
};

/// What the connections of one reactor share.
///
/// Threading  Confined to its reactor.
/// Ownership  Shared by everything that may outlive the connection it was made for.
struct Service final : public Site, public std::enable_shared_from_this<Service> {
  Service(std::shared_ptr<Environment> shared, ReactorIndex reactor)
      : environment(std::move(shared)),
        here(reactor),
        names(engine(), here, environment->on.machine),
        policies(engine(), here, environment->on.machine) {}

  [[nodiscard]] Engine& engine() const { return environment->on.engine; }
  [[nodiscard]] Now now() const { return environment->on.clock.now(); }

  [[nodiscard]] const Bounds& bounds() const override { return environment->bounds; }
  [[nodiscard]] std::string_view date() override { return dates.of(now().wall); }
  [[nodiscard]] bool is_stopping() const override { return stopping; }
  /// By the table of routes.
  void answer(Request request, Respond respond) override;

  std::shared_ptr<Environment> environment;
  ReactorIndex here;
  TenantNames names;
  Policies policies;
  DateText dates;
  std::mt19937_64 random{std::random_device{}()};
  std::size_t requests_in_flight = 0;
  bool stopping = false;
};

}  // namespace sluice::http
