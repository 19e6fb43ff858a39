// SPDX-License-Identifier: Apache-2.0
#include "bench/load_tally.hpp"

#include <algorithm>
#include <numeric>

namespace sluice::bench {

std::uint64_t LoadTally::checks() const noexcept {
  return std::accumulate(outcomes.begin(), outcomes.end(), by_policy);
}

void LoadTally::merge(const LoadTally& other) noexcept {
  latency.merge(other.latency);
  for (std::size_t outcome = 0; outcome < outcome_count; ++outcome) {
    outcomes[outcome] += other.outcomes[outcome];
  }
  by_policy += other.by_policy;
  by_lease += other.by_lease;
  requests += other.requests;
  last_answer = std::max(last_answer, other.last_answer);
}

void LoadRecorder::record(RequestIndex first, std::span<const client::Answer> answers,
                          LoadClock::time_point asked, LoadClock::time_point now) noexcept {
  const bool measured = asked >= measure_from_;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const RequestIndex check{first.raw() + i};
    const client::Answer& answer = answers[i];
    if (answer.by_policy) {
      ledger_.uncertain(workload_.tenant(check), workload_.user(check), workload_.charges(check));
    } else if (answer.decision.outcome == Outcome::allowed) {
      ledger_.admitted(workload_.tenant(check), workload_.user(check), workload_.charges(check));
    }
    if (measured && answer.by_policy) {
      ++tally_.by_policy;
    } else if (measured) {
      ++tally_.outcomes[static_cast<std::size_t>(answer.decision.outcome)];
      tally_.by_lease += answer.by_lease ? 1U : 0U;
    }
  }
  if (measured) {
    tally_.latency.record(now - asked);
    ++tally_.requests;
    tally_.last_answer = now;
  }
  // Only this thread writes it, so no read-modify-write is needed.
  answered_.store(answered() + 1, std::memory_order_relaxed);
}

}  // namespace sluice::bench
