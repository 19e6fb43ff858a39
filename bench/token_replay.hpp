// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/time.hpp"
#include "bench/request_trace.hpp"
#include "bench/token_quotas.hpp"

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
  friend bool operator==(const TokenReplayResult&, const TokenReplayResult&) = default;
};

/// Replays a trace on new tenants, which are told their quotas: every instant at which something
/// changes is looked at, by the answers. A replay within a day of theirs meets each quota once.
[[nodiscard]] TokenReplayResult replay_tokens(std::span<const TraceRequest> trace,
                                              Admission admission, Estimate estimate,
                                              const TokenReplayOptions& options,
                                              TokenQuotas& tenants);

}  // namespace sluice::bench
