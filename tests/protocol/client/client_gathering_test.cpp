// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "tests/protocol/client/asking.hpp"

namespace sluice::client {
namespace {

std::size_t checks_in(const std::vector<std::vector<TenantId>>& calls) {
  return std::accumulate(calls.begin(), calls.end(), std::size_t{0},
                         [](std::size_t sum, const auto& call) { return sum + call.size(); });
}

TEST(ClientGathering, ALoneCheckLeavesAtOnce) {
  StandIn server;
  const auto client = open(server);
  EXPECT_EQ(client->check(Question(1).check).decision.outcome, Outcome::allowed);
  EXPECT_EQ(server.calls(), (std::vector<std::vector<TenantId>>{{tenant(1)}}));
}

TEST(ClientGathering, SixtyFourCallersBecomeFewCalls) {
  StandIn server;
  auto options = options_for(server);
  options.calls_in_flight_max = 1;
  const auto client = open(options);
  server.hold();
  Answers answers;
  client->check_async(Question(0).check, answers.callback());
  server.await_calls(1);
  for (std::uint64_t caller = 1; caller < 64; ++caller) {
    client->check_async(Question(caller).check, answers.callback());
  }
  server.release();
  answers.await(64);
  const auto calls = server.calls();
  ASSERT_EQ(calls.size(), 2U) << "while one call is in flight, the others wait for the next";
  EXPECT_EQ(calls[1].size(), 63U);
}

TEST(ClientGathering, ACallIsNeverLongerThanItMayBe) {
  StandIn server;
  auto options = options_for(server);
  options.checks_per_call_max = 10;
  const auto client = open(options);
  std::vector<Charge> charges{Charge{MeterId{1}, Amount{1}}};
  const std::vector<Check> checks(35, Check{tenant(1), charges, Mode::normal});
  EXPECT_EQ(client->check(checks).size(), 35U);
  for (const auto& call : server.calls()) {
    EXPECT_LE(call.size(), 10U);
  }
  EXPECT_EQ(checks_in(server.calls()), 35U);
}

TEST(ClientGathering, ManyChargesNeverMakeAFrameThatTheServerRefuses) {
  StandIn server;
  auto options = options_for(server);
  options.checks_per_call_max = 4096;
  const auto client = open(options);
  const std::vector<Charge> charges(charges_per_check_max, Charge{MeterId{1}, Amount{3}});
  const std::vector<Check> checks(4096, Check{tenant(1), charges, Mode::normal});
  for (const Answer& answer : client->check(checks)) {
    ASSERT_EQ(answer.decision.outcome, Outcome::allowed) << answer.problem;
  }
}

TEST(ClientGathering, NoMoreCallsAreInFlightThanAllowed) {
  StandIn server;
  auto options = options_for(server);
  options.calls_in_flight_max = 2;
  options.checks_per_call_max = 1;
  const auto client = open(options);
  server.hold();
  Answers answers;
  for (std::uint64_t caller = 0; caller < 5; ++caller) {
    client->check_async(Question(caller).check, answers.callback());
  }
  server.await_calls(2);
  EXPECT_EQ(server.calls().size(), 2U);
  server.release();
  answers.await(5);
  EXPECT_EQ(server.calls().size(), 5U);
}

TEST(ClientGathering, EachAnswerMeetsItsOwnCheck) {
  StandIn server;
  const auto client = open(server);
  std::vector<Charge> charges;
  for (std::uint64_t amount = 1; amount <= 300; ++amount) {
    charges.push_back(Charge{MeterId{2}, Amount{amount}});
  }
  std::vector<Check> checks;
  for (const Charge& charge : charges) {
    checks.push_back(Check{tenant(charge.amount.raw()), {&charge, 1}, Mode::normal});
  }
  const auto answers = client->check(checks);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].decision.reading.used, charges[i].amount);
    EXPECT_FALSE(answers[i].by_policy);
  }
}

TEST(ClientGathering, BlockingCallersOnManyThreadsAllGetTheirOwnAnswer) {
  StandIn server;
  const auto client = open(server);
  std::vector<std::thread> callers;
  for (std::uint64_t caller = 1; caller <= 16; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::uint64_t i = 1; i <= 200; ++i) {
        const auto answer = client->check(Question(caller, caller * 1000 + i).check);
        ASSERT_EQ(answer.decision.reading.used, Amount{caller * 1000 + i});
      }
    });
  }
  for (auto& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(checks_in(server.calls()), 16U * 200U);
}

TEST(ClientGathering, BlockingAndAsynchronousCallersShareOneConnection) {
  StandIn server;
  const auto client = open(server);
  Answers answers;
  std::thread asynchronous([&] {
    for (std::uint64_t i = 0; i < 1000; ++i) {
      client->check_async(Question(1).check, answers.callback());
    }
  });
  for (std::uint64_t i = 1; i <= 300; ++i) {
    EXPECT_EQ(client->check(Question(2, i).check).decision.reading.used, Amount{i});
  }
  asynchronous.join();
  EXPECT_EQ(answers.await(1000).size(), 1000U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(ClientGathering, ACallbackMayAskAgain) {
  StandIn server;
  const auto client = open(server);
  Answers answers;
  int left = 100;
  Client::Callback next = [&](const Answer& answer) {
    if (--left > 0) {
      client->check_async(Question(1).check, next);
    } else {
      answers.take(answer);
    }
  };
  client->check_async(Question(1).check, next);
  EXPECT_EQ(answers.await(1).front().decision.outcome, Outcome::allowed);
  EXPECT_EQ(checks_in(server.calls()), 100U);
}

TEST(ClientGathering, AnAsynchronousListIsAnsweredTogetherAndInOrder) {
  StandIn server;
  const auto client = open(server);
  const std::vector<Charge> charges{Charge{MeterId{1}, Amount{5}}, Charge{MeterId{1}, Amount{7}}};
  std::vector<Check> checks{Check{tenant(1), {&charges[0], 1}, Mode::normal},
                            Check{tenant(2), {}, Mode::normal},
                            Check{tenant(3), {&charges[1], 1}, Mode::peek}};
  Answers answers;
  client->check_async(checks, [&](std::span<const Answer> list) {
    for (const Answer& answer : list) {
      answers.take(answer);
    }
  });
  const auto list = answers.await(3);
  EXPECT_EQ(list[0].decision.reading.used, Amount{5});
  EXPECT_EQ(list[1].decision.outcome, Outcome::invalid);
  EXPECT_EQ(list[2].decision.reading.used, Amount{7});
}

TEST(ClientGathering, AnEmptyListIsAnsweredAtOnce) {
  StandIn server;
  const auto client = open(server);
  EXPECT_TRUE(client->check(std::span<const Check>{}).empty());
  bool called = false;
  client->check_async(std::span<const Check>{}, [&](auto list) { called = list.empty(); });
  EXPECT_TRUE(called);
  EXPECT_TRUE(server.calls().empty());
}

TEST(ClientGathering, TheChargesMayGoAsSoonAsAnAsynchronousCheckIsAsked) {
  StandIn server;
  const auto client = open(server);
  Answers answers;
  {
    std::vector<Charge> charges{Charge{MeterId{1}, Amount{11}}, Charge{MeterId{2}, Amount{12}}};
    client->check_async(Check{tenant(1), charges, Mode::normal}, answers.callback());
    charges.assign(2, Charge{MeterId{9}, Amount{99}});
  }
  EXPECT_EQ(answers.await(1).front().decision.reading.used, Amount{11});
}

}  // namespace
}  // namespace sluice::client
