// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/published_counts.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/outbox.hpp"
#include "actors/tenant/report.hpp"
#include "server/metrics/decision_latency.hpp"

namespace sluice {

/// Everything that one scrape tells.
struct Figures {
  std::string version;
  Duration uptime{};
  OwnershipStatus ownership{};
  StartTimes start{};
  std::vector<ReactorStatus> reactors;
  LatencyReading latency{};
  LatencyReading store_reads{};
  LatencyReading store_writes{};
  std::vector<std::size_t> store_mailboxes;  ///< Of the writer, each reader and the analyst.
  PublishedCounts::Counts tenant_counts{};
  MeterTable meters;
  std::uint64_t thresholds_crossed = 0;
  std::uint64_t shares_granted = 0;
  std::uint64_t store_failures = 0;
  std::uint64_t log_lines_kept_back = 0;
  std::array<std::uint64_t, alert_kind_names.size()> alerts{};  ///< By `AlertKind`.
  std::array<std::uint64_t, 3> deliveries{};                    ///< Attempts, by `DeliveryState`.
  std::vector<TenantChecks> tenants;  ///< Those that have names, and all others last.
  std::vector<TenantUsage> usage;     ///< Of tenants that have names in `tenants`.
};

/// In the text format of Prometheus.
///
/// Threading  Any thread; takes its time, so none that decides.
[[nodiscard]] std::string exposition_of(const Figures& figures);

}  // namespace sluice
