// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "actors/tenant/clock.hpp"
#include "actors/tenant/observer.hpp"
#include "server/metrics/tenant_tally.hpp"

namespace sluice {

/// What went wrong lately, for whoever asks whether the server is well.
struct Vitals {
  bool store_failing = false;    ///< A call to the store failed within `lately`.
  bool journal_failing = false;  ///< So did a write to the journal.
};

/// Counts what the engine tells, and hands it on.
///
/// Threading  Any thread.
/// Ownership  Borrows the next observer and the machine's clock.
/// Errors     None.
class CountingObserver final : public Observer {
public:
  static constexpr std::size_t tenants_with_names_max = 50;
  static constexpr std::chrono::seconds lately{5};

  CountingObserver(Observer& next, const Clock& machine) : next_(next), machine_(machine) {}

  void threshold_crossed(const ThresholdCrossed& event) override;
  void minute_closed(const UsageRow& row) override;
  void store_failed(const char* what, const Fault& fault) override;
  void journal_failed(const Fault& fault) override;
  void ownership_lost(const Fault& fault) override { next_.ownership_lost(fault); }
  void recovering(std::uint64_t bytes_done, std::uint64_t bytes_total) override {
    next_.recovering(bytes_done, bytes_total);
  }

  [[nodiscard]] Vitals vitals() const;
  [[nodiscard]] std::uint64_t thresholds_crossed() const { return thresholds_crossed_.load(); }
  [[nodiscard]] std::uint64_t store_failures() const { return store_failures_.load(); }
  [[nodiscard]] std::uint64_t journal_failures() const { return journal_failures_.load(); }
  [[nodiscard]] const TenantTally& tenants() const { return tenants_; }

private:
  [[nodiscard]] std::int64_t now() const {
    return machine_.now().steady.time_since_epoch().count();
  }
  [[nodiscard]] bool lately_at(std::int64_t instant) const;

  Observer& next_;
  const Clock& machine_;
  TenantTally tenants_{tenants_with_names_max};
  std::atomic<std::uint64_t> thresholds_crossed_{0};
  std::atomic<std::uint64_t> store_failures_{0};
  std::atomic<std::uint64_t> journal_failures_{0};
  std::atomic<std::int64_t> store_failed_at_{0};    ///< 0: never.
  std::atomic<std::int64_t> journal_failed_at_{0};  ///< 0: never.
};

}  // namespace sluice
