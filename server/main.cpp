// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_join.h>
#include <kj/debug.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "actors/runtime/engine.hpp"
#include "server/clock.hpp"
#include "server/config/config.hpp"
#include "server/log.hpp"
#include "server/log_observer.hpp"
#include "server/process.hpp"
#include "server/rpc/rpc_server.hpp"
#include "storage/directory/data_directory.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace sluice {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_bad_configuration = 2;

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
  return options;
}

RpcOptions rpc_options(const ServerConfig& config) {
  RpcOptions options;
  options.host = config.listen_host;
  options.port = config.listen_port;
  options.server = "sluiced/" + std::string(sluice_version());
  options.bounds.stream.frame_bytes_max = wire::FRAME_BYTES_MAX;
  options.bounds.stream.frame_timeout = config.frame_timeout;
  options.bounds.stream.stall_timeout = config.stall_timeout;
  options.bounds.connections_max = config.connections_max;
  options.bounds.enter_timeout = config.enter_timeout;
  return options;
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
Result<Done> drain(RpcServer& rpc, Engine& engine, const ServerConfig& config, const Log& log) {
  if (!rpc.drain(config.drain_timeout)) {
    log.warning("drain_timed_out", {{"drain_timeout_ms", config.drain_timeout.count()}});
  }
  rpc.close();
  return engine.stop(config.drain_timeout);
}

Result<Done> serve(const ServerConfig& config, const Log& log, const StopSignals& signals) {
  auto chosen = choose_clock(config);
  if (!chosen.ok()) {
    return chosen.fault();
  }
  const Clock& clock = *chosen.value().clock;
  auto directory = DataDirectory::hold(config.data_directory, config.simulated_time
                                                                  ? DataDirectory::Clock::simulated
                                                                  : DataDirectory::Clock::real);
  if (!directory.ok()) {
    return directory.fault();
  }
  auto stores = open_sqlite(directory.value().database(), ShardCount{config.shards});
  if (!stores.ok()) {
    return stores.fault();
  }
  allow_connections(config, log);
  LogObserver observer(log);
  Engine engine(engine_options(config), std::move(stores).value(), clock, observer);
  if (auto started = engine.start(); !started.ok()) {
    return started;
  }
  RpcServer rpc(rpc_options(config), engine, clock, chosen.value().control, observer);
  if (const auto listening = rpc.listen(); !listening.ok()) {
    static_cast<void>(engine.stop(config.drain_timeout));  // Nothing has been charged yet.
    return listening.fault();
  }
  rpc.serve();
  log.info("ready", {{"endpoints", absl::StrJoin(rpc.endpoints(), ",")}});

  const int signal = signals.wait();
  log.info("stopping", {{"signal", signal}});
  signals.exit_at_next(log);
  return drain(rpc, engine, config, log);
}

int refuse(const Fault& fault) {
  std::fprintf(stderr, "sluiced: %s\n", fault.context.c_str());
  return fault.code == FaultCode::invalid_argument ? exit_bad_configuration : exit_failed;
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
