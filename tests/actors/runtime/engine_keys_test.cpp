// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {

class EngineKeys : public EngineFixture {
protected:
  static ApiKey gateway_key(std::uint64_t id) {
    ApiKey key;
    key.id = KeyId{id};
    key.name = "edge";
    key.permissions = PermissionSet{Permission::checks_write};
    return key;
  }
  Result<ApiKey> add(ApiKey key) {
    return reply_of<ApiKey>(
        [=, this](auto reply) { engine->add_key(here, operator_author(), key, reply); });
  }
  static ApiKey key_of(std::uint64_t id, std::vector<TenantId> tenants) {
    ApiKey key = gateway_key(id);
    key.tenants = std::move(tenants);
    return key;
  }
  Result<ApiKey> remove(std::uint64_t id) {
    return reply_of<ApiKey>(
        [=, this](auto reply) { engine->remove_key(here, operator_author(), KeyId{id}, reply); });
  }
};

TEST_F(EngineKeys, AKeyIsThereOnceItIsAdded) {
  start();
  const auto added = add(gateway_key(1));
  ASSERT_TRUE(added.ok()) << added.fault().context;
  EXPECT_EQ(added.value().created_at, clock.now().wall);
  EXPECT_EQ(engine->find_key(KeyId{1})->key, added.value());
  EXPECT_EQ(engine->keys(), std::vector{added.value()});
}

TEST_F(EngineKeys, AKeyThatMayNotBeIsNotAdded) {
  start();
  ApiKey key = gateway_key(1);
  key.expires_at = clock.now().wall;
  EXPECT_EQ(add(key).fault().code, FaultCode::invalid_argument);
  EXPECT_TRUE(engine->keys().empty());
}

TEST_F(EngineKeys, WhoHoldsAKeySeesThatItIsRemoved) {
  start();
  ASSERT_TRUE(add(gateway_key(1)).ok());
  const auto held = engine->find_key(KeyId{1});
  EXPECT_FALSE(held->revoked->load());
  ASSERT_TRUE(remove(1).ok());
  EXPECT_TRUE(held->revoked->load());
  EXPECT_FALSE(engine->find_key(KeyId{1}));
  EXPECT_EQ(remove(1).fault().code, FaultCode::not_found);
}

TEST_F(EngineKeys, AKeyStaysAsLongAsTheStoreIsAway) {
  start();
  ASSERT_TRUE(add(gateway_key(1)).ok());
  database.fail_writes(store_away);
  EXPECT_EQ(remove(1).fault().code, FaultCode::unavailable);
  EXPECT_EQ(add(gateway_key(2)).fault().code, FaultCode::unavailable);
  EXPECT_FALSE(engine->find_key(KeyId{1})->revoked->load());
  EXPECT_EQ(engine->keys().size(), 1U);
}

TEST_F(EngineKeys, ARemovalInDoubtRevokesAndMayBeRepeated) {
  start();
  ASSERT_TRUE(add(gateway_key(1)).ok());
  database.lose_answers(true);
  EXPECT_EQ(remove(1).fault().code, FaultCode::outcome_unknown);
  EXPECT_TRUE(engine->find_key(KeyId{1})->revoked->load());
  database.lose_answers(false);
  EXPECT_TRUE(remove(1).ok());
  EXPECT_TRUE(engine->keys().empty());
}

TEST_F(EngineKeys, AnAdditionInDoubtIsNotPublished) {
  start();
  database.lose_answers(true);
  EXPECT_EQ(add(gateway_key(1)).fault().code, FaultCode::outcome_unknown);
  EXPECT_FALSE(engine->find_key(KeyId{1}));
}

TEST_F(EngineKeys, KeysOutliveTheEngine) {
  start();
  ASSERT_TRUE(add(gateway_key(1)).ok());
  ASSERT_TRUE(stop().ok());
  start();
  EXPECT_TRUE(engine->find_key(KeyId{1}));
}

TEST_F(EngineKeys, OfAPurgedTenantOpenNothingOnceThePurgeIsAnswered) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(add(key_of(1, {tenant(1)})).ok());
  const auto held = engine->find_key(KeyId{1});
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_TRUE(held->revoked->load());
  EXPECT_FALSE(engine->find_key(KeyId{1}));
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(stop().ok());
  start();
  EXPECT_FALSE(engine->find_key(KeyId{1})) << "the store has it no longer";
}

TEST_F(EngineKeys, OfAPurgedTenantCoverTheOthersThatTheyName) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(add(key_of(1, {tenant(1), tenant(2)})).ok());
  const auto held = engine->find_key(KeyId{1});
  EXPECT_FALSE(held->purged->contains(tenant(1)));
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_FALSE(held->revoked->load()) << "who came in with it goes on";
  EXPECT_TRUE(held->purged->contains(tenant(1)) && !held->purged->contains(tenant(2)));
  EXPECT_EQ(engine->find_key(KeyId{1})->key.tenants, std::vector{tenant(2)});
}

TEST_F(EngineKeys, AreNamedByTheEventOfThePurge) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(add(key_of(1, {tenant(1)})).ok());
  ASSERT_TRUE(add(key_of(2, {tenant(1), tenant(2)})).ok());
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_EQ(database.audit(tenant(1)).back().what.after,
            R"({"keys_revoked":{"0000000000000001":"edge"},)"
            R"("keys_narrowed":{"0000000000000002":"edge"}})");
}

TEST_F(EngineKeys, OfATenantWhosePurgeIsInDoubtEndOnceItIsKnown) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(add(key_of(1, {tenant(1)})).ok());
  ASSERT_TRUE(amend({tenant(1), std::nullopt, LifeEvent{Deactivate{}}}).ok());
  database.break_at_next_change(store_away);
  EXPECT_EQ(EngineFixture::remove(tenant(1)).fault().code, FaultCode::outcome_unknown);
  EXPECT_EQ(create(draft(tenant(1), 1)).fault().code, FaultCode::unavailable);
  EXPECT_EQ(add(key_of(2, {tenant(1)})).fault().code, FaultCode::unavailable);
  EXPECT_TRUE(engine->find_key(KeyId{1}));
  database.fail_reads(std::nullopt);
  EXPECT_TRUE(create(draft(tenant(1), 1)).ok());
  EXPECT_FALSE(engine->find_key(KeyId{1}));
}

}  // namespace sluice::testing
