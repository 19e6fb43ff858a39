// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineActivation : public EngineFixture {};

TEST_F(EngineActivation, ContinuesWithTheNumbersThatWereStored) {
  database.put(record(tenant(1), 10, 8));
  start();
  EXPECT_EQ(check(tenant(1), 3), Outcome::denied);
  EXPECT_EQ(check(tenant(1), 2), Outcome::allowed);
}

TEST_F(EngineActivation, DecidesWhatWaitedInTheOrderInWhichItCame) {
  database.put(record(tenant(1), 10));
  start();
  database.hold_next_load();
  AskedBatch first;
  AskedBatch second;
  auto first_answer = submit(first.ask(tenant(1), 6).ask(tenant(1), 6));
  ASSERT_TRUE(database.holds_a_load());
  auto second_answer = submit(second.ask(tenant(1), 4).ask(tenant(1), 1));
  EXPECT_TRUE(status_becomes([](const auto& reactor) { return reactor.waiting_checks == 4; }));
  database.let_go_of_load();
  wait(std::move(first_answer));
  wait(std::move(second_answer));
  EXPECT_EQ(first.outcomes(), (std::vector{Outcome::allowed, Outcome::denied}));
  EXPECT_EQ(second.outcomes(), (std::vector{Outcome::allowed, Outcome::denied}));
}

TEST_F(EngineActivation, OfOneTenantHoldsUpNoOther) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  start();
  EXPECT_EQ(check(tenant(2)), Outcome::allowed);
  database.hold_next_load();
  AskedBatch waiting;
  auto answer = submit(waiting.ask(tenant(1)));
  ASSERT_TRUE(database.holds_a_load());
  EXPECT_EQ(check(tenant(2)), Outcome::allowed);
  EXPECT_FALSE(waiting.is_complete());
  database.let_go_of_load();
  wait(std::move(answer));
  EXPECT_EQ(waiting.outcome(), Outcome::allowed);
}

TEST_F(EngineActivation, AsksTheStoreOnceForAllThatATurnMissed) {
  for (std::uint64_t number = 1; number <= 50; ++number) {
    database.put(record(tenant(number), 10));
  }
  start();
  AskedBatch batch;
  for (std::uint64_t number = 1; number <= 50; ++number) {
    batch.ask(tenant(number)).ask(tenant(number));
  }
  wait(submit(batch));
  EXPECT_EQ(database.loads(), 1U);
  const auto outcomes = batch.outcomes();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), Outcome::allowed), 100);
}

TEST_F(EngineActivation, WithoutAStoreTheChecksAreUnavailableUntilItIsBack) {
  database.put(record(tenant(1), 10));
  start();
  database.fail_reads(store_away);
  EXPECT_EQ(check(tenant(1)), Outcome::unavailable);
  EXPECT_TRUE(listener.heard_failure("load"));
  database.fail_reads(std::nullopt);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed) << "the failure is not remembered";
}

TEST_F(EngineActivation, DamageOfOneTenantDoesNotSpoilTheOthersOfItsLoad) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  database.damage(tenant(2));
  start();
  AskedBatch batch;
  wait(submit(batch.ask(tenant(1)).ask(tenant(2)).ask(tenant(3))));
  EXPECT_EQ(batch.outcomes(),
            (std::vector{Outcome::allowed, Outcome::unavailable, Outcome::unknown_tenant}));
}

TEST_F(EngineActivation, AnUnknownTenantIsNotLookedForAgainUntilThatIsOld) {
  start(1, [](EngineOptions& options) { options.unknown_for = 5s; });
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  EXPECT_EQ(database.loads(), 1U);
  database.put(record(tenant(1), 10));
  clock.advance(4s);
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  clock.advance(1s);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineActivation, RefusesWhatIsOverTheBoundOfOneTenant) {
  database.put(record(tenant(1), 10));
  start(1, [](EngineOptions& options) { options.waiting_checks_per_tenant_max = 2; });
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1)).ask(tenant(1)).ask(tenant(1)));
  ASSERT_TRUE(database.holds_a_load());
  database.let_go_of_load();
  wait(std::move(answer));
  EXPECT_EQ(batch.outcomes(),
            (std::vector{Outcome::allowed, Outcome::allowed, Outcome::unavailable}));
}

TEST_F(EngineActivation, RefusesWhatIsOverTheBoundOfTheReactor) {
  start(1, [](EngineOptions& options) { options.waiting_checks_max = 2; });
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1)).ask(tenant(2)).ask(tenant(3)));
  ASSERT_TRUE(database.holds_a_load());
  EXPECT_EQ(status().at(0).waiting_checks, 2U);
  database.let_go_of_load();
  wait(std::move(answer));
  EXPECT_EQ(batch.outcomes(),
            (std::vector{Outcome::unknown_tenant, Outcome::unknown_tenant, Outcome::unavailable}));
}

TEST_F(EngineActivation, ThatRacesWithAnAmendmentEndsWithTheNewRules) {
  database.put(record(tenant(1), 1));
  start();
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1), 5));
  ASSERT_TRUE(database.holds_a_load()) << "the reader has the old record in hand";
  ASSERT_TRUE(amend(resize(tenant(1), 5)).ok());
  database.let_go_of_load();
  wait(std::move(answer));
  EXPECT_EQ(batch.outcome(), Outcome::allowed);
}

TEST_F(EngineActivation, ThatRacesWithTheTenantsCreationFindsIt) {
  start();
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1)));
  ASSERT_TRUE(database.holds_a_load()) << "the reader has found nothing";
  ASSERT_TRUE(create(draft(tenant(1), 5)).ok());
  database.let_go_of_load();
  wait(std::move(answer));
  EXPECT_EQ(batch.outcome(), Outcome::allowed);
}

TEST_F(EngineActivation, ThatRacesWithTheTenantsRemovalDoesNotReviveIt) {
  database.put(record(tenant(1), 5));
  start();
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1)));
  ASSERT_TRUE(database.holds_a_load()) << "the reader has the record in hand";
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  database.let_go_of_load();
  wait(std::move(answer));
  EXPECT_EQ(batch.outcome(), Outcome::unknown_tenant);
}

TEST_F(EngineActivation, HoldsNoMoreTenantsThanItMay) {
  for (std::uint64_t number = 1; number <= 40; ++number) {
    database.put(record(tenant(number), 10, 10));
  }
  start(1, [](EngineOptions& options) { options.resident_tenants_max = 16; });
  for (std::uint64_t number = 1; number <= 40; ++number) {
    EXPECT_EQ(check(tenant(number), 0), Outcome::allowed);
  }
  const ReactorStatus reactor = status().at(0);
  EXPECT_EQ(reactor.resident_tenants, 16U);
  EXPECT_EQ(reactor.passivations, 24U);
}

TEST_F(EngineActivation, WritesAtOnceWhenOnlyThatCanMakeRoom) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  start(1, [](EngineOptions& options) { options.resident_tenants_max = 1; });
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  EXPECT_EQ(check(tenant(2)), Outcome::unavailable) << "the other one is dirty";
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.dirty_tenants == 0; }));
  EXPECT_EQ(check(tenant(2)), Outcome::allowed);
  EXPECT_EQ(database.used(tenant(1), first_limit), Amount{3});
}

TEST_F(EngineActivation, AnIdleTenantLeavesAndComesBackWithTheSameNumbers) {
  database.put(record(tenant(1), 10));
  start(1, [](EngineOptions& options) {
    options.idle_after = 60s;
    options.flush_interval = 1ms;
  });
  EXPECT_EQ(check(tenant(1), 7), Outcome::allowed);
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.dirty_tenants == 0; }));
  EXPECT_EQ(status().at(0).resident_tenants, 1U) << "it is not idle yet";
  clock.advance(61s);
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.resident_tenants == 0; }));
  EXPECT_EQ(check(tenant(1), 4), Outcome::denied);
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
}

}  // namespace
}  // namespace sluice::testing
