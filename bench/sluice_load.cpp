// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "bench/admission_audit.hpp"
#include "bench/load_options.hpp"
#include "bench/load_provision.hpp"
#include "bench/load_report.hpp"
#include "bench/load_run.hpp"
#include "bench/request_trace.hpp"
#include "bench/workload.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::bench {
namespace {

/// One line on a terminal that is written over and over; nothing anywhere else.
class ProgressLine {
public:
  ~ProgressLine() { clear(); }
  void show(const std::string& text) {
    if (terminal_) {
      fmt::print(stderr, "\r\x1b[K{}", text);
    }
  }
  void clear() { show(""); }

private:
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

Result<Clients> open_clients(const LoadOptions& options) {
  Clients clients;
  for (std::size_t i = 0; i < options.clients; ++i) {
    client::ClientOptions one;
    one.host = options.host;
    one.port = options.port;
    one.name = "sluice-load";
    one.check_timeout = std::chrono::ceil<std::chrono::milliseconds>(options.check_timeout);
    auto opened = client::Client::open(one);
    if (!opened.ok()) {
      return opened.fault();
    }
    clients.push_back(std::move(opened).value());
  }
  return clients;
}

Result<Workload> make_workload(const LoadOptions& options, client::Client& client,
                               std::span<const TraceRequest> trace) {
  std::vector<TenantId> tenants;
  for (std::uint32_t i = 0; i < options.tenants; ++i) {
    tenants.push_back(load_tenant_id(options.limits, TenantIndex{i}));
  }
  TenantDraw draw{options.tenants, options.choice, options.seed};
  const Result<MeterId> requests = client.meter(requests_meter);
  if (!requests.ok()) {
    return requests.fault();
  }
  if (!std::holds_alternative<Replay>(options.pacing)) {
    return Workload{std::move(tenants), std::move(draw), {requests.value(), options.amount}};
  }
  const Result<MeterId> tokens = client.meter(tokens_meter);
  if (!tokens.ok()) {
    return tokens.fault();
  }
  return Workload{std::move(tenants), std::move(draw), requests.value(), tokens.value(), trace};
}

LoadResult run_load(const LoadRun& run, std::span<const TraceRequest> trace) {
  struct Start {
    const LoadRun& run;
    std::span<const TraceRequest> trace;
    LoadResult operator()(const ClosedLoop& loop) const { return run_closed_loop(run, loop); }
    LoadResult operator()(const OpenLoop& loop) const { return run_open_loop(run, loop); }
    LoadResult operator()(const Replay& replay) const { return run_replay(run, replay, trace); }
  };
  return std::visit(Start{run, trace}, run.options.pacing);
}

Result<Done> prepare(const LoadOptions& options, client::OperatorClient& server,
                     ProgressLine& line) {
  if (options.existing) {
    return Done{};
  }
  return provision(server, options.limits, options.tenants, [&](std::size_t created) {
    if (created % 100 == 0) {
      line.show(fmt::format("creating tenants: {} of {}", created, options.tenants));
    }
  });
}

/// The whole of a load; the exit code, or why it could not be run.
Result<int> load(const LoadOptions& options) {
  std::vector<TraceRequest> trace;
  if (const auto* replay = std::get_if<Replay>(&options.pacing)) {
    auto read = read_trace_file(replay->file);
    if (!read.ok()) {
      return read.fault();
    }
    trace = std::move(read).value();
  }
  auto server = client::OperatorClient::open({.host = options.host, .port = options.port});
  if (!server.ok()) {
    return server.fault();
  }
  ProgressLine line;
  if (const auto prepared = prepare(options, *server.value(), line); !prepared.ok()) {
    return prepared.fault();
  }
  auto clients = open_clients(options);
  if (!clients.ok()) {
    return clients.fault();
  }
  auto workload = make_workload(options, *clients.value().front(), trace);
  if (!workload.ok()) {
    return workload.fault();
  }
  const auto before = read_usage(*server.value(), workload.value(), options.verify);
  if (!before.ok()) {
    return before.fault();
  }
  AdmissionLedger ledger{options.tenants, workload.value().meters().size()};
  const LoadRun run{
      options, workload.value(), ledger, clients.value(), [&](const LoadProgress& progress) {
        line.show(fmt::format("{:.1f} s, {} requests answered",
                              std::chrono::duration<double>(progress.since_start).count(),
                              progress.answered));
      }};
  const LoadResult result = run_load(run, trace);
  line.clear();
  std::optional<AuditFindings> findings;
  if (options.verify > 0) {
    const auto after = read_usage(*server.value(), workload.value(), options.verify);
    if (!after.ok()) {
      return after.fault();
    }
    findings = audit_all(before.value(), after.value(), workload.value(), ledger);
  }
  const LoadReport report{options, result, findings};
  fmt::print("{}", options.json ? describe_json(report) : describe(report));
  return findings && !findings->clean() ? 3 : 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  using namespace sluice::bench;
  const auto read = read_load_options(argc, argv);
  if (const auto* exit = std::get_if<ExitAtOnce>(&read)) {
    fmt::print(exit->code == 0 ? stdout : stderr, "{}", exit->text);
    return exit->code;
  }
  const auto ended = load(std::get<LoadOptions>(read));
  if (!ended.ok()) {
    fmt::print(stderr, "sluice-load: {}\n", ended.fault().context);
    return 1;
  }
  return ended.value();
}
