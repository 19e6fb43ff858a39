// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineChecks : public EngineFixture {};

TEST_F(EngineChecks, AdmitExactlyWhatTheLimitAllows) {
  database.put(record(tenant(1), 2));
  start();
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  EXPECT_EQ(check(tenant(1)), Outcome::denied);
}

TEST_F(EngineChecks, OfOneTenantAreDecidedInTheOrderOfTheList) {
  database.put(record(tenant(1), 10));
  start();
  AskedBatch batch;
  wait(submit(batch.ask(tenant(1), 6).ask(tenant(1), 6).ask(tenant(1), 4).ask(tenant(1), 1)));
  EXPECT_EQ(batch.outcomes(),
            (std::vector{Outcome::allowed, Outcome::denied, Outcome::allowed, Outcome::denied}));
}

TEST_F(EngineChecks, AreCompletedOnceEvenIfThereAreNone) {
  start();
  AskedBatch batch;
  wait(submit(batch));
  EXPECT_EQ(batch.completions(), 1);
}

TEST_F(EngineChecks, ThatAreInvalidAlreadyArePassedOver) {
  database.put(record(tenant(1), 10));
  start();
  AskedBatch batch;
  batch.ask(tenant(1), 3).ask(tenant(1), 4).ready();
  batch.answer(0).outcome = Outcome::invalid;
  auto complete = batch.complete();
  engine->loop(here).post([&] { engine->submit(here, batch); });
  wait(std::move(complete));
  EXPECT_EQ(batch.outcomes(), (std::vector{Outcome::invalid, Outcome::allowed}));
  EXPECT_EQ(used(tenant(1)), Amount{4});
}

TEST_F(EngineChecks, OfAMeterThatDoesNotExistChargeNothing) {
  database.put(record(tenant(1), 10));
  start();
  const auto beyond = static_cast<std::uint16_t>(engine->meters()->size() + 1);
  AskedBatch batch;
  wait(submit(batch.ask(tenant(1), 1, MeterId{0}).ask(tenant(1), 1, MeterId{beyond})));
  EXPECT_EQ(batch.outcomes(), (std::vector{Outcome::no_such_meter, Outcome::no_such_meter}));
  EXPECT_EQ(used(tenant(1)), Amount{0});
}

TEST_F(EngineChecks, ReachTheOwnerOfTheirTenantFromAnyReactor) {
  start(3);
  const TenantId far = tenant_of(ReactorIndex{2});
  ASSERT_TRUE(create(draft(far, 2)).ok());
  EXPECT_EQ(check(far, 1, ReactorIndex{0}), Outcome::allowed);
  EXPECT_EQ(check(far, 1, ReactorIndex{1}), Outcome::allowed);
  EXPECT_EQ(check(far, 1, ReactorIndex{2}), Outcome::denied);
  const auto reactors = status();
  EXPECT_EQ(reactors[0].hops, 1);
  EXPECT_EQ(reactors[1].hops, 1);
  EXPECT_EQ(reactors[2].hops, 0) << "it was at home there";
}

TEST_F(EngineChecks, OfOneBatchMayBelongToSeveralReactors) {
  start(2);
  AskedBatch batch;
  for (std::uint64_t nth = 0; nth < 20; ++nth) {
    for (const ReactorIndex owner : {ReactorIndex{0}, ReactorIndex{1}}) {
      const TenantId id = tenant_of(owner, nth);
      ASSERT_TRUE(create(draft(id, 1)).ok());
      batch.ask(id).ask(id);
    }
  }
  wait(submit(batch));
  for (std::size_t item = 0; item < 80; item += 2) {
    EXPECT_EQ(batch.outcome(item), Outcome::allowed);
    EXPECT_EQ(batch.outcome(item + 1), Outcome::denied) << "the second of the same tenant";
  }
  EXPECT_EQ(batch.completions(), 1);
}

TEST_F(EngineChecks, FromAllReactorsAtOnceAdmitExactlyTheLimit) {
  start(3);
  std::vector<TenantId> ids;
  for (std::uint16_t owner = 0; owner < 3; ++owner) {
    ids.push_back(tenant_of(ReactorIndex{owner}));
    ASSERT_TRUE(create(draft(ids.back(), 1000)).ok());
  }
  std::vector<std::unique_ptr<AskedBatch>> batches;
  std::vector<std::future<void>> answers;
  for (std::uint16_t i = 0; i < 300; ++i) {
    auto& batch = *batches.emplace_back(std::make_unique<AskedBatch>());
    for (std::size_t item = 0; item < 20; ++item) {
      batch.ask(ids[item % ids.size()]);
    }
    answers.push_back(submit(batch, ReactorIndex{static_cast<std::uint16_t>(i % 3)}));
  }
  std::ptrdiff_t allowed = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    wait(std::move(answers[i]));
    const auto outcomes = batches[i]->outcomes();
    allowed += std::count(outcomes.begin(), outcomes.end(), Outcome::allowed);
  }
  EXPECT_EQ(allowed, 3000) << "of 6000 that asked";
}

TEST_F(EngineChecks, ThatCrossAThresholdAreReported) {
  database.put(record(tenant(1), 100));
  start();
  EXPECT_EQ(check(tenant(1), 80), Outcome::allowed);
  ASSERT_EQ(listener.crossed().size(), 1U);
  EXPECT_EQ(listener.crossed()[0].threshold, Percent{80});
}

TEST_F(EngineChecks, OfBusyTenantsShowInTheStatus) {
  database.put(record(tenant(1), 1'000'000));
  database.put(record(tenant(2), 1'000'000));
  start();
  for (int i = 0; i < 40; ++i) {
    AskedBatch batch;
    for (int item = 0; item < 64; ++item) {
      batch.ask(tenant(item < 60 ? 1 : 2));
    }
    wait(submit(batch));
  }
  const auto busiest = status().at(0).busiest;
  ASSERT_FALSE(busiest.empty());
  EXPECT_EQ(busiest[0].tenant, tenant(1));
}

}  // namespace
}  // namespace sluice::testing
