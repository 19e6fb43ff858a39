// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

/// A tenant with a limit by user, of which the store has one counter and one reservation.
class EngineLive : public EngineFixture {
protected:
  [[nodiscard]] TenantRecord stored(TenantId id) const {
    TenantRecord record = testing::record(id, 10);
    record.definition.limits.front().per = {"user"};
    const WallTime now = clock.now().wall;
    record.entries = {Entry{.id = {reserved_id_high, pages_end},
                            .state = EntryState::counting,
                            .labels = {{"user", "ann"}},
                            .counter = Counter{first_limit, Amount{4}, wall_time_never, {}}},
                      Entry{.id = {1, 1},
                            .state = EntryState::held,
                            .begun = now,
                            .due = now + 60s,
                            .charges = {{requests, Amount{3}, Amount{1}}},
                            .labels = {{"user", "ann"}}}};
    return record;
  }

  Result<CounterPage> counters(const CounterQuery& query) {
    return reply_of<CounterPage>([=, this](auto reply) { engine->counters(here, query, reply); });
  }
  Result<HoldPage> holds(const HoldQuery& query) {
    return reply_of<HoldPage>([=, this](auto reply) { engine->holds(here, query, reply); });
  }
};

TEST_F(EngineLive, TheTenantIsLoadedToBeAsked) {
  database.put(stored(tenant(1)));
  start();
  const auto page = counters({.tenant = tenant(1), .limit = "total"});
  ASSERT_TRUE(page.ok()) << page.fault().context;
  ASSERT_EQ(page.value().counters.size(), 1U);
  EXPECT_EQ(page.value().counters[0].labels, (std::vector<OwnedLabel>{{"user", "ann"}}));
  EXPECT_EQ(page.value().counters[0].reading.used, Amount{4});
  EXPECT_EQ(page.value().counters[0].reading.held, Amount{3});
  EXPECT_EQ(page.value().at, clock.now().wall);
}

TEST_F(EngineLive, TheHostOfTheTenantIsAskedWhereverItIs) {
  start(2);
  const TenantId far = tenant_of(ReactorIndex{1});
  ASSERT_TRUE(create(draft(far, 10)).ok());
  AskedBatch batch;
  wait(submit(batch.ask(far, EntryId{1, 7}, Mode::reserve, 2)));
  const auto page = holds({.tenant = far});
  ASSERT_EQ(page.value().holds.size(), 1U);
  EXPECT_EQ(page.value().holds[0].id, (EntryId{1, 7}));
  EXPECT_EQ(page.value().holds[0].expires_at, clock.now().wall + AskedBatch::lifetime);
}

TEST_F(EngineLive, WhatIsDueHasEndedBeforeItIsTold) {
  database.put(stored(tenant(1)));
  start();
  EXPECT_EQ(holds({.tenant = tenant(1)}).value().holds.size(), 1U);
  clock.advance(60s);
  EXPECT_TRUE(holds({.tenant = tenant(1)}).value().holds.empty());
  EXPECT_EQ(counters({.tenant = tenant(1)}).value().counters.at(0).reading.used, Amount{5})
      << "with what was reported of it";
}

TEST_F(EngineLive, ATenantThatThereIsNotIsNotFound) {
  start();
  EXPECT_EQ(counters({.tenant = tenant(9)}).fault().code, FaultCode::not_found);
  EXPECT_EQ(holds({.tenant = tenant(9)}).fault().code, FaultCode::not_found)
      << "also when that is known already";
}

TEST_F(EngineLive, AStoreThatIsAwayIsTold) {
  database.put(stored(tenant(1)));
  start();
  database.fail_reads(store_away);
  EXPECT_EQ(holds({.tenant = tenant(1)}).fault(), store_away);
}

}  // namespace
}  // namespace sluice::testing
