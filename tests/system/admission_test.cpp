// SPDX-License-Identifier: Apache-2.0
// Goal    No limit is ever passed, and nothing that fits is refused, however many ask at once.
// Method  The real server and the real client library, on loopback.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

constexpr std::uint64_t limit_size = 1000;
constexpr int attempts_total = 5000;
constexpr int callers = 64;

/// Many threads, each asking for one unit at a time, over the clients in turn.
std::uint64_t admitted_by_threads(const std::vector<std::unique_ptr<client::Client>>& clients,
                                  TenantId tenant) {
  std::atomic<int> attempts{0};
  std::atomic<std::uint64_t> admitted{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    client::Client& client = *clients[static_cast<std::size_t>(caller) % clients.size()];
    threads.emplace_back([&] {
      const Charge charge{api_requests, Amount{1}};
      while (attempts.fetch_add(1) < attempts_total) {
        if (client.check(Check{tenant, {&charge, 1}}).decision.outcome == Outcome::allowed) {
          admitted.fetch_add(1);
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  return admitted;
}

/// The same as callbacks: each caller asks again from the answer before.
class AsynchronousCallers {
public:
  AsynchronousCallers(client::Client& client, TenantId tenant) : client_(client), tenant_(tenant) {}

  std::uint64_t run() {
    for (int caller = 0; caller < callers; ++caller) {
      ask();
    }
    std::unique_lock lock{mutex_};
    EXPECT_TRUE(
        all_done_.wait_for(lock, std::chrono::seconds{60}, [&] { return done_ == callers; }));
    return admitted_;
  }

private:
  void ask() {
    if (attempts_.fetch_add(1) >= attempts_total) {
      const std::lock_guard lock{mutex_};
      ++done_;
      all_done_.notify_all();
      return;
    }
    client_.check_async(Check{tenant_, {&charge_, 1}}, [this](const client::Answer& answer) {
      admitted_ += answer.decision.outcome == Outcome::allowed ? 1 : 0;
      ask();
    });
  }

  client::Client& client_;
  TenantId tenant_;
  Charge charge_{api_requests, Amount{1}};
  std::atomic<int> attempts_{0};
  std::atomic<std::uint64_t> admitted_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
  int done_ = 0;
};

class Admission : public ::testing::TestWithParam<int> {
protected:
  Served served_{{"--reactors", std::to_string(GetParam())}};
  TenantId tenant_ = served_.create("contended", {window_limit("all", limit_size, Period::never)});

  void expect_exactly_the_limit(std::uint64_t admitted) {
    EXPECT_EQ(admitted, limit_size);
    EXPECT_EQ(served_.used(tenant_), Amount{limit_size});
  }
};

TEST_P(Admission, SixtyFourThreadsOnOneClientAdmitExactlyTheLimit) {
  std::vector<std::unique_ptr<client::Client>> clients;
  clients.push_back(served_.client());
  expect_exactly_the_limit(admitted_by_threads(clients, tenant_));
}

TEST_P(Admission, SixtyFourThreadsOnSixteenClientsAdmitExactlyTheLimit) {
  std::vector<std::unique_ptr<client::Client>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(served_.client());
  }
  expect_exactly_the_limit(admitted_by_threads(clients, tenant_));
}

TEST_P(Admission, SixtyFourAsynchronousCallersAdmitExactlyTheLimit) {
  expect_exactly_the_limit(AsynchronousCallers{served_.gateway(), tenant_}.run());
}

INSTANTIATE_TEST_SUITE_P(Reactors, Admission, ::testing::Values(1, 2, 4),
                         [](const auto& reactors) { return std::to_string(reactors.param); });

TEST(AdmissionOfLists, ManyTenantsInOneListAreDecidedEachByItself) {
  Served served{{"--reactors", "2"}};
  std::vector<TenantId> tenants;
  for (int i = 0; i < 20; ++i) {
    tenants.push_back(
        served.create("tenant-" + std::to_string(i), {window_limit("all", 3, Period::never)}));
  }
  const Charge charge{api_requests, Amount{1}};
  std::vector<Check> checks;
  for (int round = 0; round < 5; ++round) {
    for (const TenantId tenant : tenants) {
      checks.push_back(Check{tenant, {&charge, 1}});
    }
  }
  const std::vector<client::Answer> answers = served.gateway().check(checks);
  ASSERT_EQ(answers.size(), checks.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Outcome expected = i < 3 * tenants.size() ? Outcome::allowed : Outcome::denied;
    EXPECT_EQ(answers[i].decision.outcome, expected) << i;
  }
}

TEST(AdmissionOfLists, ADeniedChargeBurnsNothingOnAnyOtherLimit) {
  Served served;
  const TenantId tenant = served.create("two-limits", {window_limit("wide", 100, Period::never),
                                                       window_limit("narrow", 5, Period::day)});
  EXPECT_EQ(served.spend(tenant, 6).decision.outcome, Outcome::denied);
  EXPECT_EQ(served.used(tenant, 0), Amount{0});
  EXPECT_EQ(served.used(tenant, 1), Amount{0});
  EXPECT_EQ(served.spend(tenant, 5).decision.outcome, Outcome::allowed);
  EXPECT_EQ(served.used(tenant, 0), Amount{5});
}

}  // namespace
}  // namespace sluice::test
