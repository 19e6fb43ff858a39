// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "actors/tenant/placement.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

// How long a tenant's checks and changes wait while its rows are moved. `fill` makes a tenant with
// a counter for each value of a label, `moves` moves it round and round between the kinds of
// places, while one caller checks it and another changes it, each again as soon as he is answered.

namespace sluice::bench {
namespace {

using Steady = std::chrono::steady_clock;
using client::OperatorClient;

constexpr MeterId meter{1};
constexpr std::uint64_t out_of_reach = std::uint64_t{1} << 60;
/// Each is answered before the next move begins, so that no move is looked at before the callers
/// run.
constexpr std::uint64_t answers_between_moves = 20;

struct MoveOptions {
  std::string what = "moves";
  std::uint16_t port = 7411;
  std::uint32_t labels = 10'000;
  std::string tenant{};
  std::string instance = "other";
  std::uint32_t rounds = 5;
};

template <class T>
T got(Result<T> result) {
  if (!result.ok()) {
    throw std::runtime_error(result.fault().context);
  }
  return std::move(result).value();
}

std::unique_ptr<OperatorClient> operator_of(const MoveOptions& options) {
  return got(OperatorClient::open(
      {.port = options.port, .name = "move-load", .call_timeout = std::chrono::minutes{5}}));
}

std::unique_ptr<client::Client> caller_of(const MoveOptions& options) {
  return got(client::Client::open({.port = options.port, .name = "move-load"}));
}

/// Whether one unit for this value of the label is allowed.
bool spend(client::Client& client, TenantId tenant, std::uint32_t value) {
  const std::string user = fmt::format("user-{}", value);
  const Charge charge{meter, Amount{1}};
  const Label label{"user", user};
  Check check{tenant, {&charge, 1}};
  check.labels = {&label, 1};
  return client.check(check).decision.outcome == Outcome::allowed;
}

/// Asks again and again, and knows how long it waited for one answer at the most.
class Waiter {
public:
  explicit Waiter(std::function<bool()> ask)
      : thread_([this, ask = std::move(ask)](const std::stop_token& stop) { run(ask, stop); }) {}

  /// Since it was last asked for this.
  [[nodiscard]] std::chrono::nanoseconds take_longest() {
    return std::chrono::nanoseconds{longest_ns_.exchange(0)};
  }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  /// Until it was answered so many times more.
  void await(std::uint64_t more) const {
    const std::uint64_t wanted = answered_ + more;
    for (std::uint64_t seen = answered_; seen < wanted; seen = answered_) {
      answered_.wait(seen);
    }
  }

private:
  void run(const std::function<bool()>& ask, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto began = Steady::now();
      refused_ += ask() ? 0 : 1;
      const std::int64_t took = std::chrono::nanoseconds{Steady::now() - began}.count();
      std::int64_t longest = longest_ns_;
      while (longest < took && !longest_ns_.compare_exchange_weak(longest, took)) {
      }
      ++answered_;
      answered_.notify_all();
    }
  }

  std::atomic<std::int64_t> longest_ns_{0};
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::jthread thread_;
};

/// Prints its id.
void fill(const MoveOptions& options) {
  const auto server = operator_of(options);
  TenantDefinition draft;
  draft.slug = fmt::format("moved-{:x}", std::random_device{}());
  draft.name = draft.slug;
  Limit limit;
  limit.name = "each-user";
  limit.meter = meter;
  limit.rule = WindowRule{Amount{out_of_reach}, Period::never};
  limit.per = {"user"};
  draft.limits = {limit};
  const TenantId tenant = got(server->create(draft)).id;
  got(server->set_feature(tenant, {}, {std::string{isolation_feature}, true}));
  const auto client = caller_of(options);
  for (std::uint32_t value = 0; value < options.labels; ++value) {
    if (!spend(*client, tenant, value)) {
      throw std::runtime_error("a check is refused");
    }
  }
  fmt::print("{}\n", to_string(tenant));
}

double milliseconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>{time}.count();
}

/// Prints a list of what each move took, and how long the callers waited.
void moves(const MoveOptions& options) {
  const auto tenant = parse_tenant_id(options.tenant);
  if (!tenant) {
    throw std::runtime_error("--tenant is no id");
  }
  const auto client = caller_of(options);
  const auto changer = operator_of(options);
  const auto mover = operator_of(options);
  const Placement own_schema{Isolation::dedicated_schema};
  const Placement instance{Isolation::dedicated_instance, options.instance};
  const std::array<Placement, 6> places{own_schema, instance,   Placement{},
                                        instance,   own_schema, Placement{}};
  Waiter checks{[&] { return spend(*client, *tenant, 0); }};
  Waiter changes{[&, count = 0]() mutable {
    return changer->edit(*tenant, {}, {.name = fmt::format("moved {}", ++count)}).ok();
  }};
  Isolation from = Isolation::shared;
  const char* separator = "[";
  for (std::uint32_t i = 0; i < options.rounds * places.size(); ++i) {
    const Placement& to = places[i % places.size()];
    checks.await(answers_between_moves);
    changes.await(answers_between_moves);
    static_cast<void>(checks.take_longest());
    static_cast<void>(changes.take_longest());
    const auto began = Steady::now();
    got(mover->move(*tenant, {}, to));
    const auto took = Steady::now() - began;
    checks.await(2);  // Whoever asked before it ended is answered by the second.
    changes.await(2);
    fmt::print(
        "{}{{\"from\":\"{}\",\"to\":\"{}\",\"took_ms\":{:.1f},\"check_ms\":{:.1f},"
        "\"change_ms\":{:.1f}}}",
        separator, to_string(from), to_string(to.isolation), milliseconds_of(took),
        milliseconds_of(checks.take_longest()), milliseconds_of(changes.take_longest()));
    separator = ",";
    from = to.isolation;
  }
  fmt::print("]\n");
  if (checks.refused() + changes.refused() > 0) {
    throw std::runtime_error(
        fmt::format("{} checks and {} changes were refused", checks.refused(), changes.refused()));
  }
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{
      "Moves a tenant from place to place, on a server with PostgreSQL and an instance: `fill` "
      "makes "
      "one with a counter for each value of a label and prints its id; `moves` moves it, and "
      "prints "
      "how long a check and a change of it waited at the most, as JSON."};
  sluice::bench::MoveOptions options;
  app.add_option("WHAT", options.what, "fill or moves")
      ->required()
      ->check(CLI::IsMember({"fill", "moves"}));
  app.add_option("--port", options.port, "Of the server")->required();
  app.add_option("--labels", options.labels, "fill: values of the label")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--tenant", options.tenant, "moves: the id that fill printed");
  app.add_option("--instance", options.instance, "moves: its name")->capture_default_str();
  app.add_option("--rounds", options.rounds, "moves: of six moves each")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    if (options.what == "fill") {
      sluice::bench::fill(options);
    } else {
      sluice::bench::moves(options);
    }
    return 0;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "move-load: {}\n", problem.what());
    return 1;
  }
}
