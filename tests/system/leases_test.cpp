// SPDX-License-Identifier: Apache-2.0
// Goal    Slices that are out never let a limit be passed, whatever becomes of clients and server,
//         and what was allowed from them is counted.
// Method  The real server and the real client library, on loopback.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "protocol/client/leases.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t limit_size = 20'000;
constexpr EntryId lease_id{7, 7};

client::LeaseOptions small_slices(milliseconds ttl = seconds{20}) {
  return {.slice_min = Amount{50}, .slice_max = Amount{1'000}, .ttl = ttl};
}

/// How many were allowed until one was by a lease.
std::uint64_t ask_until_leased(client::Leases& leases, TenantId tenant) {
  const Charge charge{api_requests, Amount{1}};
  for (std::uint64_t allowed = 0;; ++allowed) {
    const client::Answer answer = leases.check(Check{tenant, {&charge, 1}});
    if (answer.by_lease || answer.decision.outcome != Outcome::allowed) {
      return allowed + (answer.by_lease ? 1 : 0);
    }
  }
}

/// Threads that ask until they were refused so often in a row that nothing can be left.
class Crowd {
public:
  Crowd(client::Leases& leases, TenantId tenant) : leases_(leases), tenant_(tenant) {}

  void run(int threads) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { ask_until_refused(); });
    }
  }
  void join() {
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }
  [[nodiscard]] std::uint64_t allowed() const { return by_lease_ + by_server_; }
  [[nodiscard]] std::uint64_t by_lease() const { return by_lease_; }
  [[nodiscard]] std::uint64_t unanswered() const { return unanswered_; }

private:
  void ask_until_refused() {
    const Charge charge{api_requests, Amount{1}};
    for (int refusals = 0; refusals < 50;) {
      const client::Answer answer = leases_.check(Check{tenant_, {&charge, 1}});
      if (answer.decision.outcome == Outcome::allowed) {
        refusals = 0;
        ++(answer.by_lease ? by_lease_ : by_server_);
      } else {
        ++refusals;
        unanswered_ += answer.decision.outcome == Outcome::unavailable ? 1U : 0U;
      }
    }
  }

  client::Leases& leases_;
  TenantId tenant_;
  std::atomic<std::uint64_t> by_lease_{0};
  std::atomic<std::uint64_t> by_server_{0};
  std::atomic<std::uint64_t> unanswered_{0};
  std::vector<std::thread> threads_;
};

TEST(LeasesOfManyClients, AdmitUpToTheLimitAndNothingAboveIt) {
  Served served{{"--reactors", "2"}};
  const TenantId tenant = served.create("leased", {window_limit("all", limit_size, Period::never)});
  std::vector<std::unique_ptr<client::Client>> clients;
  std::vector<std::unique_ptr<client::Leases>> leases;
  std::vector<std::unique_ptr<Crowd>> crowds;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(served.client());
    leases.push_back(std::make_unique<client::Leases>(*clients.back(), small_slices()));
    crowds.push_back(std::make_unique<Crowd>(*leases.back(), tenant));
    crowds.back()->run(2);
  }
  std::uint64_t allowed = 0;
  std::uint64_t by_lease = 0;
  for (const auto& crowd : crowds) {
    crowd->join();
    allowed += crowd->allowed();
    by_lease += crowd->by_lease();
  }
  leases.clear();  // Gives back.
  EXPECT_LE(allowed, limit_size);
  EXPECT_GT(allowed, limit_size * 9 / 10) << "a tenant whose slices are out was refused too early";
  EXPECT_GT(by_lease, limit_size / 2);
  EXPECT_EQ(served.used(tenant), Amount{allowed}) << "what was not spent came back";
}

TEST(LeasesOfManyClients, ASecondOneGetsWhatTheFirstGaveBack) {
  Served served;
  const TenantId tenant = served.create("returned", {window_limit("all", 100, Period::never)});
  std::uint64_t allowed = 0;
  {
    client::Leases leases{served.gateway(), small_slices()};
    allowed = ask_until_leased(leases, tenant);
  }
  EXPECT_EQ(served.used(tenant), Amount{allowed});
  EXPECT_EQ(served.spend(tenant, 100 - allowed).decision.outcome, Outcome::allowed);
}

TEST(LeasesOfManyTenants, APairThatIsAskedAboutOnceIsNotLeased) {
  Served served;
  client::Leases leases{served.gateway(), small_slices()};
  const Charge charge{api_requests, Amount{1}};
  for (int number = 0; number < 20; ++number) {
    const TenantId tenant = served.create("cold-" + std::to_string(number),
                                          {window_limit("all", 1'000, Period::never)});
    EXPECT_EQ(leases.check(Check{tenant, {&charge, 1}}).decision.outcome, Outcome::allowed);
  }
  EXPECT_EQ(leases.figures().leases + leases.figures().renewals, 0U);
}

TEST(LeasesOfManyTenants, OneThatIsIdleMakesWayForOneThatIsNot) {
  Served served;
  client::LeaseOptions options = small_slices(milliseconds{400});
  options.leases_max = 1;
  client::Leases leases{served.gateway(), options};
  for (const char* const name : {"first", "second", "third"}) {
    const TenantId tenant = served.create(name, {window_limit("all", 100'000'000, Period::never)});
    EXPECT_GT(ask_until_leased(leases, tenant), 0U) << "and no end of it before";
  }
}

TEST(LeasesAcrossACrash, WhatWasAllowedFromASliceIsStillHeldForIt) {
  Served served{{"--reactors", "2"}};
  const TenantId tenant = served.create("killed", {window_limit("all", limit_size, Period::never)});
  std::uint64_t allowed = 0;
  const Charge charge{api_requests, Amount{1}};
  {
    const auto client = served.client();
    client::Leases leases{*client, small_slices()};
    for (int i = 0; i < 3'000; ++i) {
      allowed += leases.check(Check{tenant, {&charge, 1}}).decision.outcome == Outcome::allowed;
    }
    served.crash();
  }  // It cannot say any more what it spent.
  served.start();
  const auto client = served.client();
  std::uint64_t unanswered = 0;
  {
    client::Leases leases{*client, small_slices()};
    Crowd crowd{leases, tenant};
    crowd.run(4);
    crowd.join();
    allowed += crowd.allowed();
    unanswered = crowd.unanswered();
  }
  EXPECT_EQ(unanswered, 0U);
  EXPECT_GT(allowed, limit_size / 2);
  EXPECT_LE(allowed, limit_size);
}

struct LeaseThatNobodyEnds : ::testing::Test {
  client::Answer lease(std::uint64_t spent, std::uint64_t want) {
    const Charge charge{api_requests, Amount{spent}};
    Check check{tenant, {&charge, 1}, Mode::lease, lease_id, seconds{10}};
    check.want = Amount{want};
    return served.gateway().check(check);
  }

  Served served{{"--simulated-time", "2026-01-01T00:00:00Z"}};
  TenantId tenant = served.create("vanished", {window_limit("all", 800, Period::never)});
};

TEST_F(LeaseThatNobodyEnds, HoldsItsSliceAndThenCountsAsSpent) {
  EXPECT_EQ(lease(0, 500).decision.granted, Amount{100}) << "an eighth of what is left";
  EXPECT_EQ(served.spend(tenant, 701).decision.outcome, Outcome::denied);
  EXPECT_EQ(served.spend(tenant, 700).decision.outcome, Outcome::allowed);
  EXPECT_EQ(served.used(tenant), Amount{700});
  must(served.administrator().advance_clock(seconds{11}));
  EXPECT_EQ(served.used(tenant), Amount{800});
  EXPECT_EQ(lease(40, 500).decision.outcome, Outcome::hold_expired);
}

TEST_F(LeaseThatNobodyEnds, SurvivesTheServer) {
  EXPECT_EQ(lease(0, 500).decision.granted, Amount{100});
  EXPECT_EQ(lease(60, 500).decision.granted, Amount{127}) << "40 are left, and 87 come on top";
  served.crash();
  served.start();
  EXPECT_EQ(served.used(tenant), Amount{60});
  EXPECT_EQ(served.spend(tenant, 800 - 60 - 127).decision.outcome, Outcome::allowed);
  EXPECT_EQ(lease(100, 500).decision.granted, Amount{87}) << "there is nothing left to add";
}

}  // namespace
}  // namespace sluice::test
