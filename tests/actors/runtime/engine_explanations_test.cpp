// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineExplanations : public EngineFixture {
protected:
  Result<std::vector<Explanation>> explanations(const ExplanationQuery& query) {
    return reply_of<std::vector<Explanation>>(
        [=, this](auto reply) { engine->explanations(here, query, reply); });
  }
};

TEST_F(EngineExplanations, ARefusalIsKnownByItsIdAndNothingElseIs) {
  database.put(record(tenant(1), 10));
  start();
  AskedBatch batch;
  wait(submit(batch.ask(tenant(1), 4).ask(tenant(1), 7).ask(tenant(1), 6)));
  EXPECT_EQ(batch.answer(0).id, DecisionId{});
  EXPECT_EQ(batch.answer(2).id, DecisionId{});
  const DecisionId id = batch.answer(1).id;
  ASSERT_NE(id, DecisionId{});
  const auto told = explanations({.tenant = tenant(1), .decision = id});
  ASSERT_TRUE(told.ok()) << told.fault().context;
  ASSERT_EQ(told.value().size(), 1U);
  const Explanation& why = told.value().front();
  EXPECT_EQ(why.decision, id);
  EXPECT_EQ(why.outcome, Outcome::denied);
  EXPECT_EQ(why.at, clock.now().wall);
  ASSERT_EQ(why.limits.size(), 1U);
  EXPECT_EQ(why.limits[0].amount, Amount{7});
  EXPECT_EQ(why.limits[0].reading.used, Amount{4}) << "as it was then, not as it is now";
  EXPECT_EQ(explanations({.tenant = tenant(2), .decision = id}).fault().code, FaultCode::not_found);
}

TEST_F(EngineExplanations, WhoAsksIsToldAtOnceAlsoWhenTheTenantIsLoadedFirst) {
  database.put(record(tenant(1), 10));
  start();
  AskedBatch batch;
  wait(submit(batch.ask(tenant(1), 4).why().ask(tenant(1), 1)));
  EXPECT_NE(batch.answer(0).id, DecisionId{});
  EXPECT_EQ(batch.answer(1).id, DecisionId{});
  EXPECT_EQ(batch.explanation().decision, batch.answer(0).id);
  EXPECT_EQ(batch.explanation().outcome, Outcome::allowed);
  ASSERT_EQ(batch.explanation().limits.size(), 1U);
  EXPECT_EQ(batch.explanation().limits[0].reading.used, Amount{0});
}

TEST_F(EngineExplanations, TheHostOfTheTenantIsAskedWhereverItIs) {
  start(2);
  const TenantId far = tenant_of(ReactorIndex{1});
  ASSERT_TRUE(create(draft(far, 1)).ok());
  AskedBatch batch;
  wait(submit(batch.ask(far, 2).why()));
  EXPECT_EQ(batch.explanation().outcome, Outcome::denied);
  const auto told = explanations({.tenant = far});
  ASSERT_EQ(told.value().size(), 1U);
  EXPECT_EQ(told.value().front(), batch.explanation());
}

TEST_F(EngineExplanations, WhatIsNotDecidedIsNotExplained) {
  database.put(record(tenant(1), 10));
  start();
  AskedBatch batch;
  wait(submit(batch.ask(tenant(9)).why().ask(tenant(1), 1, MeterId{999}).why()));
  EXPECT_EQ(batch.outcome(0), Outcome::unknown_tenant);
  EXPECT_EQ(batch.outcome(1), Outcome::no_such_meter);
  for (std::uint32_t item = 0; item < 2; ++item) {
    EXPECT_EQ(batch.answer(item).id, DecisionId{});
    EXPECT_EQ(batch.explanation(item), Explanation{});
  }
}

TEST_F(EngineExplanations, WhatIsInvalidAfterAllIsNotExplained) {
  TenantRecord stored = record(tenant(1), 10);
  stored.definition.limits.front().rule = RateRule{Amount{1}, 1s, Amount{1}};
  database.put(stored);
  start();
  AskedBatch batch;
  wait(submit(batch.ask(tenant(1), 1, requests, Mode::release).why()));
  EXPECT_EQ(batch.outcome(), Outcome::invalid);
  EXPECT_EQ(batch.answer(0).id, DecisionId{});
  EXPECT_TRUE(explanations({.tenant = tenant(1)}).value().empty());
}

TEST_F(EngineExplanations, ATenantThatIsRemovedTakesThemWithIt) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  EXPECT_EQ(check(tenant(1), 2), Outcome::denied);
  EXPECT_EQ(explanations({.tenant = tenant(1)}).value().size(), 1U);
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_TRUE(explanations({.tenant = tenant(1)}).value().empty());
}

}  // namespace
}  // namespace sluice::testing
