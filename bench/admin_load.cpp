// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "actors/tenant/limit_names.hpp"
#include "bench/histogram.hpp"
#include "bench/load_tenants.hpp"
#include "protocol/client/operator_client.hpp"

// What administrators do, against a server that has the tenants of `seed-tenants`: how long lists,
// searches and creating take, or a steady stream of changes beside other load.

namespace sluice::bench {
namespace {

using Steady = std::chrono::steady_clock;
using client::OperatorClient;

/// Each does one change at a time, so this many may wait for the store at once.
constexpr std::size_t changers = 8;

struct AdminOptions {
  std::string what = "search";
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  std::uint32_t tenants = 10'000;
  std::uint32_t count = 500;
  double rate = 200;
  double seconds = 5;
};

template <class T>
T answered_by_server(Result<T> result) {
  if (!result.ok()) {
    throw std::runtime_error(result.fault().context);
  }
  return std::move(result).value();
}

std::unique_ptr<OperatorClient> connect_to(const AdminOptions& options) {
  return answered_by_server(
      OperatorClient::open({.host = options.host, .port = options.port, .name = "admin-load"}));
}

std::string json_of(const Histogram& latencies) {
  return fmt::format(R"({{"count":{},"p50":{},"p99":{},"max":{}}})", latencies.count(),
                     latencies.at(Quantile{0.5}).count(), latencies.at(Quantile{0.99}).count(),
                     latencies.max().count());
}

/// A tenant that is not there yet, as those of the load are.
class Newcomers {
public:
  explicit Newcomers(std::vector<Limit> limits) : limits_(std::move(limits)) {}

  TenantDefinition next() {
    TenantDefinition draft = load_tenant(LimitPreset::six, TenantIndex{0}, limits_);
    draft.id = TenantId{};
    draft.slug = fmt::format("new-{:x}-{}", run_, made_++);
    draft.name = draft.slug;
    return draft;
  }

private:
  std::vector<Limit> limits_;
  std::uint32_t run_ = std::random_device{}();
  std::atomic<std::uint64_t> made_{0};
};

Histogram measure(std::uint32_t count, const std::function<void()>& ask) {
  constexpr std::uint32_t warm_up = 20;
  Histogram latencies;
  for (std::uint32_t i = 0; i < warm_up + count; ++i) {
    const auto began = Steady::now();
    ask();
    if (i >= warm_up) {
      latencies.record(Steady::now() - began);
    }
  }
  return latencies;
}

/// Lists from anywhere, searches for what one tenant has, all have, or none, and creating.
void search(const AdminOptions& options) {
  const auto server = connect_to(options);
  std::minstd_rand random{1};
  std::uniform_int_distribution<std::uint32_t> any{0, options.tenants - 1};
  const auto page = [&](TenantQuery query, bool from_anywhere) {
    if (from_anywhere) {
      query.after = load_tenant_id(LimitPreset::six, TenantIndex{any(random)});
    }
    return answered_by_server(server->list(query)).tenants.size();
  };
  const auto with_text = [](std::string text) {
    TenantQuery query;
    query.text = std::move(text);
    return query;
  };
  TenantQuery of_tier;
  of_tier.tier = "load";
  of_tier.status = TenantStatus::active;
  Newcomers newcomers{
      answered_by_server(preset_limits(LimitPreset::six, answered_by_server(server->meters())))};
  const std::array<std::pair<const char*, std::function<void()>>, 6> rows{{
      {"list", [&] { page({}, true); }},
      {"filtered", [&] { page(of_tier, true); }},
      // Six digits in a row are those of hardly any other.
      {"rare", [&] { page(with_text(fmt::format("{:06}", any(random))), false); }},
      {"common", [&] { page(with_text("load-"), true); }},
      {"short", [&] { page(with_text("lo"), true); }},
      {"create", [&] { answered_by_server(server->create(newcomers.next())); }},
  }};
  const char* separator = "{";
  for (const auto& [name, ask] : rows) {
    fmt::print("{}\"{}\":{}", separator, name, json_of(measure(options.count, ask)));
    separator = ",";
  }
  fmt::print("}}\n");
}

/// Changes at fixed moments: a tenant, a limit, an override and a member in turn.
class Changes {
public:
  explicit Changes(const AdminOptions& options)
      : options_(options),
        total_(static_cast<std::uint64_t>(options.rate * options.seconds)),
        limits_(answered_by_server(
            preset_limits(LimitPreset::six, answered_by_server(connect_to(options)->meters())))),
        newcomers_(limits_) {}

  void run() {
    start_ = Steady::now();
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < changers; ++i) {
        threads.emplace_back([this] { change_until_the_end(); });
      }
    }
    if (!objection_.empty()) {
      throw std::runtime_error(objection_);
    }
    const std::chrono::duration<double> took = Steady::now() - start_;
    fmt::print("{{\"per_second\":{:.1f},\"latency_ns\":{}}}\n",
               static_cast<double>(latencies_.count()) / took.count(), json_of(latencies_));
  }

private:
  void change_until_the_end() {
    try {
      const auto server = connect_to(options_);
      for (std::uint64_t i = next_++; i < total_; i = next_++) {
        const auto due =
            start_ + std::chrono::duration_cast<Steady::duration>(
                         std::chrono::duration<double>{static_cast<double>(i) / options_.rate});
        std::this_thread::sleep_until(due);
        change(*server, i);
        const std::scoped_lock lock{mutex_};
        latencies_.record(Steady::now() - due);
      }
    } catch (const std::exception& problem) {
      next_ = total_;
      const std::scoped_lock lock{mutex_};
      objection_ = problem.what();
    }
  }

  void change(OperatorClient& server, std::uint64_t i) {
    constexpr std::uint64_t kinds = 4;
    const client::TenantRef tenant{load_tenant_id(
        LimitPreset::six, TenantIndex{static_cast<std::uint32_t>(i * 7919 % options_.tenants)})};
    switch (i % kinds) {
      case 0:
        answered_by_server(server.create(newcomers_.next()));
        return;
      case 1: {
        Limit limit = limits_.back();
        limit.shadow = i / kinds % 2 == 0;
        answered_by_server(server.put_limit(tenant, std::nullopt, limit));
        return;
      }
      case 2:
        answered_by_server(server.put_override(
            tenant, std::nullopt, limits_.back().name,
            Override{.rule = limits_.back().rule, .author = "bench", .reason = "bench"}));
        return;
      default: {
        const std::string user = fmt::format("user-{:x}-{}", run_, i);
        answered_by_server(
            server.change_member(tenant, AddMember{user, user + "@example.com", "owner"}));
      }
    }
  }

  AdminOptions options_;
  std::uint64_t total_;
  std::vector<Limit> limits_;
  Newcomers newcomers_;
  std::uint32_t run_ = std::random_device{}();
  Steady::time_point start_;
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;
  Histogram latencies_;
  std::string objection_;
};

int run(const AdminOptions& options) {
  if (options.what == "search") {
    search(options);
  } else {
    Changes{options}.run();
  }
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{
      "Does what administrators do, with a server that has the tenants of seed-tenants: `search` "
      "lists, searches and creates, one after the other; `changes` makes changes at a steady rate. "
      "Prints latencies in nanoseconds as JSON."};
  sluice::bench::AdminOptions options;
  app.add_option("WHAT", options.what, "search or changes")
      ->required()
      ->check(CLI::IsMember({"search", "changes"}));
  app.add_option("--host", options.host, "Of the server")->capture_default_str();
  app.add_option("--port", options.port, "Of the server")->required();
  app.add_option("--tenants", options.tenants, "How many were seeded")
      ->required()
      ->check(CLI::PositiveNumber);
  app.add_option("--count", options.count, "search: times of each")->check(CLI::PositiveNumber);
  app.add_option("--rate", options.rate, "changes: each second")->check(CLI::Range(0.1, 100000.0));
  app.add_option("--seconds", options.seconds, "changes: how long")->check(CLI::Range(0.1, 600.0));
  CLI11_PARSE(app, argc, argv);
  try {
    return sluice::bench::run(options);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "admin-load: {}\n", problem.what());
    return 1;
  }
}
