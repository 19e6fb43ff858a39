// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/demo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <span>
#include <utility>

#include "ops/demo_replay/counted.hpp"
#include "ops/demo_replay/screen.hpp"
#include "ops/demo_replay/volley.hpp"

namespace sluice::demo {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t in_flight_max = 256;
constexpr std::size_t alone_requests = 2'000;
constexpr auto rush_time = 3s;
constexpr auto live_pause = 16'666us;

}  // namespace

Demo::Demo(Connections connections, std::vector<bench::TraceRequest> sample, ctl::Style style)
    : server_(std::move(connections)),
      size_(size_of(sample)),
      requests_(assigned(sample)),
      style_(style) {}

Result<Done> Demo::found_customers() {
  const auto meters = find_meters(server_.gateway->meters());
  if (!meters.ok()) {
    return meters.fault();
  }
  meters_ = meters.value();
  for (std::size_t rank = 0; rank < customers_count; ++rank) {
    auto tenant = server_.management->create(customer(rank, size_, meters_));
    if (!tenant.ok()) {
      return tenant.fault();
    }
    tenants_.push_back(std::move(tenant).value());
  }
  return Done{};
}

Result<Done> Demo::meet_customers() {
  const auto meters = find_meters(server_.gateway->meters());
  if (!meters.ok()) {
    return meters.fault();
  }
  meters_ = meters.value();
  for (const std::string& slug : customer_slugs()) {
    auto tenant = server_.management->show(slug);
    if (!tenant.ok()) {
      return tenant.fault();
    }
    tenants_.push_back(std::move(tenant).value());
  }
  return Done{};
}

Result<bool> Demo::run(const std::string& origin, const std::string& remember) {
  std::cout << show_sample(size_, origin, style_) << std::flush;
  Volley volley{*server_.gateway, tenants_, meters_, in_flight_max};
  const auto happened = replay_along(*server_.management, volley, requests_, 0s);
  if (!happened.ok()) {
    return happened.fault();
  }
  const auto usage = read_usage(*server_.management, customer_slugs());
  if (!usage.ok()) {
    return usage.fault();
  }
  std::cout << show_replay(happened.value(), usage.value(), style_) << std::flush;

  const auto rushed = rush(*server_.management, volley, requests_, rush_time);
  if (!rushed.ok()) {
    return rushed.fault();
  }
  Volley alone{*server_.gateway, tenants_, meters_, 1};
  alone.send(std::span{requests_}.first(std::min(alone_requests, requests_.size())));
  std::cout << show_speed(rushed.value(), in_flight_max, alone.take_latencies(), style_);

  Books books = happened.value().books;
  books.merge(rushed.value().books);
  books.merge(alone.take_books());
  return judge(books, happened.value().passed + rushed.value().passed, remember);
}

Result<bool> Demo::judge(const Books& books, Duration passed, const std::string& remember) {
  const auto usage = read_usage(*server_.management, customer_slugs());
  if (!usage.ok()) {
    return usage.fault();
  }
  const auto broken = broken_promises(books, meters_, usage.value(), passed);
  const Books::Page total = books.total();
  const std::string promise = fmt::format(
      "never over a limit that blocks, and each admitted unit counted once ({} requests, "
      "{} tokens)",
      total.requests, total.tokens.raw());
  std::cout << '\n' << show_promise(promise, broken, style_);
  if (auto written = write_counted(remember, counted_in(usage.value())); !written.ok()) {
    return written.fault();
  }
  return broken.empty();
}

Fault Demo::live() {
  Volley volley{*server_.gateway, tenants_, meters_, in_flight_max};
  while (true) {
    const auto part = replay_along(*server_.management, volley, requests_, live_pause);
    if (!part.ok()) {
      return part.fault();
    }
  }
}

}  // namespace sluice::demo
