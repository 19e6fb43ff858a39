// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "actors/tenant/time.hpp"

namespace sluice {

/// For how long this server may take itself for the owner of its shards.
///
/// Role       The server's side of its lease. Whoever acknowledges something looks here after it
///            was journalled: so a process that was stopped for longer than its lease says nothing
///            more, even in the middle of a turn.
/// Threading  Any thread.
/// Ownership  None.
/// Units      The machine's monotonic time, also where the decisions' clock is simulated.
/// Errors     None.
/// Cost       One load.
class Tenure {
public:
  /// A lease is renewed so many times while it would last: some of them may fail.
  static constexpr int renewals_per_lease = 5;

  /// What of a lease may be relied on: clocks run at different speeds.
  [[nodiscard]] static constexpr Duration reliable(Duration lease) noexcept {
    return lease - lease / 10;
  }
  /// The store granted the lease, or renewed it, at some moment after it was asked, so it counts
  /// from before that.
  void granted(Instant asked, Duration lease) noexcept { extend(asked + reliable(lease)); }
  /// Once ended, a tenure stays so.
  void extend(Instant until) noexcept {
    std::int64_t now = until_.load(std::memory_order_relaxed);
    const std::int64_t wished = until.time_since_epoch().count();
    while (now != over && now < wished && !until_.compare_exchange_weak(now, wished)) {
    }
  }
  /// Somebody else owns the shards.
  void end() noexcept { until_.store(over); }

  [[nodiscard]] bool holds(Instant now) const noexcept {
    return now.time_since_epoch().count() < until_.load(std::memory_order_acquire);
  }
  [[nodiscard]] Instant until() const noexcept { return Instant{Duration{until_.load()}}; }
  [[nodiscard]] bool ended() const noexcept { return until_.load() == over; }

private:
  static constexpr std::int64_t over = INT64_MIN;
  static constexpr std::int64_t not_begun = INT64_MIN + 1;
  std::atomic<std::int64_t> until_{not_begun};
};

}  // namespace sluice
