// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "actors/tenant/observer.hpp"
#include "server/metrics/store_latency.hpp"

namespace sluice {

/// What works now, for whoever asks whether the server is well.
struct Vitals {
  bool journal = true;  ///< Of every reactor.
  bool store = true;    ///< It answers, and took the last batch of every reactor.
};

/// How far a start has read the journals of earlier runs; of nothing before it begins.
struct RecoveryProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};

/// Counts what the engine tells, and hands it on.
///
/// Threading  Any thread.
/// Ownership  Borrows the next observer.
/// Errors     None.
class CountingObserver final : public Observer {
public:
  explicit CountingObserver(Observer& next) : next_(next) {}

  void threshold_crossed(const ThresholdCrossed& event) override;
  void alert_raised(const Alert& alert) override;
  void delivery_attempted(const DueDelivery& delivery) override;
  void access_changed(const SharingRequest& request) override;
  void store_failed(const char* what, const Fault& fault) override;
  void store_worked(StoreWork work, Duration took) override;
  void save_refused(TenantId tenant, const Fault& fault) override {
    next_.save_refused(tenant, fault);
  }
  void due_refused(TenantId tenant, const Fault& fault) override {
    next_.due_refused(tenant, fault);
  }
  void journal_failed(const Fault& fault) override;
  void vital_changed(Vital vital, bool works) override;
  void ownership_lost(const Fault& fault) override { next_.ownership_lost(fault); }
  void recovering(std::uint64_t bytes_done, std::uint64_t bytes_total) override;

  [[nodiscard]] Vitals vitals() const;
  [[nodiscard]] RecoveryProgress recovery() const {
    return {recovered_bytes_.load(), recovery_bytes_.load()};
  }
  [[nodiscard]] std::uint64_t thresholds_crossed() const { return thresholds_crossed_.load(); }
  [[nodiscard]] std::uint64_t alerts(AlertKind kind) const {
    return alerts_[static_cast<std::size_t>(kind)].load();
  }
  /// Attempts after which the delivery was in this state; pending is one that failed for now.
  [[nodiscard]] std::uint64_t deliveries(DeliveryState state) const {
    return deliveries_[static_cast<std::size_t>(state)].load();
  }
  /// Grants to use what another tenant shares.
  [[nodiscard]] std::uint64_t shares_granted() const { return shares_granted_.load(); }
  [[nodiscard]] std::uint64_t store_failures() const { return store_failures_.load(); }
  [[nodiscard]] std::uint64_t journal_failures() const { return journal_failures_.load(); }
  [[nodiscard]] LatencyReading store_latency(StoreWork work) const {
    return store_latency_[static_cast<std::size_t>(work)].read();
  }

private:
  [[nodiscard]] bool works(Vital vital) const {
    return ailing_[static_cast<std::size_t>(vital)].load(std::memory_order_relaxed) == 0;
  }

  Observer& next_;
  std::array<StoreLatency, 2> store_latency_;  ///< In the order of `StoreWork`.
  std::atomic<std::uint64_t> thresholds_crossed_{0};
  std::array<std::atomic<std::uint64_t>, alert_kind_names.size()> alerts_{};
  std::array<std::atomic<std::uint64_t>, 3> deliveries_{};
  std::atomic<std::uint64_t> shares_granted_{0};
  std::atomic<std::uint64_t> store_failures_{0};
  std::atomic<std::uint64_t> journal_failures_{0};
  std::atomic<std::uint64_t> recovered_bytes_{0};
  std::atomic<std::uint64_t> recovery_bytes_{0};
  std::array<std::atomic<int>, vital_count> ailing_{};  ///< How many of each `Vital` do not work.
};

}  // namespace sluice
