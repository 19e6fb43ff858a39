// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/counting_observer.hpp"

namespace sluice {

void CountingObserver::threshold_crossed(const ThresholdCrossed& event) {
  thresholds_crossed_.fetch_add(1, std::memory_order_relaxed);
  next_.threshold_crossed(event);
}

void CountingObserver::minute_closed(const UsageRow& row) {
  tenants_.add(row);
  next_.minute_closed(row);
}

void CountingObserver::store_failed(const char* what, const Fault& fault) {
  store_failures_.fetch_add(1, std::memory_order_relaxed);
  store_failed_at_.store(now(), std::memory_order_relaxed);
  next_.store_failed(what, fault);
}

void CountingObserver::journal_failed(const Fault& fault) {
  journal_failures_.fetch_add(1, std::memory_order_relaxed);
  journal_failed_at_.store(now(), std::memory_order_relaxed);
  next_.journal_failed(fault);
}

bool CountingObserver::lately_at(std::int64_t instant) const {
  return instant != 0 && Duration{now() - instant} < lately;
}

Vitals CountingObserver::vitals() const {
  return {.store_failing = lately_at(store_failed_at_.load(std::memory_order_relaxed)),
          .journal_failing = lately_at(journal_failed_at_.load(std::memory_order_relaxed))};
}

}  // namespace sluice
