// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_join.h>
#include <kj/debug.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "actors/runtime/engine.hpp"
#include "server/access.hpp"
#include "server/alerting.hpp"
#include "server/clock.hpp"
#include "server/config/config.hpp"
#include "server/fronts.hpp"
#include "server/http/lobby.hpp"
#include "server/log.hpp"
#include "server/log_observer.hpp"
#include "server/metrics/counting_observer.hpp"
#include "server/process.hpp"
#include "storage/directory/data_directory.hpp"
#include "storage/journal/file_journals.hpp"
#include "storage/journal/posix_disk.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace sluice {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_bad_configuration = 2;
constexpr int exit_ownership_lost = 3;

/// How often a server that waits for another's lease looks again.
constexpr std::chrono::milliseconds take_over_retry{500};
/// Longer than the database lets an idle transaction live.
constexpr std::chrono::seconds take_over_grace{30};

/// Files that are open beside the connections: logs, database, epoll, listeners.
constexpr std::size_t other_open_files = 256;

std::uint16_t reactors_of(const ServerConfig& config) {
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, 1024U);
  return config.reactors != 0 ? config.reactors : static_cast<std::uint16_t>(cores);
}

EngineOptions engine_options(const ServerConfig& config) {
  EngineOptions options;
  options.reactors = reactors_of(config);
  options.spin_max = config.spin_max;
  options.resident_tenants_max = config.resident_tenants_max;
  options.idle_after = config.idle_after;
  options.waiting_checks_max = config.waiting_checks_max;
  options.unknown_tenants_max = config.unknown_tenants_max;
  options.unknown_for = config.unknown_for;
  options.flush_interval = config.flush_interval;
  options.flush_tenants_max = config.flush_tenants_max;
  options.readers = config.readers;
  options.tenant_retention = config.tenant_retention;
  options.audit_retention = std::chrono::hours{24} * config.audit_retention_days;
  options.alert_retention = std::chrono::hours{24} * config.alert_retention_days;
  options.payment_grace = config.payment_grace;
  constexpr std::chrono::hours one_day{24};
  options.usage_retention = {.minutes = one_day * config.usage_minutes_retention_days,
                             .hours = one_day * config.usage_hours_retention_days,
                             .days = one_day * config.usage_days_retention_days};
  options.journal_bytes = config.journal_bytes;
  return options;
}

ClockKind clock_kind_of(const ServerConfig& config) {
  return config.simulated_time ? ClockKind::simulated : ClockKind::real;
}

/// An embedded store has one server at a time, by the lock of its directory: it needs no lease.
Claim claim_of(const ServerConfig& config, const DataDirectory& directory) {
  return Claim{directory.server_id(), host_name() + ":" + config.data_directory,
               config.postgres.empty() ? std::chrono::milliseconds{0} : config.lease,
               config.take_over, clock_kind_of(config)};
}

Result<StoreFactory> open_store(const ServerConfig& config, const DataDirectory& directory) {
  if (config.postgres.empty()) {
    return open_sqlite(directory.database(), ShardCount{config.shards});
  }
  PostgresOptions options{.conninfo = config.postgres};
  if (!config.instances.empty()) {
    auto instances = read_instances(config.instances);
    if (!instances.ok()) {
      return instances.fault();
    }
    options.instances = std::move(instances).value();
  }
  return open_postgres(options, ShardCount{config.shards});
}

/// Small enough that what is outdated goes soon, also where the journal is to be small.
std::uint64_t segment_bytes_of(const ServerConfig& config) {
  constexpr std::uint64_t segments_per_journal = 8;
  return std::clamp<std::uint64_t>(
      config.journal_bytes / reactors_of(config) / segments_per_journal, 1 << 20, 32 << 20);
}

/// The journals and the disk that they lie on.
struct JournalPlace {
  std::unique_ptr<Disk> disk;
  std::unique_ptr<Journals> journals;
};

Result<JournalPlace> open_journal_place(const ServerConfig& config,
                                        const DataDirectory& directory) {
  auto disk = PosixDisk::in(directory.journal_directory());
  if (!disk.ok()) {
    return disk.fault();
  }
  auto boot = read_boot_id();
  if (!boot.ok()) {
    return boot.fault();
  }
  auto journals = open_journals({.durability = config.durability,
                                 .segment_bytes = segment_bytes_of(config),
                                 .boot = boot.value()},
                                *disk.value(), [] { return std::make_unique<ThreadBackground>(); });
  if (!journals.ok()) {
    return journals.fault();
  }
  return JournalPlace{std::move(disk).value(), std::move(journals).value()};
}

/// The clock of the configuration, and the handle to move it if it is a simulated one.
struct ChosenClock {
  std::unique_ptr<Clock> clock;
  ClockControl* control = nullptr;
};

Result<ChosenClock> choose_clock(const ServerConfig& config) {
  if (!config.simulated_time) {
    return ChosenClock{std::make_unique<SystemClock>()};
  }
  auto simulated = SimulatedClock::starting_at(*config.simulated_time);
  if (!simulated.ok()) {
    return simulated.fault();
  }
  ClockControl* const control = simulated.value().get();
  return ChosenClock{std::move(simulated).value(), control};
}

void allow_connections(const ServerConfig& config, const Log& log) {
  const std::size_t needed = config.connections_max + other_open_files;
  const std::size_t allowed = raise_open_files(needed);
  if (allowed < needed) {
    log.warning("open_files_short", {{"needed", needed}, {"allowed", allowed}});
  }
}

/// Lets the calls in flight finish, then ends all connections and writes what is unwritten.
Result<Done> drain(Fronts& fronts, Engine& engine, const ServerConfig& config, const Log& log) {
  if (!fronts.drain(config.drain_timeout)) {
    log.warning("drain_timed_out", {{"drain_timeout_ms", config.drain_timeout.count()}});
  }
  fronts.close();
  return engine.stop(config.drain_timeout);
}

/// A lease ends. A transaction of an owner that was stopped in the middle of it keeps its locks
/// until the database ends it, and makes the store seem unavailable for so long.
bool may_pass(FaultCode code) {
  return code == FaultCode::conflict || code == FaultCode::unavailable;
}

/// Starts the engine; waits for another server's lease to end if it may take over then.
Result<Done> start(Engine& engine, const ServerConfig& config, const Log& log,
                   const StopSignals& signals) {
  auto started = engine.start();
  const auto patience = std::chrono::steady_clock::now() + 2 * config.lease + take_over_grace;
  bool told = false;
  while (!started.ok() && may_pass(started.fault().code) && config.take_over == TakeOver::expired &&
         std::chrono::steady_clock::now() < patience) {
    if (!std::exchange(told, true)) {
      log.info("waiting_for_lease", {{"reason", started.fault().context}});
    }
    if (signals.wait_for(take_over_retry)) {
      return started;
    }
    started = engine.start();
  }
  return started;
}

/// What the configuration says of who comes in and who is told, made ready.
struct Entrance {
  TlsContext tls;
  std::optional<auth::TokenSource> tokens;
  webhooks::CourierOptions hooks;
};

Result<Entrance> open_entrance(const ServerConfig& config, const Clock& machine) {
  auto tls = open_tls(config);
  auto tokens = open_tokens(config, machine);
  if (!tls.ok() || !tokens.ok()) {
    return tls.ok() ? tokens.fault() : tls.fault();
  }
  auto hooks = open_webhooks(config);
  if (!hooks.ok()) {
    return hooks.fault();
  }
  return Entrance{std::move(tls).value(), std::move(tokens).value(), std::move(hooks).value()};
}

/// Tells on the port of HTTP that the server is starting, until it has started.
Result<std::unique_ptr<http::Lobby>> open_lobby(http::Options& http, const CountingObserver& counts,
                                                const Clock& clock, const Log& log) {
  auto lobby = http::Lobby::open(http, counts, clock);
  if (lobby.ok() && lobby.value() != nullptr) {
    http.port = lobby.value()->port();
    http.port_is_ours = true;
    log.info("starting", {{"http", http.host + ":" + std::to_string(http.port)}});
  }
  return lobby;
}

std::int64_t in_ms(Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

void tell_ready(const Fronts& fronts, const Engine& engine, Duration took, const Log& log) {
  log.info("ready", {{"endpoints", absl::StrJoin(fronts.rpc().endpoints(), ",")},
                     {"http", fronts.web() != nullptr ? fronts.web()->endpoint() : "none"},
                     {"epoch", engine.ownership().epoch.raw()},
                     {"replay_ms", in_ms(engine.start_times().replay)},
                     {"load_ms", in_ms(engine.start_times().load)},
                     {"start_ms", in_ms(took)}});
}

Result<Done> serve(const ServerConfig& config, const Log& log, const StopSignals& signals) {
  auto chosen = choose_clock(config);
  if (!chosen.ok()) {
    return chosen.fault();
  }
  const Clock& clock = *chosen.value().clock;
  const MachineClock machine;
  const Instant began = machine.now().steady;
  auto directory = DataDirectory::hold(config.data_directory, clock_kind_of(config));
  if (!directory.ok()) {
    return directory.fault();
  }
  LogObserver observer(log, [] { ::kill(::getpid(), SIGTERM); });
  CountingObserver counts(observer);
  auto entrance = open_entrance(config, machine);
  if (!entrance.ok()) {
    return entrance.fault();
  }
  http::Options http = http_options(config, entrance.value().tls);
  auto lobby = open_lobby(http, counts, clock, log);
  if (!lobby.ok()) {
    return lobby.fault();
  }
  auto stores = open_store(config, directory.value());
  if (!stores.ok()) {
    return stores.fault();
  }
  auto journal = open_journal_place(config, directory.value());
  if (!journal.ok()) {
    return journal.fault();
  }
  allow_connections(config, log);
  EngineOptions options = engine_options(config);
  options.claim = claim_of(config, directory.value());
  Engine engine(std::move(options), stores.value(), std::move(journal.value().journals),
                {&clock, &machine, &counts});
  if (auto started = start(engine, config, log, signals); !started.ok()) {
    return started;
  }
  Fronts fronts(config, std::move(http), engine,
                {clock, chosen.value().control, machine, observer, counts},
                {std::move(entrance.value().tls), std::move(entrance.value().tokens)});
  if (const auto ready = fronts.open(config, engine, directory.value()); !ready.ok()) {
    static_cast<void>(engine.stop(config.drain_timeout));  // Nothing has been charged yet.
    return ready;
  }
  const auto courier =
      start_courier(std::move(entrance.value().hooks), stores.value(), engine, clock, counts);
  if (!courier.ok()) {
    fronts.close();
    static_cast<void>(engine.stop(config.drain_timeout));
    return courier.fault();
  }
  fronts.serve();
  lobby.value().reset();
  tell_ready(fronts, engine, machine.now().steady - began, log);

  const int signal = signals.wait();
  log.info("stopping", {{"signal", signal}});
  signals.exit_at_next(log);
  courier.value()->stop();
  auto drained = drain(fronts, engine, config, log);
  if (const auto lost = observer.why_ownership_was_lost()) {
    return *lost;
  }
  return drained;
}

int exit_code_of(FaultCode code) {
  return code == FaultCode::invalid_argument ? exit_bad_configuration
         : code == FaultCode::fenced         ? exit_ownership_lost
                                             : exit_failed;
}

int refuse(const Fault& fault) {
  std::fprintf(stderr, "sluiced: %s\n", fault.context.c_str());
  return exit_code_of(fault.code);
}

int run(int argc, const char* const* argv) {
  auto asked = read_config(argc, argv);
  if (!asked.ok()) {
    return refuse(asked.fault());
  }
  if (const auto* const print = std::get_if<PrintAndExit>(&asked.value())) {
    std::fputs(print->text.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  const auto& config = std::get<ServerConfig>(asked.value());
  const StopSignals signals;
  // Connections tell KJ about every peer that breaks the protocol; what matters is in our own log.
  kj::_::Debug::setLogLevel(kj::LogSeverity::FATAL);
  // Static, because the thread of a second signal may still log while the process ends.
  static const Log log(config.log_level);
  const auto served = serve(config, log, signals);
  if (!served.ok()) {
    return refuse(served.fault());
  }
  log.info("stopped");
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  return sluice::run(argc, argv);
}
