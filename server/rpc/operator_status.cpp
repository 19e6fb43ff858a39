// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_status.hpp"

#include <algorithm>
#include <utility>

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

}  // namespace

ServerStatus status_of(const RpcEnvironment& environment, const OwnershipStatus& ownership,
                       std::vector<ReactorStatus> reactors) {
  const Now now = environment.clock.now();
  ServerStatus status;
  status.server = environment.server;
  status.ownership = ownership;
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

}  // namespace sluice
