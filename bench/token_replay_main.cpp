// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/request_trace.hpp"
#include "bench/tenant_draw.hpp"
#include "bench/token_quotas.hpp"
#include "bench/token_replay.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;
using namespace std::chrono_literals;

struct Row {
  const char* name;
  Admission admission;
  Estimate estimate;
};

constexpr Row rows[]{
    {"check, then record; mean", Admission::check_then_record, Estimate::mean},
    {"check, then record; most", Admission::check_then_record, Estimate::most},
    {"reserve the mean, may overrun", Admission::reserve, Estimate::mean},
    {"reserve the mean, more as it grows", Admission::reserve_as_it_grows, Estimate::mean},
    {"reserve the most", Admission::reserve, Estimate::most},
};

void show(const std::vector<TraceRequest>& trace, const TokenReplayOptions& options,
          TokenQuotas& tenants) {
  fmt::print("{:<36}{:>10}{:>9}{:>6}{:>12}{:>10}{:>13}{:>9}\n", "", "answered", "refused", "cut",
             "tokens", "of quotas", "passed by", "tenants");
  for (const Row& row : rows) {
    const auto result = replay_tokens(trace, row.admission, row.estimate, options, tenants);
    const double share =
        100.0 * static_cast<double>(result.used.raw()) / static_cast<double>(result.quotas.raw());
    fmt::print("{:<36}{:>10}{:>9}{:>6}{:>12}{:>9.1f}%{:>13}{:>9}\n", row.name, result.answered,
               result.refused, result.cut_short, result.used.raw(), share, result.passed_most.raw(),
               result.tenants_passed);
  }
}

/// On a server on simulated time, within a day of its own.
void show_by_server(const std::vector<TraceRequest>& trace, const TokenReplayOptions& options,
                    std::uint16_t port) {
  const auto gateway = client::Client::open({.port = port, .check_timeout = 10s});
  const auto administrator = client::OperatorClient::open({.port = port});
  if (!gateway.ok() || !administrator.ok()) {
    throw std::runtime_error(gateway.ok() ? administrator.fault().context
                                          : gateway.fault().context);
  }
  QuotasOfServer tenants{*gateway.value(), *administrator.value()};
  show(trace, options, tenants);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Admits a trace of a language model's requests in several ways, and says how far "
      "each let a quota be passed.",
      "token-replay"};
  std::string file;
  TokenReplayOptions options;
  std::int64_t token_ms = 30;
  app.add_option("trace", file, "CSV: TIMESTAMP,ContextTokens,GeneratedTokens")->required();
  app.add_option("--tenants", options.tenants, "Drawn by Zipf")
      ->check(CLI::Range(std::size_t{1}, load_tenants_max))
      ->capture_default_str();
  app.add_option("--quota", options.quota_percent, "Percent of what a tenant asks for in all")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--token-ms", token_ms, "That the model takes for each token")
      ->check(CLI::Range(0, 60'000))
      ->capture_default_str();
  std::optional<std::uint16_t> port;
  app.add_option("--port", port,
                 "Of a server here on simulated time, which is moved on; without it, the code that "
                 "decides runs in this process")
      ->check(CLI::Range(1, 65'535));
  CLI11_PARSE(app, argc, argv);
  options.token_time = std::chrono::milliseconds{token_ms};
  const auto trace = read_trace_file(file);
  if (!trace.ok()) {
    fmt::print(stderr, "token-replay: {}\n", trace.fault().context);
    return 1;
  }
  try {
    if (port) {
      show_by_server(trace.value(), options, *port);
    } else {
      QuotasInProcess tenants;
      show(trace.value(), options, tenants);
    }
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "token-replay: {}\n", error.what());
    return 1;
  }
  return 0;
}
