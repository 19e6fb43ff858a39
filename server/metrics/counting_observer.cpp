// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/counting_observer.hpp"

namespace sluice {

void CountingObserver::threshold_crossed(const ThresholdCrossed& event) {
  thresholds_crossed_.fetch_add(1, std::memory_order_relaxed);
  next_.threshold_crossed(event);
}

void CountingObserver::alert_raised(const Alert& alert) {
  alerts_[static_cast<std::size_t>(alert.kind)].fetch_add(1, std::memory_order_relaxed);
  next_.alert_raised(alert);
}

void CountingObserver::delivery_attempted(const DueDelivery& delivery) {
  deliveries_[static_cast<std::size_t>(delivery.delivery.state)].fetch_add(
      1, std::memory_order_relaxed);
  next_.delivery_attempted(delivery);
}

void CountingObserver::access_changed(const SharingRequest& request) {
  if (request.state == SharingState::approved) {
    shares_granted_.fetch_add(1, std::memory_order_relaxed);
  }
  next_.access_changed(request);
}

void CountingObserver::store_failed(const char* what, const Fault& fault) {
  store_failures_.fetch_add(1, std::memory_order_relaxed);
  next_.store_failed(what, fault);
}

void CountingObserver::store_worked(StoreWork work, Duration took) {
  store_latency_[static_cast<std::size_t>(work)].record(took);
  next_.store_worked(work, took);
}

void CountingObserver::journal_failed(const Fault& fault) {
  journal_failures_.fetch_add(1, std::memory_order_relaxed);
  next_.journal_failed(fault);
}

void CountingObserver::recovering(std::uint64_t bytes_done, std::uint64_t bytes_total) {
  recovered_bytes_.store(bytes_done);
  recovery_bytes_.store(bytes_total);
  next_.recovering(bytes_done, bytes_total);
}

void CountingObserver::vital_changed(Vital vital, bool works) {
  ailing_[static_cast<std::size_t>(vital)].fetch_add(works ? -1 : 1, std::memory_order_relaxed);
  next_.vital_changed(vital, works);
}

Vitals CountingObserver::vitals() const {
  return {.journal = works(Vital::journal), .store = works(Vital::flush) && works(Vital::store)};
}

}  // namespace sluice
