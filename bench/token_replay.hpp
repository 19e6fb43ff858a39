// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/time.hpp"
#include "bench/request_trace.hpp"

namespace sluice::bench {

/// How a request is admitted whose tokens are known only once its answer is written.
enum class Admission : std::uint8_t {
  check_then_record,  ///< Peeks for the estimate, and records what was used afterwards.
  reserve,            ///< Reserves the estimate, and commits what was used, be it more.
  /// Reserves the estimate, and as much again whenever the answer grows beyond it; where that is
  /// refused the answer ends.
  reserve_as_it_grows,
};

/// How many tokens an answer is expected to have.
enum class Estimate : std::uint8_t {
  mean,  ///< As many as those that were finished before, on average.
  most,  ///< As many as the longest of the trace, which stands for the model's own limit.
};

struct TokenReplayOptions {
  std::size_t tenants = 200;         ///< Drawn by Zipf with the exponent 0.99 and a fixed seed.
  std::uint64_t quota_percent = 50;  ///< A tenant's tokens a day, as a share of what it asks for.
  Duration token_time = std::chrono::milliseconds{30};  ///< That the model takes for each token.
};

struct TokenReplayResult {
  std::size_t answered = 0;  ///< Requests, those among them that were cut short.
  std::size_t refused = 0;
  std::size_t cut_short = 0;
  Amount used;    ///< Tokens, of all tenants.
  Amount quotas;  ///< Of all tenants.
  /// By how much a tenant's used and held tokens passed its quota at any instant, at most.
  Amount passed_most;
  std::size_t tenants_passed = 0;  ///< That ever did.
};

/// Replays a trace on the code that decides in the server, under simulated time: each tenant has a
/// quota of tokens a day, the day starts with the trace, and every instant at which something
/// changes is looked at.
[[nodiscard]] TokenReplayResult replay_tokens(std::span<const TraceRequest> trace,
                                              Admission admission, Estimate estimate,
                                              const TokenReplayOptions& options);

}  // namespace sluice::bench
