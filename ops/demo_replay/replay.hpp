// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "bench/histogram.hpp"
#include "ops/demo_replay/books.hpp"
#include "ops/demo_replay/volley.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::demo {

/// The sample's requests, each given to a tenant by Zipf with the exponent 0.99 and a fixed seed.
[[nodiscard]] std::vector<Request> assigned(const std::vector<bench::TraceRequest>& sample);

/// What a part of the demo did.
struct PartResult {
  Books books;
  bench::Histogram latencies;
  std::chrono::nanoseconds took{};  ///< On this machine's clock.
  Duration passed{};                ///< On the server's.
  std::size_t passes = 0;           ///< Through the sample.
};

/// Replays the sample as it happened: the server's simulated clock is moved along it second by
/// second, so that rates refill and windows run as they would have, in a moment. `pause` is how
/// long such a second takes here; zero is as fast as it can be.
[[nodiscard]] Result<PartResult> replay_along(client::OperatorClient& server, Volley& volley,
                                              const std::vector<Request>& requests,
                                              std::chrono::nanoseconds pause);

/// Sends the sample again and again as fast as it is answered, for about so long. The server's
/// clock moves a few seconds between two passes and stands still in them.
[[nodiscard]] Result<PartResult> rush(client::OperatorClient& server, Volley& volley,
                                      const std::vector<Request>& requests,
                                      std::chrono::milliseconds time);

}  // namespace sluice::demo
