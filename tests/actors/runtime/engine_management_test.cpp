// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineManagement : public EngineFixture {
protected:
  Result<Meter> define_meter(std::string name) {
    return reply_of<Meter>([=, this](auto reply) {
      engine->define_meter(here, operator_author(), name, "request", reply);
    });
  }
};

TEST_F(EngineManagement, GivesANewTenantAnIdOfItsOwn) {
  start();
  const auto created = create(draft(TenantId{}, 1));
  ASSERT_TRUE(created.ok());
  EXPECT_NE(created.value().id, TenantId{});
  EXPECT_EQ(created.value().version, Version{1});
  EXPECT_EQ(check(created.value().id), Outcome::allowed);
}

TEST_F(EngineManagement, RefusesABadDraftAndNamesTheField) {
  start();
  TenantDefinition bad = draft(tenant(1), 1);
  bad.slug = "No Slug";
  const auto created = create(bad);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.fault().code, FaultCode::invalid_argument);
  EXPECT_NE(created.fault().context.find("slug"), std::string::npos);
  EXPECT_FALSE(database.find(tenant(1)));
}

TEST_F(EngineManagement, ANewTenantIsKnownAtOnceThoughItWasUnknownBefore) {
  start();
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineManagement, AnAmendmentHoldsForTheNextCheckAndKeepsWhatWasUsed) {
  database.put(record(tenant(1), 2));
  start();
  EXPECT_EQ(check(tenant(1), 2), Outcome::allowed);
  EXPECT_EQ(check(tenant(1), 1), Outcome::denied);
  const auto amended = amend(resize(tenant(1), 3));
  ASSERT_TRUE(amended.ok());
  EXPECT_EQ(amended.value().version, Version{2});
  EXPECT_EQ(check(tenant(1), 1), Outcome::allowed);
  EXPECT_EQ(check(tenant(1), 1), Outcome::denied);
}

TEST_F(EngineManagement, AnAmendmentReachesATenantOnAnotherReactor) {
  start(2);
  const TenantId far = tenant_of(ReactorIndex{1});
  ASSERT_TRUE(create(draft(far, 1)).ok());
  EXPECT_EQ(check(far), Outcome::allowed);
  ASSERT_TRUE(amend(resize(far, 2)).ok());
  EXPECT_EQ(check(far), Outcome::allowed);
  EXPECT_EQ(check(far), Outcome::denied);
}

TEST_F(EngineManagement, AnAmendmentOfAnotherVersionChangesNothing) {
  database.put(record(tenant(1), 2));
  start();
  Amendment amendment = resize(tenant(1), 3);
  amendment.expected = Version{7};
  EXPECT_EQ(amend(amendment).fault().code, FaultCode::conflict);
  EXPECT_EQ(database.find(tenant(1))->definition.version, Version{1});
}

TEST_F(EngineManagement, WithoutAStoreNothingChanges) {
  database.put(record(tenant(1), 1));
  start();
  ASSERT_TRUE(create(draft(tenant(3), 1)).ok());
  ASSERT_TRUE(amend({tenant(3), std::nullopt, LifeEvent{Deactivate{}}}).ok());
  database.fail_writes(store_away);
  EXPECT_EQ(amend(resize(tenant(1), 5)).fault().code, FaultCode::unavailable);
  EXPECT_EQ(create(draft(tenant(2), 5)).fault().code, FaultCode::unavailable);
  EXPECT_EQ(remove(tenant(3)).fault().code, FaultCode::unavailable);
  EXPECT_TRUE(listener.heard_failure("amend"));
  EXPECT_EQ(check(tenant(1), 2), Outcome::denied) << "the limit is as it was";
}

TEST_F(EngineManagement, AChangeThatWasDoneThoughNobodyHeardIsPutInForce) {
  database.put(record(tenant(1), 1));
  start();
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  database.lose_answers(true);
  EXPECT_EQ(amend(resize(tenant(1), 2)).fault().code, FaultCode::outcome_unknown);
  database.lose_answers(false);
  ASSERT_FALSE(remove(tenant(9)).ok()) << "comes after it at the writer";
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineManagement, ARemovedTenantIsUnknown) {
  database.put(record(tenant(1), 1));
  start();
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  const auto removed = deactivate_and_remove(tenant(1));
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(removed.value().slug, "tenant-1");
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  EXPECT_EQ(remove(tenant(1)).fault().code, FaultCode::not_found);
}

TEST_F(EngineManagement, ATenantThatIsFoundedAgainStartsUnused) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineManagement, ShowsResolvesAndListsWhatIsStored) {
  database.put(record(tenant(1), 1));
  database.put(record(tenant(2), 1));
  start();
  const auto shown =
      reply_of<TenantDefinition>([this](auto reply) { engine->show(here, tenant(2), reply); });
  EXPECT_EQ(shown.value().slug, "tenant-2");
  const auto resolved =
      reply_of<TenantId>([this](auto reply) { engine->resolve(here, "tenant-1", reply); });
  EXPECT_EQ(resolved.value(), tenant(1));
  const auto page = reply_of<TenantPage>([this](auto reply) {
    TenantQuery query;
    query.page_size = 1;
    engine->list(here, query, reply);
  });
  EXPECT_EQ(page.value().tenants.size(), 1U);
  EXPECT_TRUE(page.value().more);
}

TEST_F(EngineManagement, WhatDoesNotExistIsNotFound) {
  start();
  EXPECT_EQ(usage(tenant(1)).fault().code, FaultCode::not_found);
  EXPECT_EQ(amend(resize(tenant(1), 1)).fault().code, FaultCode::not_found);
  EXPECT_EQ(reply_of<TenantDefinition>([this](auto reply) { engine->show(here, tenant(1), reply); })
                .fault()
                .code,
            FaultCode::not_found);
  EXPECT_EQ(reply_of<TenantId>([this](auto reply) { engine->resolve(here, "nobody", reply); })
                .fault()
                .code,
            FaultCode::not_found);
}

TEST_F(EngineManagement, UsageWakesATenantThatIsNotResident) {
  database.put(record(tenant(1), 10, 4));
  start();
  const auto shown = usage(tenant(1));
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown.value().limits.at(0).reading.used, Amount{4});
  EXPECT_EQ(shown.value().at, clock.now().wall);
}

TEST_F(EngineManagement, UsageSaysWhenTheStoreIsAway) {
  start();
  database.fail_reads(store_away);
  EXPECT_EQ(usage(tenant(1)).fault().code, FaultCode::unavailable);
}

TEST_F(EngineManagement, ANewMeterCanBeChargedOnEveryReactorAtOnce) {
  start(2);
  const std::size_t before = engine->meters()->size();
  const auto meter = define_meter("pages");
  ASSERT_TRUE(meter.ok());
  EXPECT_EQ(meter.value().id.raw(), before + 1);
  EXPECT_EQ(engine->meters()->back().name, "pages");
  for (const ReactorIndex owner : {ReactorIndex{0}, ReactorIndex{1}}) {
    const TenantId id = tenant_of(owner);
    ASSERT_TRUE(create(draft(id, 1)).ok());
    AskedBatch batch;
    wait(submit(batch.ask(id, 1, meter.value().id), owner));
    EXPECT_EQ(batch.outcome(), Outcome::allowed);
  }
}

TEST_F(EngineManagement, AMeterNameThatIsTakenOrWrongIsRefused) {
  start();
  const std::string taken = engine->meters()->front().name;
  EXPECT_EQ(define_meter(taken).fault().code, FaultCode::already_exists);
  EXPECT_EQ(define_meter("No Name").fault().code, FaultCode::invalid_argument);
}

TEST_F(EngineManagement, ManyCallsAtOnceAreBounded) {
  database.put(record(tenant(1), 10));
  start();
  std::promise<FaultCode> refused;
  auto refusal = refused.get_future();
  engine->loop(here).post([&] {
    for (int call = 0; call < 1025; ++call) {
      engine->show(here, tenant(1), [&](Result<TenantDefinition> result) {
        if (!result.ok()) {
          refused.set_value(result.fault().code);
        }
      });
    }
  });
  EXPECT_EQ(wait(std::move(refusal)), FaultCode::unavailable);
  EXPECT_TRUE(stop().ok());
}

TEST_F(EngineManagement, StatusHasOneEntryForEachReactor) {
  start(3);
  EXPECT_EQ(status().size(), 3U);
}

}  // namespace
}  // namespace sluice::testing
