// SPDX-License-Identifier: Apache-2.0
#include "bench/load_options.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <map>
#include <sstream>

namespace sluice::bench {

namespace {

constexpr std::size_t callers_max = 10'000;
constexpr std::size_t threads_max = 1'000;
constexpr std::size_t clients_max = 64;
constexpr std::size_t batch_max = 4'096;
constexpr std::size_t users_max = 1'000;
constexpr double seconds_max = 86'400;

/// As the command line gives them: plain values, which `options_of` turns into `LoadOptions`.
struct Raw {
  LoadOptions options;
  std::size_t callers = 64;
  std::size_t threads = 0;
  double rate = 0;
  std::string trace;
  double speed = 1;
  double duration_seconds = 10;
  double warm_up_seconds = 1;
  double timeout_seconds = 1;
  std::uint64_t count = 0;
  std::string limits = "roomy";
  double zipf = 0;
  bool in_turn = false;
  std::uint64_t amount = 1;
  std::string spending = "check";
  double lease_ttl_seconds = 5;
  std::uint64_t size = 10'000;
};

/// Takes `500ms`, `10s`, `2m`; a bare number is seconds.
CLI::AsNumberWithUnit seconds_with_unit() {
  const std::map<std::string, double> units{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};
  return CLI::AsNumberWithUnit{units, CLI::AsNumberWithUnit::CASE_SENSITIVE, "TIME"};
}

void add_target(CLI::App& app, Raw& raw) {
  app.add_option("--host", raw.options.host, "Server to ask")->capture_default_str();
  app.add_option("--port", raw.options.port, "Its port")
      ->capture_default_str()
      ->check(CLI::Range(1, 65'535));
  app.add_option("--clients", raw.options.clients, "Clients, each with its own connections")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, clients_max));
  app.add_option("--timeout", raw.timeout_seconds, "From a check to its answer")
      ->capture_default_str()
      ->transform(seconds_with_unit())
      ->check(CLI::Range(0.001, 60.0));
}

void add_pacing(CLI::App& app, Raw& raw) {
  auto* callers = app.add_option("--callers,--in-flight", raw.callers,
                                 "Closed loop: requests in flight, one for each caller")
                      ->capture_default_str()
                      ->check(CLI::Range(std::size_t{1}, callers_max));
  auto* threads =
      app.add_option("--threads", raw.threads, "Closed loop: callers that block, each on a thread")
          ->check(CLI::Range(std::size_t{1}, threads_max));
  auto* rate = app.add_option("--rate", raw.rate,
                              "Open loop: requests a second; latency counts from when a request "
                              "was due")
                   ->check(CLI::Range(0.001, 1e8));
  auto* trace = app.add_option("--trace", raw.trace,
                               "Open loop: requests as in this file (CSV: TIMESTAMP, "
                               "ContextTokens, GeneratedTokens)")
                    ->check(CLI::ExistingFile);
  app.add_option("--speed", raw.speed, "Times as fast as the trace")
      ->capture_default_str()
      ->needs(trace)
      ->check(CLI::Range(0.001, 1e6));
  app.add_option("--batch", raw.options.batch,
                 "Checks in a request; more than one travel as a call of their own")
      ->capture_default_str()
      ->excludes(trace)
      ->check(CLI::Range(std::size_t{1}, batch_max));
  threads->excludes(callers)->excludes(rate)->excludes(trace);
  rate->excludes(callers)->excludes(trace);
  trace->excludes(callers);
}

void add_length(CLI::App& app, Raw& raw) {
  app.add_option("--duration", raw.duration_seconds, "Of the measured part (500ms, 10s, 2m)")
      ->capture_default_str()
      ->transform(seconds_with_unit())
      ->check(CLI::Range(0.001, seconds_max));
  app.add_option("--warm-up", raw.warm_up_seconds, "Before it; closed loop and --rate only")
      ->capture_default_str()
      ->transform(seconds_with_unit())
      ->check(CLI::Range(0.0, seconds_max));
  app.add_option("--count", raw.count, "End after so many requests, if that is sooner")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 53));
}

void add_tenants(CLI::App& app, Raw& raw) {
  app.add_option("--tenants", raw.options.tenants, "Tenants to ask for; created if need be")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, load_tenants_max));
  app.add_flag("--existing", raw.options.existing, "They are all there already: create none");
  app.add_option("--limits", raw.limits,
                 "Their limits: none; roomy (a month's window and a rate, never reached); tight "
                 "(reached soon); six (roomy and four more); quota (of --size, never reset)")
      ->capture_default_str()
      ->check(CLI::IsMember({"none", "roomy", "tight", "six", "quota"}));
  app.add_option("--size", raw.size, "Of --limits quota: requests of a tenant")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 53));
  auto* zipf = app.add_option("--zipf", raw.zipf, "Ask by Zipf with this exponent, not uniformly")
                   ->check(CLI::Range(0.01, 10.0));
  app.add_flag("--in-turn", raw.in_turn, "Ask for one tenant after the other, round and round")
      ->excludes(zipf);
  app.add_option("--seed", raw.options.seed, "Of the choice of tenants")->capture_default_str();
  app.add_option("--amount", raw.amount, "Of each check")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 53));
}

void add_spending(CLI::App& app, Raw& raw) {
  app.add_option("--spend", raw.spending,
                 "How: check; reserve (and commit once that is answered); lease (from leased "
                 "slices; closed loops have a thread for each caller then)")
      ->capture_default_str()
      ->check(CLI::IsMember({"check", "reserve", "lease"}));
  app.add_option("--lease-ttl", raw.lease_ttl_seconds, "How long a lease is good without renewal")
      ->capture_default_str()
      ->transform(seconds_with_unit())
      ->check(CLI::Range(0.001, 3600.0));
  app.add_option("--users", raw.options.quota.users,
                 "Label each check with one of so many users; with --limits quota each has an "
                 "equal share")
      ->check(CLI::Range(std::size_t{1}, users_max));
}

void add_report(CLI::App& app, Raw& raw) {
  app.add_option("--verify", raw.options.verify,
                 "Tenants whose usage is compared with what was admitted, the most asked for "
                 "first; 0 is none")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, load_tenants_max));
  auto* ledger = app.add_option("--ledger", raw.options.ledger,
                                "Count what is admitted in this file, also with other processes, "
                                "and compare nothing; --limits quota only");
  app.add_flag("--audit", raw.options.only_audits,
               "Ask for nothing: compare the usage of the tenants with the --ledger")
      ->needs(ledger);
  app.add_flag("--json", raw.options.json, "One JSON document in place of the report");
}

Duration seconds(double value) {
  return Duration{std::llround(value * 1e9)};
}

LimitPreset preset_named(std::string_view name) {
  for (const LimitPreset preset : {LimitPreset::none, LimitPreset::roomy, LimitPreset::tight,
                                   LimitPreset::six, LimitPreset::quota}) {
    if (name == to_string(preset)) {
      return preset;
    }
  }
  SLUICE_INVARIANT(false);
}

Spending spending_named(std::string_view name) {
  for (const Spending spending : {Spending::check, Spending::reserve, Spending::lease}) {
    if (name == to_string(spending)) {
      return spending;
    }
  }
  SLUICE_INVARIANT(false);
}

/// Why options that are fine each by itself are not so together; nothing if they are.
std::optional<std::string> contradiction(const LoadOptions& options) {
  const auto* const loop = std::get_if<ClosedLoop>(&options.pacing);
  if (options.spending != Spending::check && options.batch > 1) {
    return "--spend: only checks travel in lists of --batch";
  }
  if (options.spending == Spending::lease && options.quota.users > 0) {
    return "--users: what has a label is not spent from a lease";
  }
  if (options.spending == Spending::lease && loop != nullptr && loop->callers > threads_max) {
    return "--callers: that spend from leases have a thread each, at most " +
           std::to_string(threads_max);
  }
  if (!options.ledger.empty() && options.limits != LimitPreset::quota) {
    return "--ledger: only --limits quota stays the same from run to run";
  }
  if (!options.ledger.empty() && options.verify == 0) {
    return "--ledger: has no tenants with --verify 0";
  }
  return std::nullopt;
}

LoadOptions options_of(Raw raw) {
  LoadOptions options = std::move(raw.options);
  if (!raw.trace.empty()) {
    options.pacing = Replay{raw.trace, raw.speed};
  } else if (raw.rate > 0) {
    options.pacing = OpenLoop{raw.rate};
  } else if (raw.threads > 0) {
    options.pacing = ClosedLoop{raw.threads, true};
  } else {
    options.pacing = ClosedLoop{raw.callers, raw.spending == "lease"};
  }
  options.duration = seconds(raw.duration_seconds);
  options.warm_up = raw.trace.empty() ? seconds(raw.warm_up_seconds) : Duration::zero();
  options.check_timeout = seconds(raw.timeout_seconds);
  if (raw.count > 0) {
    options.count = raw.count;
  }
  options.limits = preset_named(raw.limits);
  if (raw.zipf > 0) {
    options.choice = ZipfExponent{raw.zipf};
  } else if (raw.in_turn) {
    options.choice = InTurn{};
  }
  options.amount = Amount{raw.amount};
  options.spending = spending_named(raw.spending);
  options.lease_ttl = seconds(raw.lease_ttl_seconds);
  options.quota.size = Amount{raw.size};
  return options;
}

}  // namespace

std::variant<LoadOptions, ExitAtOnce> read_load_options(int argc, const char* const* argv) {
  CLI::App app{
      "Puts load on a Sluice server and tells how fast it answered, and whether it "
      "admitted more than the limits allow.",
      "sluice-load"};
  Raw raw;
  raw.options.tenants = 1'000;
  raw.options.seed = 1;
  raw.options.verify = 1'000;
  add_target(app, raw);
  add_pacing(app, raw);
  add_length(app, raw);
  add_tenants(app, raw);
  add_spending(app, raw);
  add_report(app, raw);
  app.footer(
      "Exit code: 0; 1 if the load could not be run; 2 for a wrong option; 3 if more was admitted "
      "than allowed, or the server counted otherwise.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream problem;
    const bool wrong = app.exit(error, out, problem) != 0;
    return ExitAtOnce{wrong ? 2 : 0, out.str() + problem.str()};
  }
  LoadOptions options = options_of(std::move(raw));
  if (const auto problem = contradiction(options)) {
    return ExitAtOnce{2, *problem + "\n"};
  }
  return options;
}

}  // namespace sluice::bench
