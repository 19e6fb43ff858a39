// SPDX-License-Identifier: Apache-2.0
// Goal    A server that is stopped keeps every number; one that is told nonsense says so.
// Method  The real binary, started and stopped as an init system would.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(Restart, ContinuesWithTheSameNumbers) {
  Served served;
  const TenantId tenant = served.create("kept", {window_limit("monthly", 100, Period::month)});
  EXPECT_EQ(served.spend(tenant, 40).decision.outcome, Outcome::allowed);
  served.restart();
  EXPECT_EQ(served.used(tenant), Amount{40});
  EXPECT_EQ(served.spend(tenant, 61).decision.outcome, Outcome::denied);
  EXPECT_EQ(served.spend(tenant, 60).decision.outcome, Outcome::allowed);
}

TEST(Restart, OnAnotherNumberOfReactorsContinuesWithTheSameNumbers) {
  Served served;
  std::vector<TenantId> tenants;
  for (int i = 0; i < 30; ++i) {
    tenants.push_back(served.create("tenant-" + std::to_string(i),
                                    {window_limit("monthly", 100, Period::month)}));
    (void)served.spend(tenants.back(), static_cast<std::uint64_t>(i));
  }
  served.restart({"--reactors", "3"});
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    EXPECT_EQ(served.used(tenants[i]), Amount{i});
  }
}

TEST(Restart, NoExplanationOfALaterDecisionIsToldForOneBefore) {
  Served served;
  const TenantId tenant = served.create("refused", {window_limit("monthly", 1, Period::month)});
  const DecisionId before = served.spend(tenant, 2).decision.id;
  EXPECT_EQ(must(served.administrator().explain(tenant, {.decision = before})).size(), 1U);
  served.restart();
  const DecisionId after = served.spend(tenant, 2).decision.id;
  EXPECT_EQ(served.administrator().explain(tenant, {.decision = before}).fault().code,
            FaultCode::not_found);
  EXPECT_EQ(must(served.administrator().explain(tenant, {.decision = after})).size(), 1U);
}

TEST(Restart, UnderLoadEverythingThatWasAllowedIsCounted) {
  Served served;
  const TenantId tenant = served.create("loaded", {window_limit("all", 1'000'000, Period::never)});
  std::atomic<bool> go_on{true};
  std::atomic<std::uint64_t> allowed{0};
  std::atomic<std::uint64_t> unanswered{0};
  std::vector<std::thread> threads;
  const auto gateway = served.client();
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const Charge charge{api_requests, Amount{1}};
      while (go_on) {
        const client::Answer answer = gateway->check(Check{tenant, {&charge, 1}});
        (answer.decision.outcome == Outcome::allowed ? allowed : unanswered).fetch_add(1);
        go_on = go_on && answer.decision.outcome == Outcome::allowed;
      }
    });
  }
  while (allowed < 2000 && go_on) {
    std::this_thread::yield();
  }
  served.stop();
  for (std::thread& thread : threads) {
    thread.join();
  }
  served.start();
  // A check that was never answered may have been counted; one that was allowed must have been.
  EXPECT_GE(served.used(tenant), Amount{allowed});
  EXPECT_LE(served.used(tenant), Amount{allowed + unanswered});
}

std::uint64_t dirty_tenants(Served& served) {
  std::uint64_t dirty = 0;
  for (const ReactorStatus& reactor : must(served.administrator().status()).reactors) {
    dirty += reactor.dirty_tenants;
  }
  return dirty;
}

TEST(Restart, AfterACrashContinuesWithWhatWasWrittenBehind) {
  // Without a journal, so that only the store knows.
  Served served{{"--flush-interval", "10ms", "--durability", "memory"}};
  const TenantId tenant = served.create("crashed", {window_limit("all", 100, Period::never)});
  EXPECT_EQ(served.spend(tenant, 7).decision.outcome, Outcome::allowed);
  while (dirty_tenants(served) > 0) {
    std::this_thread::yield();
  }
  served.server().crash();
  served.start();
  EXPECT_EQ(served.used(tenant), Amount{7});
}

class SimulatedTime : public ::testing::Test {
protected:
  Served served_{{"--simulated-time", "2026-03-28T22:59:59Z"}};
};

TEST_F(SimulatedTime, ADayInBerlinEndsAtBerlinsMidnightAndLasts23HoursWhenClocksGoForward) {
  TenantDefinition wish = draft("berlin", {window_limit("daily", 10, Period::day)});
  wish.timezone = "Europe/Berlin";
  const TenantId tenant = must(served_.administrator().create(wish)).id;
  EXPECT_EQ(served_.spend(tenant, 10).decision.outcome, Outcome::allowed);
  const Decision denied = served_.spend(tenant, 1).decision;
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.retry_after, Duration{seconds{1}});

  must(served_.administrator().advance_clock(seconds{1}));
  EXPECT_EQ(served_.spend(tenant, 10).decision.outcome, Outcome::allowed);
  EXPECT_EQ(served_.spend(tenant, 1).decision.retry_after, Duration{hours{23}});
}

TEST_F(SimulatedTime, AWallClockThatStepsBackReopensNoWindowAndRefillsNoBucket) {
  const TenantId tenant = served_.create(
      "stepped", {window_limit("hourly", 10, Period::hour), rate_limit("rate", 1, hours{1}, 10)});
  EXPECT_EQ(served_.spend(tenant, 10).decision.outcome, Outcome::allowed);
  const WallTime now = must(served_.administrator().advance_clock(Duration::zero()));
  must(served_.administrator().set_wall_clock(now - hours{5}));
  EXPECT_EQ(served_.spend(tenant, 1).decision.outcome, Outcome::denied);
  EXPECT_EQ(served_.used(tenant, 0), Amount{10});
  EXPECT_EQ(served_.used(tenant, 1), Amount{10});
}

TEST_F(SimulatedTime, ALimitThatIsRaisedInMidWindowKeepsItsUsageAndHoldsFromTheNextCheck) {
  const TenantId tenant = served_.create("raised", {window_limit("daily", 10, Period::day)});
  EXPECT_EQ(served_.spend(tenant, 10).decision.outcome, Outcome::allowed);
  EXPECT_EQ(served_.spend(tenant, 1).decision.outcome, Outcome::denied);
  must(served_.administrator().put_limit(tenant, std::nullopt,
                                         window_limit("daily", 12, Period::day)));
  EXPECT_EQ(served_.spend(tenant, 3).decision.outcome, Outcome::denied);
  EXPECT_EQ(served_.spend(tenant, 2).decision.outcome, Outcome::allowed);
}

TEST_F(SimulatedTime, ReservationsThatEndTogetherGiveTheirRoomBackWithinAFewChecks) {
  constexpr std::uint64_t holds = 200;
  const TenantId acme = served_.create("acme", {window_limit("balance", holds, Period::never)});
  const Charge one{api_requests, Amount{1}};
  std::vector<Check> reserves;
  for (std::uint64_t id = 1; id <= holds; ++id) {
    reserves.push_back({acme, {&one, 1}, Mode::reserve, EntryId{1, id}, seconds{1}});
  }
  for (const client::Answer& answer : served_.gateway().check(reserves)) {
    ASSERT_EQ(answer.decision.outcome, Outcome::allowed);
  }
  must(served_.administrator().advance_clock(seconds{5}));
  Outcome outcome = Outcome::denied;
  for (std::uint64_t asked = 0; asked < holds && outcome == Outcome::denied; ++asked) {
    outcome = served_.spend(acme, holds).decision.outcome;
  }
  EXPECT_EQ(outcome, Outcome::allowed);
}

TEST_F(SimulatedTime, IsRefusedOnADirectoryThatWasMadeInRealTime) {
  TemporaryDirectory directory;
  const std::string data = directory.path() / "data";
  EXPECT_EQ(ServerProcess{data}.stop(), 0);
  const Finished refused = run({program("sluiced"), "--listen", "127.0.0.1:0", "--data-directory",
                                data, "--simulated-time", "2026-01-01T00:00:00Z"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.output.find("simulated"), std::string::npos) << refused.output;
}

TEST(Refusal, TheClockOfAServerInRealTimeCannotBeMoved) {
  Served served;
  const auto moved = served.administrator().advance_clock(seconds{1});
  ASSERT_FALSE(moved.ok());
  EXPECT_EQ(moved.fault().code, FaultCode::invalid_argument);
}

TEST(Refusal, ASecondServerOnTheSameDirectoryIsTurnedAway) {
  TemporaryDirectory directory;
  const std::string data = directory.path() / "data";
  ServerProcess first{data};
  const Finished second =
      run({program("sluiced"), "--listen", "127.0.0.1:0", "--data-directory", data});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.output.find("in use"), std::string::npos) << second.output;
  EXPECT_EQ(first.stop(), 0);
}

TEST(Refusal, AnUnknownOptionAndABadValueAreNamed) {
  const Finished unknown = run({program("sluiced"), "--no-such-option", "1"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.output.find("no-such-option"), std::string::npos) << unknown.output;
  const Finished bad = run({program("sluiced")}, {"SLUICE_FLUSH_INTERVAL=soon"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_NE(bad.output.find("soon"), std::string::npos) << bad.output;
  EXPECT_NE(bad.output.find("SLUICE_FLUSH_INTERVAL"), std::string::npos) << bad.output;
}

TEST(Refusal, AnAddressBeyondLoopbackIsNotListenedOn) {
  TemporaryDirectory directory;
  const Finished refused = run(
      {program("sluiced"), "--listen", "0.0.0.0:0", "--data-directory", directory.path() / "data"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.output.find("loopback"), std::string::npos) << refused.output;
}

}  // namespace
}  // namespace sluice::test
