// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/tenant/check.hpp"
#include "bench/admission_ledger.hpp"
#include "bench/histogram.hpp"
#include "bench/workload.hpp"
#include "protocol/client/client.hpp"

namespace sluice::bench {

/// The load generator's own clock: bench measures the world, so it may read one.
using LoadClock = std::chrono::steady_clock;

inline constexpr std::size_t outcome_count = 13;

/// What became of the requests of a load.
struct LoadTally {
  Histogram latency;  ///< One record for each request, however many checks it carried.
  std::array<std::uint64_t, outcome_count> outcomes{};  ///< Checks, by `Outcome`.
  std::uint64_t by_policy = 0;                          ///< Checks that no server answered.
  std::uint64_t by_lease = 0;                           ///< Those that were allowed, from a slice.
  std::uint64_t requests = 0;
  LoadClock::time_point last_answer;

  [[nodiscard]] std::uint64_t checks() const noexcept;
  void merge(const LoadTally& other) noexcept;
};

/// Takes the answers of some callers: measured ones into the tally, all into the ledger.
///
/// Threading  One thread at a time; `answered` from any thread. The ledger may be shared.
/// Ownership  Borrows workload and ledger.
class LoadRecorder {
public:
  LoadRecorder(const Workload& workload, AdmissionLedger& ledger, LoadClock::time_point from)
      : workload_(workload), ledger_(ledger), measure_from_(from) {}

  /// The answers to the checks from `first` on, asked at `asked` (or due then). What was asked
  /// before the measured part began is not tallied.
  void record(RequestIndex first, std::span<const client::Answer> answers,
              LoadClock::time_point asked, LoadClock::time_point now) noexcept;

  [[nodiscard]] const LoadTally& tally() const noexcept { return tally_; }
  /// Requests answered so far, for a progress line.
  [[nodiscard]] std::uint64_t answered() const noexcept {
    return answered_.load(std::memory_order_relaxed);
  }

private:
  const Workload& workload_;
  AdmissionLedger& ledger_;
  LoadClock::time_point measure_from_;
  LoadTally tally_;
  std::atomic<std::uint64_t> answered_{0};
};

}  // namespace sluice::bench
