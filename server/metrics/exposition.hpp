// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/tenant/report.hpp"
#include "server/metrics/decision_latency.hpp"
#include "server/metrics/tenant_tally.hpp"

namespace sluice {

/// Everything that one scrape tells.
struct Figures {
  std::string version;
  Duration uptime{};
  OwnershipStatus ownership{};
  std::vector<ReactorStatus> reactors;
  LatencyReading latency{};
  std::uint64_t thresholds_crossed = 0;
  std::uint64_t store_failures = 0;
  std::vector<TenantTally::Count> tenants;
  std::vector<TenantUsage> usage;  ///< Of tenants that have names in `tenants`.
};

/// In the text format of Prometheus.
///
/// Threading  Any thread; takes its time, so none that decides.
[[nodiscard]] std::string exposition_of(const Figures& figures);

}  // namespace sluice
