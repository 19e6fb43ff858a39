// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
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

/// What is out on leases of one meter.
struct MeterLeases {
  MeterId meter;
  std::uint64_t leases = 0;
  Amount amount;  ///< Neither spent nor given back, as far as was reported.
  friend bool operator==(const MeterLeases&, const MeterLeases&) = default;
};

/// Checks by what was decided.
class DecidedChecks {
public:
  [[nodiscard]] std::uint64_t& operator[](Outcome outcome) { return counts_[place_of(outcome)]; }
  [[nodiscard]] std::uint64_t operator[](Outcome outcome) const {
    return counts_[place_of(outcome)];
  }
  DecidedChecks& operator+=(const DecidedChecks& others) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i] += others.counts_[i];
    }
    return *this;
  }
  [[nodiscard]] std::uint64_t all() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
  }
  /// Those that people seldom see: all but allowed, denied, throttled and of unknown tenants.
  [[nodiscard]] std::uint64_t others() const {
    return all() - (*this)[Outcome::allowed] - (*this)[Outcome::denied] -
           (*this)[Outcome::throttled] - (*this)[Outcome::unknown_tenant];
  }
  friend bool operator==(const DecidedChecks&, const DecidedChecks&) = default;

private:
  static constexpr std::size_t place_of(Outcome outcome) {
    return static_cast<std::size_t>(outcome);
  }
  std::array<std::uint64_t, outcome_count> counts_{};
};

/// Checks of one tenant that its limits allowed or refused, or of all those that are not told of
/// by name.
struct TenantChecks {
  std::optional<TenantId> tenant;  ///< Nothing: the others.
  std::uint64_t asked = 0;
  std::uint64_t refused = 0;  ///< Of these: denied or throttled.
  friend bool operator==(const TenantChecks&, const TenantChecks&) = default;
};

/// Totals since the start, but for the gauges.
struct ReactorStatus {
  DecidedChecks decided;
  std::uint64_t hops = 0;  ///< Checks that arrived at a reactor that does not own their shard.
  std::uint64_t resident_tenants = 0;  ///< Gauge.
  std::uint64_t activations = 0;
  std::uint64_t passivations = 0;
  std::uint64_t waiting_checks = 0;  ///< Gauge: their tenant is being loaded.
  std::uint64_t dirty_tenants = 0;   ///< Gauge: not yet in the store.
  std::uint64_t history_rows = 0;    ///< Gauge: closed minutes and windows not yet in the store.
  std::uint64_t history_lost = 0;    ///< Closed windows for which there was no place.
  /// Gauge: of the dirty ones, those whose state the store refuses.
  std::uint64_t refused_tenants = 0;
  std::uint64_t flushes = 0;
  std::uint64_t flush_failures = 0;
  Duration last_flush{};        ///< Gauge: how long the store took for the last batch.
  Duration write_behind_lag{};  ///< Gauge: since when something waits to be written.
  std::uint64_t mailbox = 0;    ///< Gauge: messages that wait for its host.
  JournalFigures journal;
  bool journal_writable = true;       ///< Gauge: what is charged can be made safe.
  std::vector<MeterLeases> leases;    ///< Gauge: of resident tenants.
  std::uint64_t connections = 0;      ///< Gauge; filled in by the server.
  std::vector<BusyTenant> busiest;    ///< Most checks first, estimated.
  std::vector<TenantChecks> tenants;  ///< Those that have names, and the others last.
};

/// By what right a server serves.
struct OwnershipStatus {
  Epoch epoch;
  bool owner = false;
  std::optional<Duration> lease_left;  ///< Nothing: it needs none.
  Duration lease{};                    ///< What is left right after a renewal; 0 if it needs none.
};

/// How long a start took.
struct StartTimes {
  Duration replay{};  ///< Reading what earlier runs journalled, and writing down again what counts.
  Duration load{};    ///< The rest of what was asked of the store before the first check.
};

struct ServerStatus {
  std::string server;
  OwnershipStatus ownership;
  StartTimes start;
  WallTime now;
  Duration uptime{};
  bool simulated_time = false;
  std::vector<ReactorStatus> reactors;
  std::vector<BusyTenant> busiest;
};

}  // namespace sluice
