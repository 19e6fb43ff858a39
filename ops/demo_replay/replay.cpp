// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/replay.hpp"

#include <algorithm>
#include <span>
#include <thread>

#include "bench/tenant_draw.hpp"

namespace sluice::demo {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr bench::ZipfExponent zipf{0.99};
constexpr std::uint64_t draw_seed = 7;
constexpr Duration step = 1s;
constexpr Duration between_passes = 5s;
/// So that the rush stays within an hour of the server's time, and so within its day.
constexpr std::size_t passes_max = 720;

/// Moves the clock on by whole steps, until the instant lies in the step that has just passed.
Result<Done> advance_beyond(client::OperatorClient& server, Duration instant, Duration& passed) {
  const auto steps = std::max<std::int64_t>((instant - passed) / step + 1, 0);
  if (steps == 0) {
    return Done{};
  }
  const auto advanced = server.advance_clock(steps * step);
  if (!advanced.ok()) {
    return advanced.fault();
  }
  passed += steps * step;
  return Done{};
}

}  // namespace

std::vector<Request> assigned(const std::vector<bench::TraceRequest>& sample) {
  const bench::TenantDraw draw{customers_count, zipf, draw_seed};
  std::vector<Request> requests;
  requests.reserve(sample.size());
  for (const bench::TraceRequest& request : sample) {
    requests.push_back({request.at, request.tokens, draw.of(bench::RequestIndex{requests.size()})});
  }
  return requests;
}

Result<PartResult> replay_along(client::OperatorClient& server, Volley& volley,
                                const std::vector<Request>& requests,
                                std::chrono::nanoseconds pause) {
  PartResult result;
  result.passes = 1;
  const auto started = Steady::now();
  auto next = requests.begin();
  while (next != requests.end()) {
    const Duration before = result.passed;
    if (auto done = advance_beyond(server, next->at, result.passed); !done.ok()) {
      return done.fault();
    }
    std::this_thread::sleep_for(pause * ((result.passed - before) / step));
    const auto end = std::find_if(next, requests.end(),
                                  [&result](const Request& r) { return r.at >= result.passed; });
    volley.send(std::span<const Request>{next, end});
    next = end;
  }
  result.took = Steady::now() - started;
  result.books = volley.take_books();
  result.latencies = volley.take_latencies();
  return result;
}

Result<PartResult> rush(client::OperatorClient& server, Volley& volley,
                        const std::vector<Request>& requests, std::chrono::milliseconds time) {
  PartResult result;
  while (result.took < time && result.passes < passes_max) {
    if (const auto advanced = server.advance_clock(between_passes); !advanced.ok()) {
      return advanced.fault();
    }
    result.passed += between_passes;
    const auto started = Steady::now();
    volley.send(requests);
    result.took += Steady::now() - started;
    ++result.passes;
  }
  result.books = volley.take_books();
  result.latencies = volley.take_latencies();
  return result;
}

}  // namespace sluice::demo
