// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "bench/admission_audit.hpp"
#include "bench/admission_ledger.hpp"
#include "bench/load_options.hpp"
#include "bench/load_provision.hpp"
#include "bench/load_report.hpp"
#include "bench/load_run.hpp"
#include "bench/request_trace.hpp"
#include "bench/spender.hpp"
#include "bench/workload.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::bench {
namespace {

// More than any closed loop has callers.
constexpr std::size_t requests_in_flight_max = 10'000;

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
    if (options.batch > 1) {
      // A request is to travel as it is, in a call of its own.
      one.checks_per_call_max = options.batch;
      one.calls_in_flight_max = requests_in_flight_max;
    }
    one.check_timeout = std::chrono::ceil<std::chrono::milliseconds>(options.check_timeout);
    auto opened = client::Client::open(one);
    if (!opened.ok()) {
      return opened.fault();
    }
    clients.push_back(
        std::make_unique<Spender>(std::move(opened).value(), options.spending,
                                  std::chrono::ceil<std::chrono::milliseconds>(options.lease_ttl)));
  }
  return clients;
}

Result<Workload> make_workload(const LoadOptions& options, client::Client& client,
                               std::span<const TraceRequest> trace) {
  TenantDraw draw{options.tenants, options.choice, options.seed};
  const Result<MeterId> requests = client.meter(requests_meter);
  if (!requests.ok()) {
    return requests.fault();
  }
  if (!std::holds_alternative<Replay>(options.pacing)) {
    Workload workload{options.limits, std::move(draw), {requests.value(), options.amount}};
    workload.tell_users_apart(options.quota.users);
    return workload;
  }
  const Result<MeterId> tokens = client.meter(tokens_meter);
  if (!tokens.ok()) {
    return tokens.fault();
  }
  Workload workload{options.limits, std::move(draw), requests.value(), tokens.value(), trace};
  workload.tell_users_apart(options.quota.users);
  return workload;
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

/// The operator's connection, if the load needs one.
Result<std::unique_ptr<client::OperatorClient>> open_operator(const LoadOptions& options) {
  if (options.existing && options.verify == 0) {
    return std::unique_ptr<client::OperatorClient>{};
  }
  return client::OperatorClient::open({.host = options.host, .port = options.port});
}

Result<Done> prepare(const LoadOptions& options, client::OperatorClient* server,
                     ProgressLine& line) {
  if (options.existing || options.only_audits) {
    return Done{};
  }
  return provision(
      *server, options.limits, options.quota, options.tenants, [&](std::size_t created) {
        if (created % 100 == 0) {
          line.show(fmt::format("creating tenants: {} of {}", created, options.tenants));
        }
      });
}

/// A load that ran, and what its audit found.
struct Ended {
  LoadResult result;
  std::optional<AuditFindings> audit;
};

/// What the parts of a load share.
struct Load {
  const LoadOptions& options;
  client::OperatorClient* server;
  const Workload& workload;
  AdmissionLedger& ledger;
  std::span<const TraceRequest> trace;
};

Result<AdmissionLedger> ledger_of(const LoadOptions& options, const Workload& workload) {
  const LedgerShape shape{std::min(options.verify, options.tenants), workload.users(),
                          workload.meters().size()};
  if (options.ledger.empty()) {
    return AdmissionLedger{shape};
  }
  return AdmissionLedger::open(shape, options.ledger);
}

/// Leaves no client behind: leases are given back.
LoadResult run_to_the_end(const Load& load, Clients clients, ProgressLine& line) {
  const LoadRun run{
      load.options, load.workload, load.ledger, clients, [&](const LoadProgress& progress) {
        line.show(fmt::format("{:.1f} s, {} requests answered",
                              std::chrono::duration<double>(progress.since_start).count(),
                              progress.answered));
      }};
  return run_load(run, load.trace);
}

/// Runs the load between two readings of usage.
Result<Ended> run_audited(const Load& load, Clients clients, ProgressLine& line) {
  const std::size_t followed = load.ledger.shape().tenants;
  if (followed == 0 || !load.options.ledger.empty()) {
    return Ended{run_to_the_end(load, std::move(clients), line), std::nullopt};
  }
  auto before = read_usage(*load.server, load.workload, followed);
  if (!before.ok()) {
    return before.fault();
  }
  LoadResult result = run_to_the_end(load, std::move(clients), line);
  auto after = read_usage(*load.server, load.workload, followed);
  if (!after.ok()) {
    return after.fault();
  }
  return Ended{std::move(result), audit_all({std::move(before).value(), std::move(after).value()},
                                            load.workload, load.ledger, load.options.spending)};
}

/// Holds the ledger against the usage of its tenants, who have spent nothing else.
Result<Ended> audit_only(const Load& load) {
  auto after = read_usage(*load.server, load.workload, load.ledger.shape().tenants);
  if (!after.ok()) {
    return after.fault();
  }
  UsageReadings readings{after.value(), after.value()};
  for (client::UsageReport& report : readings.before) {
    for (LimitUsage& limit : report.limits) {
      limit.reading.used = Amount{};
    }
  }
  return Ended{{}, audit_all(readings, load.workload, load.ledger, load.options.spending)};
}

Result<std::vector<TraceRequest>> trace_of(const LoadOptions& options) {
  if (const auto* replay = std::get_if<Replay>(&options.pacing)) {
    return read_trace_file(replay->file);
  }
  return std::vector<TraceRequest>{};
}

/// The whole of a load.
Result<Ended> run(const LoadOptions& options) {
  const auto trace = trace_of(options);
  if (!trace.ok()) {
    return trace.fault();
  }
  const auto server = open_operator(options);
  if (!server.ok()) {
    return server.fault();
  }
  ProgressLine line;
  if (const auto ready = prepare(options, server.value().get(), line); !ready.ok()) {
    return ready.fault();
  }
  auto clients = open_clients(options);
  if (!clients.ok()) {
    return clients.fault();
  }
  const auto workload = make_workload(options, clients.value().front()->client(), trace.value());
  if (!workload.ok()) {
    return workload.fault();
  }
  auto ledger = ledger_of(options, workload.value());
  if (!ledger.ok()) {
    return ledger.fault();
  }
  const Load load{options, server.value().get(), workload.value(), ledger.value(), trace.value()};
  return options.only_audits ? audit_only(load)
                             : run_audited(load, std::move(clients).value(), line);
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
  const auto& options = std::get<LoadOptions>(read);
  const auto ended = run(options);
  if (!ended.ok()) {
    fmt::print(stderr, "sluice-load: {}\n", ended.fault().context);
    return 1;
  }
  const LoadReport report{options, ended.value().result, ended.value().audit};
  fmt::print("{}", options.json ? describe_json(report) : describe(report));
  return report.audit && !report.audit->clean() ? 3 : 0;
}
