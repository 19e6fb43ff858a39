// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace sluice::demo {
namespace {

constexpr std::uint64_t sample_seed = 20'231'116;

/// A state of the arrivals.
struct Pace {
  double requests_per_second;
  double seconds_held;  ///< On average.
};
constexpr Pace calm{4.0, 60.0};
constexpr Pace busy{14.0, 12.0};

/// Draws from distributions by their textbook inversions: those of the standard library differ
/// between implementations, and the sample must not.
class Draw {
public:
  double exponential(double mean) { return -mean * std::log(uniform()); }

  std::uint64_t log_normal(double median, double sigma, std::uint64_t most) {
    const double normal =
        std::sqrt(-2.0 * std::log(uniform())) * std::cos(2.0 * std::numbers::pi * uniform());
    const double value = median * std::exp(sigma * normal);
    return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(value), 1, most);
  }

private:
  /// Above 0, up to 1.
  double uniform() { return (static_cast<double>(bits_() >> 11U) + 1.0) * 0x1p-53; }

  std::mt19937_64 bits_{sample_seed};
};

}  // namespace

std::vector<bench::TraceRequest> generated_sample(std::size_t requests) {
  Draw draw;
  std::vector<bench::TraceRequest> sample;
  sample.reserve(requests);
  Pace pace = calm;
  double at = 0;
  double switches_at = draw.exponential(pace.seconds_held);
  while (sample.size() < requests) {
    at += draw.exponential(1.0 / pace.requests_per_second);
    if (at >= switches_at) {
      // Arrivals have no memory, so the one that falls beyond the switch is drawn again from there.
      at = switches_at;
      pace = pace.seconds_held == calm.seconds_held ? busy : calm;
      switches_at += draw.exponential(pace.seconds_held);
      continue;
    }
    const std::uint64_t context = draw.log_normal(600, 1.2, 8'000);
    const std::uint64_t generated = draw.log_normal(130, 0.9, 2'000);
    sample.push_back({Duration{static_cast<std::int64_t>(at * 1e9)}, Amount{context + generated}});
  }
  return sample;
}

SampleSize size_of(const std::vector<bench::TraceRequest>& sample) {
  SampleSize size;
  size.requests = sample.size();
  for (const bench::TraceRequest& request : sample) {
    size.tokens = size.tokens + request.tokens;
  }
  size.length = sample.empty() ? Duration{} : sample.back().at;
  return size;
}

}  // namespace sluice::demo
