// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/time.hpp"
#include "bench/admission_ledger.hpp"
#include "bench/load_options.hpp"
#include "bench/load_tally.hpp"
#include "bench/request_trace.hpp"
#include "bench/spender.hpp"
#include "bench/workload.hpp"

namespace sluice::bench {

using Clients = std::vector<std::unique_ptr<Spender>>;

/// How a load is going.
struct LoadProgress {
  Duration since_start{};
  std::uint64_t answered = 0;  ///< Requests, warm-up included.
};

/// What every kind of load needs. All of it is borrowed.
struct LoadRun {
  const LoadOptions& options;
  const Workload& workload;
  AdmissionLedger& ledger;
  Clients& clients;
  std::function<void(const LoadProgress&)> progress;  ///< Several times a second.
};

/// What came of a load.
struct LoadResult {
  LoadTally tally;
  Duration elapsed{};            ///< From the start of the measured part to the last answer.
  std::uint64_t unanswered = 0;  ///< Requests that had no answer when the run was given up.
  /// Open loop: how late requests left. What is late here is in the latencies too.
  std::optional<Histogram> sent_late;
};

/// Keeps so many requests in flight until the time or the count is up. Every run ends: at the
/// latest one check timeout and a few seconds after that.
[[nodiscard]] LoadResult run_closed_loop(const LoadRun& run, const ClosedLoop& loop);

/// Sends requests at a fixed rate, each when it is due, however late the answers are.
[[nodiscard]] LoadResult run_open_loop(const LoadRun& run, const OpenLoop& loop);

/// Sends one check for each request of the trace at its moment.
[[nodiscard]] LoadResult run_replay(const LoadRun& run, const Replay& replay,
                                    std::span<const TraceRequest> trace);

}  // namespace sluice::bench
