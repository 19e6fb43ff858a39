// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/protocol/client/asking.hpp"

namespace sluice::client {
namespace {

/// Asks a check that must be refused here, and gives the problem.
std::string problem_of(const Check& check) {
  StandIn server;
  const auto client = open(server);
  const auto answer = client->check(check);
  EXPECT_EQ(answer.decision.outcome, Outcome::invalid);
  EXPECT_FALSE(answer.by_policy);
  EXPECT_TRUE(server.calls().empty()) << "a bad check must not travel";
  return answer.problem;
}

TEST(ClientValidation, ACheckNeedsACharge) {
  EXPECT_EQ(problem_of(Check{tenant(1), {}, Mode::normal}), "charges: a check needs at least one");
}

TEST(ClientValidation, ACheckHasAtMostSixteenCharges) {
  const std::vector<Charge> charges(charges_per_check_max + 1, Charge{MeterId{1}, Amount{1}});
  EXPECT_EQ(problem_of(Check{tenant(1), charges, Mode::normal}),
            "charges: at most 16 in one check, not 17");
}

TEST(ClientValidation, ACheckNamesATenant) {
  const Charge charge{MeterId{1}, Amount{1}};
  EXPECT_EQ(problem_of(Check{TenantId{}, {&charge, 1}, Mode::normal}),
            "tenant: the id is all zero");
}

TEST(ClientValidation, ACheckHasAModeThatExists) {
  const Charge charge{MeterId{1}, Amount{1}};
  EXPECT_EQ(problem_of(Check{tenant(1), {&charge, 1}, static_cast<Mode>(99)}),
            "mode: is not known");
}

TEST(ClientValidation, ACheckDoesNotChangeCredit) {
  const Charge charge{MeterId{1}, Amount{1}};
  const CreditChange change = GiveCredit{"prepaid", {.amount = Amount{1}}};
  Check check{tenant(1), {&charge, 1}, Mode::credit, EntryId{1, 2}};
  check.credit = &change;
  EXPECT_EQ(problem_of(check), "mode: is not known");
}

TEST(ClientValidation, ABestEffortTakesOneChargeAndEveryOtherModeMore) {
  const std::vector<Charge> charges(2, Charge{MeterId{1}, Amount{1}});
  EXPECT_EQ(problem_of(Check{tenant(1), charges, Mode::best_effort}),
            "charges: best effort takes exactly one, not 2");
  StandIn server;
  const auto client = open(server);
  for (const Mode mode : {Mode::normal, Mode::peek, Mode::record, Mode::release}) {
    EXPECT_EQ(client->check(Check{tenant(1), charges, mode}).decision.outcome, Outcome::allowed);
  }
}

TEST(ClientValidation, OnlyExtendCommitCancelAndAReleaseOfAnIdGoWithoutCharges) {
  StandIn server;
  const auto client = open(server);
  EXPECT_EQ(problem_of(Check{tenant(1), {}, Mode::release}), "charges: a check needs at least one");
  for (const Mode mode : {Mode::extend, Mode::commit, Mode::cancel, Mode::release}) {
    Check check = Reservation(1).of(mode);
    check.charges = {};
    EXPECT_EQ(client->check(check).decision.outcome, Outcome::allowed);
  }
  Check reserve = Reservation(1).of(Mode::reserve);
  reserve.charges = {};
  EXPECT_EQ(problem_of(reserve), "charges: a check needs at least one");
  const Reservation reservation(1);
  Check cancel = reservation.of(Mode::cancel);
  cancel.charges = reservation.check.charges;
  EXPECT_EQ(problem_of(cancel), "charges: a cancel has none");
}

TEST(ClientValidation, AZeroMeterIsNotTakenForNoCharges) {
  Reservation reservation(1, 0);
  reservation.charge.meter = MeterId{};
  for (const Mode mode : {Mode::extend, Mode::commit, Mode::release}) {
    EXPECT_EQ(problem_of(reservation.of(mode)), "charges: the meter of the first is zero");
  }
}

TEST(ClientValidation, AReservationHasAnIdAndAPeekHasNone) {
  const Reservation reservation(1);
  for (const Mode mode : {Mode::reserve, Mode::extend, Mode::commit, Mode::cancel, Mode::lease}) {
    Check check = reservation.of(mode);
    check.id = {};
    EXPECT_EQ(problem_of(check), "id: a reservation or lease needs one");
  }
  Check peek = reservation.of(Mode::peek);
  peek.id = EntryId{1, 1};
  EXPECT_EQ(problem_of(peek), "id: a peek is not remembered, so it has none");
}

TEST(ClientValidation, OnlyReserveExtendAndLeaseSayForHowLong) {
  const Reservation reservation(1);
  for (const Mode mode : {Mode::reserve, Mode::extend, Mode::lease}) {
    for (const Duration ttl : {Duration{1}, ttl_min - Duration{1}, ttl_max + Duration{1}}) {
      Check check = reservation.of(mode);
      check.ttl = ttl;
      EXPECT_EQ(problem_of(check), "ttl: is not from 1 ms to 7 days");
    }
  }
  Check lease = reservation.of(Mode::lease);
  lease.ttl = {};
  EXPECT_EQ(problem_of(lease), "ttl: is not from 1 ms to 7 days");
  for (const Mode mode : {Mode::normal, Mode::commit, Mode::cancel}) {
    Check check = reservation.of(mode);
    check.ttl = ttl_min;
    EXPECT_EQ(problem_of(check), "ttl: is only for reserve, extend and lease");
  }
}

TEST(ClientValidation, LabelsAreAsTheServerTakesThem) {
  const Charge charge{MeterId{1}, Amount{1}};
  const auto problem_with = [&](const std::vector<Label>& labels, Mode mode = Mode::normal) {
    return problem_of(Check{.tenant = tenant(1),
                            .charges = {&charge, 1},
                            .mode = mode,
                            .id = EntryId{1, 1},
                            .labels = labels});
  };
  EXPECT_EQ(problem_with({{"User", "42"}}), "labels: a name is not [a-z0-9][a-z0-9_-]{0,31}");
  EXPECT_EQ(problem_with({{"user", ""}}), "labels: a value is not 1 to 64 bytes of UTF-8");
  EXPECT_EQ(problem_with({{"user", "1"}, {"user", "2"}}), "labels: a name is there twice");
  EXPECT_EQ(problem_with(std::vector<Label>(9, Label{"user", "42"})), "labels: at most 8");
  EXPECT_EQ(problem_with({{"user", "42"}}, Mode::commit),
            "labels: are those of the reservation already");
}

TEST(ClientValidation, AReservationTravelsWithItsIdAndTime) {
  StandIn server;
  const auto client = open(server);
  const Reservation reservation(1, 7);
  const Decision first = client->check(reservation.of(Mode::reserve)).decision;
  EXPECT_EQ(first.reading.used, Amount{7});
  EXPECT_EQ(first.reading.held, Amount{30'000'000'000});
  EXPECT_FALSE(first.repeated);
  EXPECT_TRUE(client->check(reservation.of(Mode::reserve)).decision.repeated);
}

TEST(ClientValidation, AnAnswerCarriesEverythingThatTheServerTold) {
  StandIn server;
  const auto client = open(server);
  const Charge charge{MeterId{1}, Amount{4}};
  const Decision told = client->check(Check{tenant(1), {&charge, 1}, Mode::best_effort}).decision;
  EXPECT_EQ(told.granted, Amount{4});
  EXPECT_EQ(told.overage, Amount{4});
  EXPECT_EQ(told.price_micros, 4U);
  ASSERT_EQ(told.would_deny.count, 1U);
  EXPECT_EQ(told.would_deny.told().front(), LimitId{2});
  EXPECT_TRUE(told.overrun);
}

TEST(ClientValidation, AnAnswerIsExplainedIfTheCheckAskedForIt) {
  StandIn server;
  const auto client = open(server);
  Question question(1, 4);
  EXPECT_EQ(client->check(question.check).explanation, nullptr);
  question.check.explain = true;
  const Answer answer = client->check(question.check);
  EXPECT_EQ(answer.decision.id, DecisionId{5});
  ASSERT_NE(answer.explanation, nullptr);
  EXPECT_EQ(answer.explanation->decision, DecisionId{5});
  ASSERT_EQ(answer.explanation->limits.size(), 1U);
  EXPECT_EQ(answer.explanation->limits.front().reading, answer.decision.reading);
}

TEST(ClientValidation, WhatGoesOnIsNotExplained) {
  const Reservation reservation(1);
  for (const Mode mode : {Mode::extend, Mode::commit, Mode::cancel, Mode::lease}) {
    Check check = reservation.of(mode);
    check.explain = true;
    EXPECT_EQ(problem_of(check), "explain: is not for extend, commit, cancel and lease");
  }
}

TEST(ClientValidation, ABadCheckDoesNotSpoilTheListItCameWith) {
  StandIn server;
  const auto client = open(server);
  const Charge charge{MeterId{1}, Amount{4}};
  const std::vector<Check> checks{Check{tenant(1), {}, Mode::normal},
                                  Check{tenant(2), {&charge, 1}, Mode::normal}};
  const auto answers = client->check(checks);
  EXPECT_EQ(answers[0].decision.outcome, Outcome::invalid);
  EXPECT_EQ(answers[1].decision.reading.used, Amount{4});
}

TEST(ClientValidation, BadChecksOfACallbackThatAsksAgainDoNotGrowTheStack) {
  StandIn server;
  const auto client = open(server);
  int left = 1'000'000;
  Client::Callback next = [&](const Answer&) {
    if (--left > 0) {
      client->check_async(Check{tenant(1), {}, Mode::normal}, next);
    }
  };
  client->check_async(Check{tenant(1), {}, Mode::normal}, next);
  EXPECT_EQ(left, 0);
}

void expect_refused(ClientOptions options, const std::string& context) {
  const auto client = Client::open(std::move(options));
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.fault(), (Fault{FaultCode::invalid_argument, context}));
}

TEST(ClientValidation, OptionsThatMakeNoSenseAreRefusedByName) {
  expect_refused({.check_timeout = std::chrono::milliseconds{0}}, "check_timeout must be positive");
  expect_refused({.connect_timeout = std::chrono::milliseconds{-1}},
                 "connect_timeout must be positive");
  expect_refused({.backoff_min = std::chrono::milliseconds{5'000}},
                 "backoff_min must be positive, and backoff_max not below it");
  expect_refused({.pending_checks_max = 0}, "pending_checks_max must be positive");
  expect_refused({.checks_per_call_max = 4097}, "checks_per_call_max must be 1 to 4096");
  expect_refused({.calls_in_flight_max = 0}, "calls_in_flight_max must be positive");
}

TEST(ClientValidation, MetersAreFoundByNameAndAskedForAgainIfTheyAreNew) {
  StandIn server({.meters = {Meter{MeterId{1}, "requests", "request"}}});
  const auto client = open(server);
  EXPECT_EQ(client->meter("requests").value(), MeterId{1});
  server.tell(
      {.meters = {Meter{MeterId{1}, "requests", "request"}, Meter{MeterId{2}, "tokens", "token"}}});
  EXPECT_EQ(client->meters().size(), 1U);
  EXPECT_EQ(client->meter("tokens").value(), MeterId{2});
  EXPECT_EQ(client->meters().size(), 2U);
  EXPECT_EQ(client->meter("nonsense").fault().code, FaultCode::not_found);
}

}  // namespace
}  // namespace sluice::client
