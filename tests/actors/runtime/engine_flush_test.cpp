// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineFlush : public EngineFixture {
protected:
  void start_flushing(std::uint16_t reactors = 1) {
    start(reactors, [](EngineOptions& options) { options.flush_interval = 1ms; });
  }
  bool stored(TenantId id, std::uint64_t used) {
    return database.wait_until([&] { return database.used(id, first_limit) == Amount{used}; });
  }
};

TEST_F(EngineFlush, WritesWhatWasSpentWithoutBeingAsked) {
  database.put(record(tenant(1), 10));
  start_flushing();
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  EXPECT_TRUE(stored(tenant(1), 3));
  EXPECT_TRUE(status_becomes([](const auto& reactor) { return reactor.dirty_tenants == 0; }));
}

TEST_F(EngineFlush, WritesNothingForChecksThatChangedNothing) {
  database.put(record(tenant(1), 10, 10));
  start();
  EXPECT_EQ(check(tenant(1), 0), Outcome::allowed);
  EXPECT_EQ(status().at(0).dirty_tenants, 0U);
  EXPECT_TRUE(stop().ok());
  EXPECT_EQ(database.saves(), 0U);
}

TEST_F(EngineFlush, CarriesManyChangesOfATenantAsOne) {
  database.put(record(tenant(1), 1000));
  start();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  }
  EXPECT_TRUE(stop().ok());
  EXPECT_EQ(database.rows_saved(), 1U);
  EXPECT_EQ(database.used(tenant(1), first_limit), Amount{100});
}

TEST_F(EngineFlush, DoesNotKeepChecksWaiting) {
  database.put(record(tenant(1), 10));
  start_flushing();
  database.hold_saves(true);
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  ASSERT_TRUE(database.holds_a_save());
  EXPECT_EQ(check(tenant(1), 4), Outcome::allowed);
  database.hold_saves(false);
  EXPECT_TRUE(stored(tenant(1), 7)) << "what changed meanwhile goes with the next one";
}

TEST_F(EngineFlush, GoesOnForAllOthersWhileTheStoreRefusesWhatOneTenantHas) {
  for (std::uint64_t number = 1; number <= 9; ++number) {
    database.put(record(tenant(number), 10));
  }
  start_flushing();
  database.refuse(tenant(5));
  for (std::uint64_t number = 1; number <= 9; ++number) {
    EXPECT_EQ(check(tenant(number), 3), Outcome::allowed);
  }
  for (const std::uint64_t other : {1U, 4U, 6U, 9U}) {
    EXPECT_TRUE(stored(tenant(other), 3));
  }
  ASSERT_TRUE(database.wait_until([&] { return !listener.saves_refused().empty(); }));
  EXPECT_EQ(listener.saves_refused(), std::vector{tenant(5)});
  EXPECT_EQ(check(tenant(5), 4), Outcome::allowed) << "deciding needs no store";
  EXPECT_EQ(check(tenant(1), 4), Outcome::allowed);
  EXPECT_TRUE(stored(tenant(1), 7));
  EXPECT_EQ(status().at(0).refused_tenants, 1U);
  database.refuse({});
  EXPECT_TRUE(stored(tenant(5), 7));
  EXPECT_TRUE(status_becomes([](const auto& reactor) { return reactor.refused_tenants == 0; }));
}

TEST_F(EngineFlush, IsTriedAgainUntilTheStoreIsBack) {
  database.put(record(tenant(1), 10));
  start_flushing();
  database.fail_writes(store_away);
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.flush_failures >= 2; }));
  EXPECT_TRUE(listener.heard_failure("flush"));
  EXPECT_EQ(check(tenant(1), 4), Outcome::allowed) << "decisions go on";
  database.fail_writes(std::nullopt);
  EXPECT_TRUE(stored(tenant(1), 7));
}

TEST_F(EngineFlush, IsTriedAtOnceWhenTheStoreAnswersAgainHoweverLongItWasToWait) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  start(1, [](EngineOptions& options) {
    options.resident_tenants_max = 1;
    options.flush_interval = 1h;
    options.flush_back_off_max = 1h;
    options.due_interval = 1ms;
  });
  database.fail_writes(store_away);
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  EXPECT_EQ(check(tenant(2)), Outcome::unavailable) << "has no room before the other is written";
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.flush_failures == 1; }));
  database.fail_reads(store_away);
  ASSERT_TRUE(status_becomes([&](const auto&) { return listener.heard_failure("due"); }));
  database.fail_writes(std::nullopt);
  database.fail_reads(std::nullopt);
  EXPECT_TRUE(stored(tenant(1), 3));
}

TEST_F(EngineFlush, MayBeDoneTwiceWithoutHarm) {
  database.put(record(tenant(1), 10));
  start_flushing();
  database.lose_answers(true);
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.flush_failures >= 2; }));
  EXPECT_EQ(status().at(0).dirty_tenants, 1U) << "nobody said that it was written";
  database.lose_answers(false);
  ASSERT_TRUE(status_becomes([](const auto& reactor) { return reactor.dirty_tenants == 0; }));
  EXPECT_EQ(database.used(tenant(1), first_limit), Amount{3});
}

TEST_F(EngineFlush, OfMoreThanOneMayCarryAreOneRoundOfSeveral) {
  for (std::uint64_t number = 1; number <= 8; ++number) {
    database.put(record(tenant(number), 10));
  }
  start(1, [](EngineOptions& options) {
    options.flush_tenants_max = 4;
    options.flush_interval = 500ms;
  });
  AskedBatch batch;
  for (std::uint64_t number = 1; number <= 8; ++number) {
    batch.ask(tenant(number));
  }
  wait(submit(batch));
  EXPECT_TRUE(status_becomes([](const auto& reactor) { return reactor.dirty_tenants == 0; }));
  EXPECT_EQ(status().at(0).flushes, 2U);
}

TEST_F(EngineFlush, OfManyTenantsGathersThemInSlices) {
  AskedBatch batch;
  for (std::uint64_t number = 1; number <= 1000; ++number) {
    database.put(record(tenant(number), 10));
    batch.ask(tenant(number), number % 10);
  }
  start();
  wait(submit(batch));
  EXPECT_EQ(batch.outcomes(), std::vector<Outcome>(1000, Outcome::allowed));
  EXPECT_TRUE(stop().ok());
  EXPECT_EQ(database.saves(), 1U);
  EXPECT_EQ(database.used(tenant(7), first_limit), Amount{7});
}

TEST_F(EngineFlush, OfATenantThatIsRemovedMeanwhileLeavesNothingBehind) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  start();
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  EXPECT_EQ(check(tenant(2), 3), Outcome::allowed);
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_TRUE(stop().ok());
  EXPECT_FALSE(database.find(tenant(1)));
  EXPECT_EQ(database.used(tenant(2), first_limit), Amount{3});
}

}  // namespace
}  // namespace sluice::testing
