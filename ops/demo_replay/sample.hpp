// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/time.hpp"
#include "bench/request_trace.hpp"

namespace sluice::demo {

/// Requests of an invented hour of a language model's users, the same in every run.
///
/// Arrivals are Poisson at a rate that switches between a calm and a busy state, each held for an
/// exponentially distributed time, so that requests come in bursts. Tokens are log-normal: context
/// around a median of 600 (up to 8,000), generated around 130 (up to 2,000). These are the shapes
/// of published traces of such services, not their data.
[[nodiscard]] std::vector<bench::TraceRequest> generated_sample(std::size_t requests);

/// How much a sample is, which the limits of the demo are scaled to.
struct SampleSize {
  std::size_t requests = 0;
  Amount tokens;
  Duration length{};
};
[[nodiscard]] SampleSize size_of(const std::vector<bench::TraceRequest>& sample);

}  // namespace sluice::demo
