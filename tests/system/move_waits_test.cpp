// SPDX-License-Identifier: Apache-2.0
// Goal    A move stops the checks of nobody for a second: the tenant spends on.
// Method  The real binary on a real PostgreSQL with two databases, a tenant with much history and
//         as many entries as one keeps, and each kind of move. Meanwhile one caller checks the
//         tenant and another changes a tenant that stays, each again as soon as he is answered;
//         both tell how long they waited at the most.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_wait{1'000};
constexpr std::uint64_t entries = 10'000;  // As many answers as a tenant keeps.

/// Asks again and again, and tells how long it waited.
class Asker {
public:
  explicit Asker(std::function<bool()> ask) : thread_([this, ask = std::move(ask)] { run(ask); }) {}
  ~Asker() {
    stopping_ = true;
    thread_.join();
  }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  /// Since it was last asked for this.
  [[nodiscard]] milliseconds take_longest() { return milliseconds{longest_ms_.exchange(0)}; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  /// Waits, for a minute at the most, until it was answered so many times more.
  [[nodiscard]] bool ask(std::uint64_t more) const {
    const std::uint64_t wanted = answered_ + more;
    const auto patience = steady_clock::now() + std::chrono::minutes{1};
    while (answered_ < wanted && steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    return answered_ >= wanted;
  }

private:
  void run(const std::function<bool()>& ask) {
    while (!stopping_) {
      const auto began = steady_clock::now();
      refused_ += ask() ? 0 : 1;
      const auto took = std::chrono::ceil<milliseconds>(steady_clock::now() - began).count();
      longest_ms_ = std::max<std::int64_t>(longest_ms_, took);
      ++answered_;
    }
  }

  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> longest_ms_{0};
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::thread thread_;
};

class MoveWaits : public ::testing::Test {
protected:
  MoveWaits() {
    must(served_.administrator().set_feature(moved_, {}, {"dedicated_schema", true}));
    for (std::uint64_t i = 1; i <= entries; ++i) {
      const Charge charge{api_requests, Amount{1}};
      Check check{moved_, {&charge, 1}};
      check.id = EntryId{1, i};
      EXPECT_EQ(served_.gateway().check(check).decision.outcome, Outcome::allowed);
    }
    served_.restart();  // Then the store has all of them.
    for (const std::string unit : {"minute", "hour", "day"}) {
      postgres_.run(
          "SELECT sluice.ensure_partitions((now() - interval '3 years')::date, now()::date);"
          "INSERT INTO sluice.usage_" +
          unit +
          "s (tenant, meter, start, used, allowed,"
          " denied, throttled) SELECT '" +
          to_string(moved_) + "', 1, date_trunc('day', now()) - n * interval '1 " + unit +
          "', 1, 1, 0, 0"
          " FROM generate_series(1, " +
          (unit == "minute" ? "50000" : "1000") + ") AS n");
    }
  }

  std::string instances_file() {
    postgres_.run("CREATE DATABASE eu");
    const std::string path = directory_.path() / "instances";
    std::ofstream{path} << "eu-1 = " << postgres_.conninfo("eu") << '\n';
    return path;
  }

  PostgresServer postgres_;
  TemporaryDirectory directory_;
  Served served_{{"--postgres", postgres_.conninfo(), "--instances", instances_file(),
                  "--flush-interval", "20ms", "--usage-minutes-retention-days", "0",
                  "--usage-hours-retention-days", "0"}};
  TenantId moved_ = served_.create("moved", {window_limit("all", 1ULL << 40U, Period::never)});
  TenantId stays_ = served_.create("stays", {});
};

TEST_F(MoveWaits, AreShorterThanASecondForChecks) {
  const Placement among_others{};
  const Placement own_schema{Isolation::dedicated_schema};
  const Placement instance{Isolation::dedicated_instance, "eu-1"};
  const auto client = served_.client();
  Asker checks{[&] {
    const Charge charge{api_requests, Amount{1}};
    return client->check(Check{moved_, {&charge, 1}}).decision.outcome == Outcome::allowed;
  }};
  client::OperatorOptions options;
  options.port = served_.server().port();
  const auto changer = must(client::OperatorClient::open(options));
  options.call_timeout = std::chrono::minutes{1};
  const auto mover = must(client::OperatorClient::open(options));
  Asker changes{[&, count = 0]() mutable {
    return changer->edit(stays_, {}, {.name = "stays " + std::to_string(++count)}).ok();
  }};
  Placement from = among_others;
  for (const Placement& to :
       {own_schema, instance, among_others, instance, own_schema, among_others}) {
    ASSERT_TRUE(checks.ask(10) && changes.ask(1));
    static_cast<void>(checks.take_longest());
    static_cast<void>(changes.take_longest());
    const auto began = steady_clock::now();
    const auto moved = mover->move(moved_, {}, to);
    const auto took = std::chrono::ceil<milliseconds>(steady_clock::now() - began);
    ASSERT_TRUE(moved.ok()) << moved.fault().context;
    ASSERT_TRUE(checks.ask(10) && changes.ask(1));
    const milliseconds check = checks.take_longest();
    const milliseconds change = changes.take_longest();
    std::cout << to_string(from) << " to " << to_string(to) << ": " << took.count()
              << " ms; longest wait of a check " << check.count() << " ms, of a change "
              << change.count() << " ms\n";
    EXPECT_LT(check, longest_wait);
    from = to;
  }
  EXPECT_EQ(checks.refused(), 0U);
}

}  // namespace
}  // namespace sluice::test
