// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What a server tells the people who run it.

/// What a tenant has used, at one instant.
struct TenantUsage {
  TenantId tenant;
  std::vector<LimitUsage> limits;
  WallTime at;
};

/// A limit of credit after somebody changed it.
struct CreditReport {
  LimitUsage usage;
  bool repeated = false;  ///< It was done before, and nothing was changed now.
  WallTime at;
};

/// Rates estimated over the last seconds.
struct BusyTenant {
  TenantId tenant;
  std::uint64_t checks_per_second = 0;
  std::uint64_t denied_per_second = 0;  ///< Those that were throttled among them.
};

/// Totals since the start, but for the gauges.
struct ReactorStatus {
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t throttled = 0;
  std::uint64_t unknown_tenant = 0;
  std::uint64_t other_outcomes = 0;
  std::uint64_t hops = 0;  ///< Checks that arrived at a reactor that does not own their shard.
  std::uint64_t resident_tenants = 0;  ///< Gauge.
  std::uint64_t activations = 0;
  std::uint64_t passivations = 0;
  std::uint64_t waiting_checks = 0;  ///< Gauge: their tenant is being loaded.
  std::uint64_t dirty_tenants = 0;   ///< Gauge: not yet in the store.
  std::uint64_t history_rows = 0;    ///< Gauge: closed minutes and windows not yet in the store.
  std::uint64_t history_lost = 0;    ///< Closed windows for which there was no place.
  std::uint64_t flushes = 0;
  std::uint64_t flush_failures = 0;
  Duration last_flush{};        ///< Gauge: how long the store took for the last batch.
  Duration write_behind_lag{};  ///< Gauge: since when something waits to be written.
  JournalFigures journal;
  std::uint64_t connections = 0;    ///< Gauge; filled in by the server.
  std::vector<BusyTenant> busiest;  ///< Most checks first, estimated.
};

/// By what right a server serves.
struct OwnershipStatus {
  Epoch epoch;
  bool owner = false;
  std::optional<Duration> lease_left;  ///< Nothing: it needs none.
};

struct ServerStatus {
  std::string server;
  OwnershipStatus ownership;
  WallTime now;
  Duration uptime{};
  bool simulated_time = false;
  std::vector<ReactorStatus> reactors;
  std::vector<BusyTenant> busiest;
};

}  // namespace sluice
