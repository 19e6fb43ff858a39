// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>

#include "bench/load_options.hpp"
#include "bench/load_tally.hpp"

namespace sluice::bench {

/// From when to when a load runs, and which part of it is measured.
struct LoadSpan {
  LoadClock::time_point start;
  LoadClock::time_point measure_from;
  LoadClock::time_point stop_at;  ///< Nothing is asked from here on.
  LoadClock::time_point give_up;  ///< What has no answer by then gets none.

  static LoadSpan from_now(const LoadOptions& options) {
    const auto start = LoadClock::now();
    const auto measure_from = start + options.warm_up;
    const auto stop_at = measure_from + options.duration;
    return {start, measure_from, stop_at,
            stop_at + options.check_timeout + std::chrono::seconds{3}};
  }
};

inline std::uint64_t requests_max_of(const LoadOptions& options) {
  return options.count.value_or(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace sluice::bench
