// SPDX-License-Identifier: Apache-2.0
// How tenants are moved to other places while an engine serves them.
#include <future>
#include <limits>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

const Placement own_schema{Isolation::dedicated_schema};

class EngineMoves : public EngineFixture {
protected:
  static TenantDefinition draft_of(TenantId id, const std::string& tier = "enterprise") {
    TenantDefinition wish = draft(id, 1'000'000'000);
    wish.tier = tier;
    return wish;
  }
  Result<TenantDefinition> move(TenantId id, Placement to, std::optional<Version> expected = {}) {
    return reply_of<TenantDefinition>(
        [=, this](auto reply) { engine->move(here, operator_author(), id, expected, to, reply); });
  }
};

TEST_F(EngineMoves, AreDoneInPartsBetweenWhichOthersAreServed) {
  start(1, [](EngineOptions& options) { options.flush_interval = 1ms; });
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  ASSERT_EQ(check(tenant(1), 5), Outcome::allowed);
  database.prepare_moves_in(10);
  const auto moved = move(tenant(1), own_schema);
  ASSERT_TRUE(moved.ok()) << moved.fault().context;
  EXPECT_EQ(moved.value().placement, own_schema);
  EXPECT_EQ(database.find(tenant(1))->definition, moved.value());
  EXPECT_EQ(database.audit(tenant(1)).back().what.action, AuditAction::tenant_moved);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineMoves, LeaveTenantsCountedInTheirTiers) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  const auto counted = engine->tenant_counts().tiers;
  ASSERT_EQ(counted, (std::vector<TierCount>{{"enterprise", 1}}));
  ASSERT_TRUE(move(tenant(1), own_schema).ok());
  EXPECT_EQ(engine->tenant_counts().tiers, counted);
}

TEST_F(EngineMoves, AreRefusedToATenantWithoutTheFeature) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1), "free")).ok());
  EXPECT_EQ(move(tenant(1), own_schema).fault().code, FaultCode::permission_denied);
  EXPECT_EQ(move(tenant(2), own_schema).fault().code, FaultCode::not_found);
  EXPECT_EQ(database.find(tenant(1))->definition.version, Version{1});
}

TEST_F(EngineMoves, HoldForTheVersionThatWasExpected) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  EXPECT_EQ(move(tenant(1), own_schema, Version{7}).fault().code, FaultCode::conflict);
  EXPECT_TRUE(move(tenant(1), own_schema, Version{1}).ok());
}

TEST_F(EngineMoves, ThatFailedMayBeAskedForAgain) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  database.fail_writes(Fault{FaultCode::unavailable, "away"});
  EXPECT_EQ(move(tenant(1), own_schema).fault().code, FaultCode::unavailable);
  EXPECT_TRUE(listener.heard_failure("move"));
  database.fail_writes(std::nullopt);
  EXPECT_TRUE(move(tenant(1), own_schema).ok());
  EXPECT_TRUE(move(tenant(1), {}).ok());
}

TEST_F(EngineMoves, AreSweptAfter) {
  start(1, [](EngineOptions& options) { options.due_interval = 1ms; });
  ASSERT_TRUE(database.wait_until([&] { return database.sweeps() > 0; })) << "once at the start";
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  const std::size_t before = database.sweeps();
  ASSERT_TRUE(move(tenant(1), own_schema).ok());
  EXPECT_TRUE(database.wait_until([&] { return database.sweeps() > before; }));
}

TEST_F(EngineMoves, ThatAreRefusedBetweenTheirPartsAreGivenUpAndSwept) {
  start(1, [](EngineOptions& options) { options.due_interval = 1ms; });
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  database.prepare_moves_in(std::numeric_limits<std::size_t>::max());
  std::promise<Result<TenantDefinition>> answer;
  engine->loop(here).post([&] {
    engine->move(here, operator_author(), tenant(1), Version{1}, own_schema,
                 [&](Result<TenantDefinition> moved) { answer.set_value(std::move(moved)); });
  });
  ASSERT_TRUE(amend({tenant(1), std::nullopt, LifeEvent{Suspend{"unpaid"}}}).ok());
  EXPECT_EQ(wait(answer.get_future()).fault().code, FaultCode::conflict);
  const std::size_t before = database.sweeps();
  EXPECT_EQ(database.moves_given_up(), 1U);
  EXPECT_TRUE(database.wait_until([&] { return database.sweeps() > before; }));
  EXPECT_TRUE(move(tenant(1), own_schema).ok()) << "another one may begin";
}

TEST_F(EngineMoves, LetAnotherTenantThatWantsAPlaceOfItsOwnWaitItsTurn) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1))).ok());
  database.prepare_moves_in(std::numeric_limits<std::size_t>::max());
  std::promise<Result<TenantDefinition>> moved;
  std::promise<Result<TenantDefinition>> created;
  engine->loop(here).post([&] {
    engine->move(here, operator_author(), tenant(1), {}, own_schema,
                 [&](Result<TenantDefinition> answer) { moved.set_value(std::move(answer)); });
    TenantDefinition wish = draft_of(tenant(2));
    wish.placement = own_schema;
    engine->create(here, operator_author(), wish,
                   [&](Result<TenantDefinition> answer) { created.set_value(std::move(answer)); });
  });
  ASSERT_TRUE(create(draft_of(tenant(3))).ok()) << "one among others goes beside";
  EXPECT_FALSE(database.find(tenant(2)));
  database.prepare_moves_in(1);
  const auto at_last = wait(created.get_future());
  ASSERT_TRUE(at_last.ok()) << at_last.fault().context;
  EXPECT_EQ(at_last.value().placement, own_schema);
  EXPECT_TRUE(wait(moved.get_future()).ok());
}

}  // namespace
}  // namespace sluice::testing
