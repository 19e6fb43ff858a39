// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineLifecycle : public EngineFixture {
protected:
  /// Waits until new management calls are refused.
  bool refuses_calls() {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline) {
      const auto told =
          reply_of<std::vector<ReactorStatus>>([this](auto reply) { engine->status(here, reply); });
      if (!told.ok()) {
        return told.fault().code == FaultCode::unavailable;
      }
    }
    return false;
  }
};

TEST_F(EngineLifecycle, DoesNotStartWithoutItsStoreAndSaysWhy) {
  database.fail_opening(Fault{FaultCode::unavailable, "no such directory"});
  make_engine();
  const auto started = engine->start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.fault().context, "no such directory");
}

TEST_F(EngineLifecycle, DoesNotStartWithAStoreThatCannotBeRead) {
  database.fail_reads(store_away);
  make_engine();
  EXPECT_EQ(engine->start().fault(), store_away);
}

TEST_F(EngineLifecycle, StopWritesEverythingOfEveryReactor) {
  start(3);
  std::vector<TenantId> ids;
  for (std::uint16_t owner = 0; owner < 3; ++owner) {
    ids.push_back(tenant_of(ReactorIndex{owner}));
    ASSERT_TRUE(create(draft(ids.back(), 10)).ok());
    EXPECT_EQ(check(ids.back(), 3), Outcome::allowed);
  }
  EXPECT_TRUE(stop().ok());
  for (const TenantId id : ids) {
    EXPECT_EQ(database.used(id, first_limit), Amount{3});
  }
}

TEST_F(EngineLifecycle, StopAnswersTheChecksThatWaitAndRefusesNewOnes) {
  database.put(record(tenant(1), 10));
  start();
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1), 4));
  ASSERT_TRUE(database.holds_a_load());
  auto stopped = std::async(std::launch::async, [this] { return stop(); });
  ASSERT_TRUE(refuses_calls());
  AskedBatch late;
  late.ask(tenant(1)).ask(tenant(1)).ready();
  late.answer(0).outcome = Outcome::invalid;
  auto late_answer = late.complete();
  engine->loop(here).post([&] { engine->submit(here, late); });
  wait(std::move(late_answer));
  EXPECT_EQ(late.outcomes(), (std::vector{Outcome::invalid, Outcome::unavailable}));
  database.let_go_of_load();
  EXPECT_TRUE(wait(std::move(stopped)).ok());
  wait(std::move(answer));
  EXPECT_EQ(batch.outcome(), Outcome::allowed);
  EXPECT_EQ(database.used(tenant(1), first_limit), Amount{4});
}

TEST_F(EngineLifecycle, StopTriesAgainWhenTheStoreComesBackInTime) {
  database.put(record(tenant(1), 10));
  start(1, [](EngineOptions& options) { options.flush_interval = 1ms; });
  database.fail_writes(store_away);
  EXPECT_EQ(check(tenant(1), 4), Outcome::allowed);
  auto stopped = std::async(std::launch::async, [this] { return stop(); });
  const std::size_t saves = database.saves();
  ASSERT_TRUE(database.wait_until([&] { return database.saves() > saves; }));
  database.fail_writes(std::nullopt);
  EXPECT_TRUE(wait(std::move(stopped)).ok());
  EXPECT_EQ(database.used(tenant(1), first_limit), Amount{4});
}

TEST_F(EngineLifecycle, StopSaysHowManyTenantsItCouldNotWrite) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  start();
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  EXPECT_EQ(check(tenant(2)), Outcome::allowed);
  database.fail_writes(store_away);
  const auto stopped = stop(1ms);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.fault().code, FaultCode::unavailable);
  EXPECT_TRUE(stopped.fault().context.ends_with("the journal has it")) << stopped.fault().context;
  EXPECT_NE(stopped.fault().context.find("2 tenants"), std::string::npos)
      << stopped.fault().context;
}

TEST_F(EngineLifecycle, AStopThatLeavesUsageUnwrittenSaysThatItIsLostWithoutAJournal) {
  durability = Durability::memory;
  database.put(record(tenant(1), 10));
  start();
  EXPECT_EQ(check(tenant(1), 3), Outcome::allowed);
  database.fail_writes(store_away);
  const auto stopped = stop(50ms);
  ASSERT_FALSE(stopped.ok());
  EXPECT_TRUE(stopped.fault().context.ends_with("it is lost, since there is no journal"))
      << stopped.fault().context;
}

TEST_F(EngineLifecycle, StopRunsOutOfPatienceWithALoadThatHangs) {
  start();
  database.hold_next_load();
  AskedBatch batch;
  auto answer = submit(batch.ask(tenant(1)));
  ASSERT_TRUE(database.holds_a_load());
  auto stopped = std::async(std::launch::async, [this] { return stop(1ms); });
  wait(std::move(answer));
  EXPECT_EQ(batch.outcome(), Outcome::unavailable);
  database.let_go_of_load();
  EXPECT_TRUE(wait(std::move(stopped)).ok());
}

TEST_F(EngineLifecycle, StoppingTwiceIsStoppingOnce) {
  start();
  EXPECT_TRUE(stop().ok());
  EXPECT_TRUE(stop().ok());
}

TEST_F(EngineLifecycle, ANewEngineContinuesWithTheNumbersOfTheOldOne) {
  database.put(record(tenant(1), 10));
  start();
  EXPECT_EQ(check(tenant(1), 6), Outcome::allowed);
  EXPECT_TRUE(stop().ok());
  start(2);
  EXPECT_EQ(check(tenant(1), 5), Outcome::denied);
  EXPECT_EQ(check(tenant(1), 4), Outcome::allowed);
}

TEST_F(EngineLifecycle, AnEngineThatIsOnlyDestroyedEndsItsThreads) {
  database.put(record(tenant(1), 10));
  start(2);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  engine.reset();
}

}  // namespace
}  // namespace sluice::testing
