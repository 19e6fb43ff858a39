// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_status.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

constexpr std::size_t busiest_max = 100;

/// The busiest of all reactors, most checks first.
std::vector<BusyTenant> busiest_of(const std::vector<ReactorStatus>& reactors) {
  std::vector<BusyTenant> busiest;
  for (const ReactorStatus& reactor : reactors) {
    busiest.insert(busiest.end(), reactor.busiest.begin(), reactor.busiest.end());
  }
  std::sort(busiest.begin(), busiest.end(), [](const BusyTenant& a, const BusyTenant& b) {
    return a.checks_per_second > b.checks_per_second;
  });
  busiest.resize(std::min(busiest.size(), busiest_max));
  return busiest;
}

ServerStatus status_of(const RpcEnvironment& environment, const Engine& engine,
                       std::vector<ReactorStatus> reactors) {
  const Now now = environment.clock.now();
  ServerStatus status;
  status.server = environment.server;
  status.ownership = engine.ownership();
  status.start = engine.start_times();
  status.now = now.wall;
  status.uptime = now.steady - environment.started;
  status.simulated_time = environment.simulated_clock != nullptr;
  status.busiest = busiest_of(reactors);
  status.reactors = std::move(reactors);
  for (std::size_t i = 0; i < status.reactors.size(); ++i) {
    status.reactors[i].connections = environment.connections[i].load();
  }
  return status;
}

}  // namespace

kj::Promise<void> answer_status(
    Management& calls,
    capnp::CallContext<wire::Operator::StatusParams, wire::Operator::StatusResults> context) {
  const auto ask = [&calls](Reply<std::vector<ReactorStatus>> reply) {
    calls.engine().status(calls.here(), std::move(reply));
  };
  return calls.ask<std::vector<ReactorStatus>>(ask).then(
      [&calls, context](Result<std::vector<ReactorStatus>> reactors) mutable -> kj::Promise<void> {
        if (!reactors.ok()) {
          return refusal(kj::Exception::Type::OVERLOADED, reactors.fault().context);
        }
        encode_status(status_of(calls.environment(), calls.engine(), std::move(reactors).value()),
                      context.getResults().initStatus());
        return kj::READY_NOW;
      });
}

}  // namespace sluice
