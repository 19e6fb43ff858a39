// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/protocol/client/asking.hpp"

namespace sluice::client {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// A port where nobody listens.
std::uint16_t free_port() {
  StandIn server;
  return server.port();
}

ClientOptions hasty(const StandIn& server) {
  auto options = options_for(server);
  options.check_timeout = milliseconds{20};
  return options;
}

void expect_by_policy(const Answer& answer, Outcome outcome) {
  EXPECT_TRUE(answer.by_policy);
  EXPECT_EQ(answer.decision.outcome, outcome);
}

TEST(ClientOpen, SaysWhereNobodyListens) {
  const auto port = free_port();
  const auto client = Client::open({.port = port});
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.fault().context,
            "cannot reach sluiced at 127.0.0.1:" + std::to_string(port) + ": connection refused");
}

TEST(ClientOpen, GivesUpOnAServerThatNeverAnswers) {
  StandIn server;
  server.freeze();
  auto options = options_for(server);
  options.connect_timeout = milliseconds{20};
  const auto client = Client::open(options);
  server.thaw();
  ASSERT_FALSE(client.ok());
  EXPECT_NE(client.fault().context.find("no answer within 20 ms"), std::string::npos)
      << client.fault().context;
}

TEST(ClientOpen, RefusesAServerOfAnotherProtocol) {
  StandIn server({.protocol = 7});
  const auto client = Client::open(options_for(server));
  ASSERT_FALSE(client.ok());
  EXPECT_NE(client.fault().context.find("it speaks protocol 7, not 1"), std::string::npos);
}

TEST(ClientOpen, RefusesWhoeverTalksNonsense) {
  StandIn server;
  server.babble();
  const auto client = Client::open(options_for(server));
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.fault().code, FaultCode::unavailable);
}

TEST(ClientFailure, ACheckIsAnsweredByPolicyWhenItsTimeIsUp) {
  StandIn server;
  server.hold();
  const auto client = open(hasty(server));
  expect_by_policy(client->check(Question(1).check), Outcome::unavailable);
  server.await_calls(1);
}

TEST(ClientFailure, AnOpenPolicyAllowsWhatNobodyDecided) {
  StandIn server;
  server.hold();
  auto options = hasty(server);
  options.failure_policy = FailurePolicy::open;
  const auto client = open(options);
  expect_by_policy(client->check(Question(1).check), Outcome::allowed);
}

TEST(ClientFailure, AnOpenPolicyNeitherGrantsNorSaysThatAnythingWasDone) {
  StandIn server;
  auto options = options_for(server);
  options.failure_policy = FailurePolicy::open;
  options.pending_checks_max = 1;
  const auto client = open(options);
  server.hold();
  Answers held;
  client->check_async(Question(1).check, held.callback());
  for (const auto& [mode, outcome] : {std::pair{Mode::normal, Outcome::allowed},
                                      {Mode::best_effort, Outcome::allowed},
                                      {Mode::record, Outcome::unavailable},
                                      {Mode::release, Outcome::unavailable},
                                      {Mode::reserve, Outcome::allowed},
                                      {Mode::extend, Outcome::unavailable},
                                      {Mode::commit, Outcome::unavailable},
                                      {Mode::cancel, Outcome::unavailable}}) {
    const Answer answer = client->check(Reservation(2).of(mode));
    expect_by_policy(answer, outcome);
    EXPECT_EQ(answer.decision.granted, Amount{0});
  }
  server.release();
  held.await(1);
}

TEST(ClientFailure, ACommitWhoseAnswerWasLostMayBeAskedAgain) {
  StandIn server;
  const auto client = open(server);
  const Reservation reservation(1);
  server.hold();
  Answers lost;
  client->check_async(reservation.of(Mode::commit), lost.callback());
  server.await_calls(1);
  server.answer_short();  // It was committed, but nobody is told.
  expect_by_policy(lost.await(1).front(), Outcome::unavailable);
  server.release();
  const Answer again = client->check(reservation.of(Mode::commit));
  EXPECT_EQ(again.decision.outcome, Outcome::allowed);
  EXPECT_TRUE(again.decision.repeated);
}

TEST(ClientFailure, AFrozenServerKeepsNobodyLongerThanTheTimeout) {
  StandIn server;
  const auto client = open(hasty(server));
  server.freeze();
  Answers answers;
  client->check_async(Question(1).check, answers.callback());
  expect_by_policy(client->check(Question(2).check), Outcome::unavailable);
  expect_by_policy(answers.await(1).front(), Outcome::unavailable);
  server.thaw();
}

TEST(ClientFailure, AFrozenConnectionIsGivenUpAndAnotherOneMade) {
  StandIn server;
  auto options = hasty(server);
  options.connect_timeout = milliseconds{20};
  const auto client = open(options);
  server.hold();
  Answers answers;
  client->check_async(Question(1).check, answers.callback());
  server.await_connections(2);
  EXPECT_EQ(answers.count(), 1U);
}

TEST(ClientFailure, ALateAnswerIsForgottenAndLaterOnesStillMeetTheirChecks) {
  StandIn server;
  auto options = options_for(server);
  options.check_timeout = milliseconds{50};
  options.connect_timeout = milliseconds{20'000};
  const auto client = open(options);
  server.hold();
  expect_by_policy(client->check(Question(1, 111).check), Outcome::unavailable);
  server.release();
  for (;;) {  // Until the machine is quick enough for the timeout.
    const auto answer = client->check(Question(2, 222).check);
    if (!answer.by_policy) {
      EXPECT_EQ(answer.decision.reading.used, Amount{222});
      break;
    }
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST(ClientFailure, ChecksInFlightOnALostConnectionAreNotAskedAgain) {
  StandIn server;
  const auto client = open(server);
  server.hold();
  Answers answers;
  client->check_async(Question(1).check, answers.callback());
  server.await_calls(1);
  server.hang_up();
  expect_by_policy(answers.await(1).front(), Outcome::unavailable);
  server.release();
  EXPECT_EQ(client->check(Question(2).check).decision.outcome, Outcome::allowed);
  EXPECT_EQ(server.calls().size(), 2U) << "asking twice might charge twice";
}

TEST(ClientFailure, ChecksThatHaveNotLeftYetGoOverTheNextConnection) {
  StandIn server;
  auto options = options_for(server);
  options.calls_in_flight_max = 1;
  const auto client = open(options);
  server.hold();
  Answers in_flight;
  Answers waiting;
  client->check_async(Question(1).check, in_flight.callback());
  server.await_calls(1);
  client->check_async(Question(2, 22).check, waiting.callback());
  server.hang_up();
  server.await_calls(2);
  server.release();
  expect_by_policy(in_flight.await(1).front(), Outcome::unavailable);
  EXPECT_EQ(waiting.await(1).front().decision.reading.used, Amount{22});
}

TEST(ClientFailure, ALostConnectionComesBackByItself) {
  StandIn server;
  const auto client = open(server);
  server.hang_up();
  server.await_connections(2);
}

TEST(ClientFailure, AServerThatStartsAgainIsFoundAgain) {
  StandIn server;
  const auto client = open(hasty(server));
  server.stop();
  while (!client->check(Question(1).check).by_policy) {
  }
  server.start();
  while (client->check(Question(1).check).by_policy) {
  }
}

TEST(ClientFailure, TriesToComeBackGetRarer) {
  StandIn server;
  auto options = options_for(server);
  options.backoff_min = milliseconds{1};
  options.backoff_max = milliseconds{60'000};
  const auto client = open(options);
  server.babble();
  const auto begin = Steady::now();
  server.hang_up();
  server.await_connections(1 + 6);
  EXPECT_GE(Steady::now() - begin, milliseconds{0 + 1 + 2 + 4 + 8 + 16})
      << "each try waits at least half of its back-off";
}

TEST(ClientFailure, AnAnswerOfTheWrongLengthIsNotBelieved) {
  StandIn server;
  const auto client = open(server);
  server.hold();
  Answers answers;
  client->check_async(Question(1).check, answers.callback());
  server.await_calls(1);
  server.answer_short();
  expect_by_policy(answers.await(1).front(), Outcome::unavailable);
}

TEST(ClientFailure, MoreChecksThanMayBePendingAreAnsweredAtOnce) {
  StandIn server;
  auto options = options_for(server);
  options.pending_checks_max = 3;
  const auto client = open(options);
  server.hold();
  Answers pending;
  for (std::uint64_t i = 0; i < 3; ++i) {
    client->check_async(Question(1).check, pending.callback());
  }
  Answers refused;
  client->check_async(Question(1).check, refused.callback());
  ASSERT_EQ(refused.count(), 1U) << "without waiting for anything";
  expect_by_policy(refused.await(1).front(), Outcome::unavailable);
  expect_by_policy(client->check(Question(1).check), Outcome::unavailable);
  EXPECT_EQ(pending.count(), 0U);
  server.release();
  EXPECT_EQ(pending.await(3).size(), 3U);
  while (client->check(Question(1).check).by_policy) {  // The places are free a moment later.
  }
}

TEST(ClientFailure, AListThatDoesNotFitIsRefusedAsAWhole) {
  StandIn server;
  auto options = options_for(server);
  options.pending_checks_max = 3;
  const auto client = open(options);
  const Charge charge{MeterId{1}, Amount{1}};
  const std::vector<Check> checks(4, Check{tenant(1), {&charge, 1}, Mode::normal});
  for (const Answer& answer : client->check(checks)) {
    expect_by_policy(answer, Outcome::unavailable);
  }
  EXPECT_TRUE(server.calls().empty());
}

TEST(ClientFailure, ACallbackMayTakeThePlaceOfTheCheckThatItAnswers) {
  StandIn server;
  auto options = options_for(server);
  options.pending_checks_max = 1;
  const auto client = open(options);
  Answers answers;
  client->check_async(Question(1).check, [&](const Answer&) {
    client->check_async(Question(2).check, answers.callback());
  });
  EXPECT_FALSE(answers.await(1).front().by_policy);
}

TEST(ClientFailure, EveryCallbackRunsExactlyOnceWhileTheServerComesAndGoes) {
  StandIn server;
  const auto client = open(hasty(server));
  constexpr std::size_t checks = 3000;
  std::vector<std::atomic<int>> called(checks);
  Answers answers;
  std::thread asking([&] {
    for (std::size_t i = 0; i < checks; ++i) {
      client->check_async(Question(1).check, [&, i](const Answer& answer) {
        ++called[i];
        answers.take(answer);
      });
      if (i % 100 == 0) {
        (void)client->check(Question(2).check);
      }
    }
  });
  for (int round = 0; round < 10; ++round) {
    server.hang_up();
    server.stop();
    server.start();
  }
  asking.join();
  EXPECT_EQ(answers.await(checks).size(), checks);
  for (const auto& count : called) {
    ASSERT_EQ(count, 1);
  }
}

TEST(ClientDestruction, AnswersWhatIsOutstandingByPolicy) {
  StandIn server;
  server.hold();
  Answers answers;
  {
    const auto client = open(server);
    for (std::uint64_t i = 0; i < 10; ++i) {
      client->check_async(Question(i + 1).check, answers.callback());
    }
    server.await_calls(1);
  }
  ASSERT_EQ(answers.count(), 10U);
  for (const Answer& answer : answers.await(10)) {
    expect_by_policy(answer, Outcome::unavailable);
  }
}

TEST(ClientDestruction, LetsCallersGoThatAreBlockedInIt) {
  StandIn server;
  server.hold();
  auto options = options_for(server);
  options.calls_in_flight_max = 8;
  auto client = open(options);
  std::vector<std::thread> callers;
  for (std::uint64_t i = 1; i <= 8; ++i) {
    callers.emplace_back([&client = *client, i] {
      expect_by_policy(client.check(Question(i).check), Outcome::unavailable);
    });
  }
  server.await_checks(8);  // Each of them is inside.
  client.reset();
  for (auto& caller : callers) {
    caller.join();
  }
}

TEST(ClientDestruction, AnswersAtOnceWhatACallbackAsksMeanwhile) {
  StandIn server;
  server.hold();
  Answers answers;
  auto client = open(server);
  client->check_async(Question(1).check, [&, &asked = *client](const Answer&) {
    asked.check_async(Question(2).check, answers.callback());
  });
  server.await_calls(1);
  client.reset();
  ASSERT_EQ(answers.count(), 1U);
  expect_by_policy(answers.await(1).front(), Outcome::unavailable);
}

}  // namespace
}  // namespace sluice::client
