// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "actors/tenant/time.hpp"
#include "server/metrics/decision_latency.hpp"

namespace sluice {

/// Measures what the threads that talk to the store are asked to do.
///
/// Threading  Any thread.
/// Ownership  Owns its counts.
/// Units      As the members of `LatencyReading` say.
/// Errors     None.
/// Cost       A search in 16 bounds and two atomic additions.
class StoreLatency {
public:
  void record(Duration took) noexcept {
    const auto bound = std::ranges::lower_bound(LatencyReading::bounds_us, took.count() / 1'000);
    const auto at = static_cast<std::size_t>(bound - LatencyReading::bounds_us.begin());
    counts_[at].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())),
                      std::memory_order_relaxed);
  }
  [[nodiscard]] LatencyReading read() const {
    LatencyReading reading;
    for (std::size_t i = 0; i < reading.counts.size(); ++i) {
      reading.counts[i] = counts_[i].load(std::memory_order_relaxed);
    }
    reading.sum_ns = sum_ns_.load(std::memory_order_relaxed);
    return reading;
  }

private:
  std::array<std::atomic<std::uint64_t>, LatencyReading::bounds_us.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

}  // namespace sluice
