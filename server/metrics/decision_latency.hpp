// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// How long callers waited for decisions: counts by upper bound.
struct LatencyReading {
  static constexpr std::array<std::int64_t, 16> bounds_us{
      5,     10,    25,     50,     100,    250,     500,     1'000,
      2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000};
  std::array<std::uint64_t, bounds_us.size() + 1> counts{};  ///< The last is beyond all bounds.
  std::uint64_t sum_ns = 0;

  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const std::uint64_t each : counts) {
      all += each;
    }
    return all;
  }
};

/// Measures decisions, from the call that was read to the answer that may leave.
///
/// Role       A histogram for each reactor, added up when somebody looks.
/// Threading  `record` only on the reactor it names; `read` on any thread.
/// Ownership  Owns its counts; outlives who records.
/// Units      As the members say.
/// Errors     None.
/// Cost       `record` is a search in 16 bounds and two stores, without a lock or an allocation.
class DecisionLatency {
public:
  explicit DecisionLatency(std::size_t reactors) : shares_(reactors) {}

  /// All checks of a call waited so long.
  void record(ReactorIndex here, Duration waited, std::size_t checks) noexcept {
    Share& share = shares_[here.raw()];
    const std::int64_t us = waited.count() / 1'000;
    const auto bound = std::ranges::lower_bound(LatencyReading::bounds_us, us);
    add(share.counts[static_cast<std::size_t>(bound - LatencyReading::bounds_us.begin())], checks);
    add(share.sum_ns,
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, waited.count())) * checks);
  }

  [[nodiscard]] LatencyReading read() const {
    LatencyReading all;
    for (const Share& share : shares_) {
      for (std::size_t i = 0; i < all.counts.size(); ++i) {
        all.counts[i] += share.counts[i].load(std::memory_order_relaxed);
      }
      all.sum_ns += share.sum_ns.load(std::memory_order_relaxed);
    }
    return all;
  }

private:
  struct alignas(64) Share {
    std::array<std::atomic<std::uint64_t>, LatencyReading::bounds_us.size() + 1> counts{};
    std::atomic<std::uint64_t> sum_ns{0};
  };
  /// One thread writes, so nothing has to be locked.
  static void add(std::atomic<std::uint64_t>& to, std::uint64_t what) noexcept {
    to.store(to.load(std::memory_order_relaxed) + what, std::memory_order_relaxed);
  }

  std::vector<Share> shares_;
};

}  // namespace sluice
