// SPDX-License-Identifier: Apache-2.0
// How tenants share while an engine of two reactors serves them: owner and consumer live on
// different ones.
#include <array>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

/// One use of a resource.
class UseBatch final : public CheckBatch {
public:
  UseBatch(TenantId consumer, PolicyId policy, Mode mode) {
    use_.policy = policy;
    use_.permission = SharePermission::read;
    check_.tenant = consumer;
    check_.mode = mode;
    check_.charges = charges_;
    check_.shared = &use_;
    checks = {&check_, 1};
    decisions = {&decision_, 1};
  }
  [[nodiscard]] std::future<void> complete() { return complete_.get_future(); }
  [[nodiscard]] Outcome outcome() const { return decision_.outcome; }

private:
  void abandoned() noexcept override { completed(); }
  void completed() noexcept override {
    // Taken out first: whoever waits may destroy the batch as soon as it is told.
    std::promise<void> complete = std::move(complete_);
    complete.set_value();
  }

  std::array<Charge, 1> charges_{Charge{requests, Amount{1}}};
  SharedUse use_{};
  Check check_{};
  Decision decision_{};
  std::promise<void> complete_;
};

class EngineSharing : public EngineFixture {
protected:
  void start_with_tenants(std::uint16_t reactors = 2) {
    start(reactors, [](EngineOptions& options) { options.due_interval = 1ms; });
    owner = tenant_of(ReactorIndex{0});
    consumer = tenant_of(ReactorIndex{static_cast<std::uint16_t>(reactors - 1)}, 1);
    ASSERT_TRUE(create(draft(owner, 1'000)).ok());
    ASSERT_TRUE(create(draft(consumer, 1'000)).ok());
  }
  SharingPolicy wished() const {
    SharingPolicy policy;
    policy.owner = owner;
    policy.resource = {ResourceType::model, "gpt-x"};
    policy.visibility = Visibility::marketplace;
    policy.permissions.add(SharePermission::read);
    return policy;
  }
  Result<SharingPolicy> put(const SharingPolicy& policy) {
    return reply_of<SharingPolicy>([&](auto reply) {
      engine->put_policy(here, operator_author(), PolicyWish{.policy = policy}, reply);
    });
  }
  Result<SharingPolicy> remove_policy(TenantId of, PolicyId id) {
    return reply_of<SharingPolicy>(
        [&](auto reply) { engine->remove_policy(here, operator_author(), of, id, reply); });
  }
  Result<SharingRequest> change(const AccessWish& wish) {
    return reply_of<SharingRequest>(
        [&](auto reply) { engine->change_access(here, operator_author(), wish, reply); });
  }
  Result<SharingRequest> ask(TenantId by, PolicyId policy) {
    RequestAccess wish;
    wish.consumer = by;
    wish.policy = policy;
    return change(wish);
  }
  Result<SharingRequest> approve(SharingId id, std::optional<WallTime> until = std::nullopt) {
    return change(ApproveAccess{owner, id, {}, until, ""});
  }
  /// The policy, and a grant of it that stands.
  std::pair<PolicyId, SharingId> share() {
    const PolicyId policy = put(wished()).value().id;
    const SharingId id = ask(consumer, policy).value().id;
    EXPECT_TRUE(approve(id).ok());
    return {policy, id};
  }
  Outcome use(PolicyId policy, ReactorIndex reactor = here) {
    return use(policy, Mode::normal, reactor);
  }
  Outcome use(PolicyId policy, Mode mode, ReactorIndex reactor = here) {
    UseBatch batch{consumer, policy, mode};
    auto complete = batch.complete();
    engine->loop(reactor).post([&] { engine->submit(reactor, batch); });
    wait(std::move(complete));
    return batch.outcome();
  }
  Result<SharingPage> access(const SharingQuery& query) {
    return reply_of<SharingPage>([&](auto reply) { engine->access(here, query, reply); });
  }
  std::size_t events(TenantId of, AuditAction action) const {
    const auto all = database.audit(of);
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](const AuditEvent& event) { return event.what.action == action; }));
  }
  WallTime in(std::chrono::seconds time) const { return clock.now().wall + time; }

  TenantId owner;
  TenantId consumer;
};

TEST_F(EngineSharing, AnApprovalIsInForceBeforeItIsAnswered) {
  start_with_tenants();
  const PolicyId policy = put(wished()).value().id;
  EXPECT_EQ(use(policy), Outcome::access_denied);
  const SharingId id = ask(consumer, policy).value().id;
  EXPECT_EQ(use(policy), Outcome::access_denied) << "asking is not having";
  ASSERT_TRUE(approve(id).ok());
  EXPECT_EQ(use(policy, ReactorIndex{0}), Outcome::allowed);
  EXPECT_EQ(use(policy, ReactorIndex{1}), Outcome::allowed);
}

TEST_F(EngineSharing, ARevocationIsInForceBeforeItIsAnsweredOnEveryReactor) {
  start_with_tenants();
  const auto [policy, id] = share();
  ASSERT_EQ(use(policy), Outcome::allowed);
  ASSERT_TRUE(change(RevokeAccess{owner, id, ""}).ok());
  EXPECT_EQ(use(policy, ReactorIndex{0}), Outcome::access_denied);
  EXPECT_EQ(use(policy, ReactorIndex{1}), Outcome::access_denied);
  const SharingId again = ask(consumer, policy).value().id;
  ASSERT_TRUE(approve(again).ok());
  EXPECT_EQ(use(policy), Outcome::allowed) << "after an end it may be asked for again";
}

TEST_F(EngineSharing, APolicyThatBlocksOrIsGoneGivesNothingOnceThatIsAnswered) {
  start_with_tenants();
  const auto [policy, id] = share();
  SharingPolicy blocking = *engine->find_policy(policy);
  blocking.block = {consumer};
  ASSERT_TRUE(put(blocking).ok());
  EXPECT_EQ(use(policy), Outcome::access_denied);
  blocking.block.clear();
  ASSERT_TRUE(put(blocking).ok());
  EXPECT_EQ(use(policy), Outcome::allowed);
  ASSERT_TRUE(remove_policy(owner, policy).ok());
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_EQ(engine->find_policy(policy), nullptr);
  EXPECT_EQ(engine->find_resource({ResourceType::model, "gpt-x"}), std::nullopt);
  EXPECT_TRUE(database.find(consumer)->definition.shares.empty());
  EXPECT_EQ(
      access({.tenant = consumer, .side = SharingSide::consumer}).value().requests.front().state,
      SharingState::revoked);
}

TEST_F(EngineSharing, APolicyThatManyAskForIsRemovedInSteps) {
  start_with_tenants(1);
  const PolicyId policy = put(wished()).value().id;
  for (std::size_t i = 0; i <= requests_at_once_max; ++i) {
    const TenantId asking = tenant(1'000 + i);
    ASSERT_TRUE(create(draft(asking, 10)).ok());
    ASSERT_TRUE(ask(asking, policy).ok());
  }
  ASSERT_TRUE(remove_policy(owner, policy).ok());
  EXPECT_EQ(engine->find_policy(policy), nullptr);
  EXPECT_TRUE(access({.tenant = owner, .open = true}).value().requests.empty());
  EXPECT_EQ(events(owner, AuditAction::access_rejected), requests_at_once_max + 1);
}

TEST_F(EngineSharing, GrantsEndByTimeAloneAndUsesAtTheInstant) {
  start_with_tenants();
  const PolicyId policy = put(wished()).value().id;
  const SharingId id = ask(consumer, policy).value().id;
  ASSERT_TRUE(approve(id, in(10s)).ok());
  ASSERT_EQ(use(policy), Outcome::allowed);
  clock.advance(10s);
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_TRUE(
      database.wait_until([&] { return database.find(consumer)->definition.shares.empty(); }));
  EXPECT_EQ(access({.tenant = owner}).value().requests.front().state, SharingState::expired);
  EXPECT_EQ(events(owner, AuditAction::access_expired), 1U);
  EXPECT_EQ(events(consumer, AuditAction::access_expired), 1U);
}

TEST_F(EngineSharing, ThoseOfAPolicyEndWithIt) {
  start_with_tenants();
  SharingPolicy ending = wished();
  ending.expires_at = in(10s);
  const PolicyId policy = put(ending).value().id;
  ASSERT_TRUE(approve(ask(consumer, policy).value().id).ok());
  ASSERT_EQ(use(policy), Outcome::allowed);
  clock.advance(10s);
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_TRUE(
      database.wait_until([&] { return database.find(consumer)->definition.shares.empty(); }));
}

TEST_F(EngineSharing, NeverOneGrantMoreThanMayStandHoweverManyAreApprovedAtOnce) {
  start_with_tenants();
  SharingPolicy bounded = wished();
  bounded.max_consumers = 3;
  const PolicyId policy = put(bounded).value().id;
  std::vector<SharingId> asked;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const TenantId asking = tenant(1'000 + i);
    ASSERT_TRUE(create(draft(asking, 10)).ok());
    asked.push_back(ask(asking, policy).value().id);
  }
  std::vector<std::future<Result<SharingRequest>>> answers;
  for (const SharingId id : asked) {
    const ReactorIndex reactor{static_cast<std::uint16_t>(answers.size() % 2)};
    const auto promise = std::make_shared<std::promise<Result<SharingRequest>>>();
    answers.push_back(promise->get_future());
    engine->loop(reactor).post([this, id, reactor, promise] {
      engine->change_access(
          reactor, operator_author(), ApproveAccess{owner, id, {}, {}, ""},
          [promise](Result<SharingRequest> done) { promise->set_value(std::move(done)); });
    });
  }
  std::size_t granted = 0;
  for (auto& answer : answers) {
    const auto done = wait(std::move(answer));
    granted += done.ok() ? 1U : 0U;
    if (!done.ok()) {
      EXPECT_EQ(done.fault().code, FaultCode::limit_exceeded);
    }
  }
  EXPECT_EQ(granted, 3U);
}

TEST_F(EngineSharing, WhatIsAnothersIsNotThereAndTheAttemptIsInItsAudit) {
  start_with_tenants();
  const PolicyId policy = put(wished()).value().id;
  const SharingId id = ask(consumer, policy).value().id;
  SharingPolicy stolen = *engine->find_policy(policy);
  stolen.owner = consumer;
  EXPECT_EQ(put(stolen).fault().code, FaultCode::not_found);
  EXPECT_EQ(remove_policy(consumer, policy).fault().code, FaultCode::not_found);
  EXPECT_EQ(change(ApproveAccess{consumer, id, {}, {}, ""}).fault().code, FaultCode::not_found);
  EXPECT_EQ(events(owner, AuditAction::access_denied), 3U);
  SharingPolicy same = wished();
  same.owner = consumer;
  EXPECT_EQ(put(same).fault().code, FaultCode::already_exists);
  EXPECT_EQ(engine->find_policy(policy)->owner, owner);
}

TEST_F(EngineSharing, APeekOfWhatIsPublicChangesNothing) {
  start_with_tenants();
  SharingPolicy open = wished();
  open.visibility = Visibility::everyone;
  open.max_consumers = 1;
  const PolicyId policy = put(open).value().id;
  EXPECT_EQ(use(policy, Mode::peek), Outcome::allowed);
  EXPECT_TRUE(database.find(consumer)->definition.shares.empty());
  EXPECT_TRUE(access({.tenant = owner}).value().requests.empty());
  EXPECT_EQ(events(owner, AuditAction::access_approved), 0U);
  EXPECT_EQ(use(policy), Outcome::allowed) << "the first use grants";
  EXPECT_EQ(database.find(consumer)->definition.shares.size(), 1U);
}

TEST_F(EngineSharing, WhoWasRevokedStaysOutOfWhatIsPublicUntilTheOwnerApproves) {
  start_with_tenants();
  SharingPolicy open = wished();
  open.visibility = Visibility::everyone;
  const PolicyId policy = put(open).value().id;
  ASSERT_EQ(use(policy), Outcome::allowed);
  const SharingId first = access({.tenant = owner}).value().requests.front().id;
  ASSERT_TRUE(change(RevokeAccess{owner, first, "overuse"}).ok());
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_EQ(use(policy, Mode::peek), Outcome::access_denied);
  ASSERT_TRUE(stop().ok());
  start(2);
  EXPECT_EQ(use(policy), Outcome::access_denied) << "after a restart, too";
  const auto again = ask(consumer, policy);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.value().state, SharingState::pending);
  EXPECT_EQ(use(policy), Outcome::access_denied) << "asking is not having";
  ASSERT_TRUE(approve(again.value().id).ok());
  EXPECT_EQ(use(policy), Outcome::allowed);
}

TEST_F(EngineSharing, ARevokeNeedsNothingOfWhatTheConsumerSpent) {
  start_with_tenants();
  const auto [policy, id] = share();
  ASSERT_EQ(use(policy), Outcome::allowed);
  database.damage(consumer);
  ASSERT_TRUE(change(RevokeAccess{owner, id, ""}).ok()) << "its rows cannot be loaded";
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_TRUE(remove_policy(owner, policy).ok());
}

TEST_F(EngineSharing, WhoseOwnerIsSuspendedIsOfNoUseAndNotAskedFor) {
  start_with_tenants();
  const auto [policy, id] = share();
  ASSERT_TRUE(amend({owner, std::nullopt, LifeEvent{Suspend{"unpaid"}}}).ok());
  EXPECT_EQ(use(policy, ReactorIndex{0}), Outcome::access_denied);
  EXPECT_EQ(use(policy, ReactorIndex{1}), Outcome::access_denied);
  const TenantId third = tenant(1'000);
  ASSERT_TRUE(create(draft(third, 10)).ok());
  EXPECT_EQ(ask(third, policy).fault().code, FaultCode::conflict);
  ASSERT_TRUE(stop().ok());
  start(2);
  EXPECT_EQ(use(policy), Outcome::access_denied) << "after a restart, too";
  ASSERT_TRUE(amend({owner, std::nullopt, LifeEvent{Reactivate{}}}).ok());
  EXPECT_EQ(use(policy), Outcome::allowed);
}

TEST_F(EngineSharing, AUseThatTheOwnerDoesNotAllowIsInItsAudit) {
  start_with_tenants();
  const auto [policy, id] = share();
  SharingPolicy changed = *engine->find_policy(policy);
  changed.block = {consumer};
  ASSERT_TRUE(put(changed).ok());
  EXPECT_EQ(use(policy), Outcome::access_denied);
  changed.block.clear();
  changed.visibility = Visibility::owner;
  ASSERT_TRUE(put(changed).ok());
  EXPECT_EQ(events(owner, AuditAction::access_denied), 1U) << "blocked";
  EXPECT_EQ(use(policy), Outcome::access_denied);
  ASSERT_TRUE(change(RevokeAccess{owner, id, ""}).ok());
  EXPECT_EQ(events(owner, AuditAction::access_denied), 2U) << "private";
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_EQ(use(policy, Mode::peek), Outcome::access_denied);
  ASSERT_TRUE(remove_policy(owner, policy).ok());
  EXPECT_EQ(events(owner, AuditAction::access_denied), 3U) << "revoked; and of the peek nothing";
}

TEST_F(EngineSharing, OneConsumerThatCannotBeReadDoesNotKeepTheGrantsOfOthers) {
  start_with_tenants();
  const PolicyId policy = put(wished()).value().id;
  const TenantId other = tenant(1'000);
  ASSERT_TRUE(create(draft(other, 10)).ok());
  const SharingId first = ask(consumer, policy).value().id;
  const SharingId second = ask(other, policy).value().id;
  ASSERT_TRUE(approve(first, in(10s)).ok());
  ASSERT_TRUE(approve(second, in(11s)).ok());
  database.damage_definition(consumer);
  clock.advance(12s);
  EXPECT_TRUE(database.wait_until([&] { return database.find(other)->definition.shares.empty(); }));
}

TEST_F(EngineSharing, IsKnownAfterARestart) {
  start_with_tenants();
  const auto [policy, id] = share();
  ASSERT_TRUE(stop().ok());
  start(2);
  EXPECT_EQ(engine->find_resource({ResourceType::model, "gpt-x"}), policy);
  EXPECT_EQ(use(policy), Outcome::allowed);
}

TEST_F(EngineSharing, WhatWasDoneThoughTheAnswerWasLostIsFoundAndPutInForce) {
  start_with_tenants();
  const PolicyId policy = put(wished()).value().id;
  const SharingId id = ask(consumer, policy).value().id;
  EXPECT_EQ(use(policy), Outcome::access_denied) << "and the consumer is resident";
  database.lose_answers(true);
  EXPECT_EQ(approve(id).fault().code, FaultCode::outcome_unknown);
  database.lose_answers(false);
  ASSERT_TRUE(ask(owner, PolicyId{1, 1}).fault().code == FaultCode::not_found);
  EXPECT_EQ(use(policy), Outcome::allowed);
}

TEST_F(EngineSharing, APurgedTenantSharesNothingAnyMore) {
  start_with_tenants();
  const auto [policy, id] = share();
  ASSERT_TRUE(deactivate_and_remove(owner).ok());
  EXPECT_EQ(engine->find_policy(policy), nullptr);
  EXPECT_EQ(use(policy), Outcome::access_denied);
  EXPECT_TRUE(database.find(consumer)->definition.shares.empty());
  EXPECT_EQ(events(consumer, AuditAction::access_revoked), 1U);
}

TEST_F(EngineSharing, WhatOthersMayAskForIsListedWithoutWhatIsNotForThem) {
  start_with_tenants();
  SharingPolicy listed = wished();
  listed.allow = {consumer};
  const PolicyId policy = put(listed).value().id;
  const auto page_of = [&](TenantId tenant, bool discover) {
    return reply_of<PolicyPage>([&](auto reply) {
             engine->policies(here, {.tenant = tenant, .discover = discover}, reply);
           })
        .value()
        .policies;
  };
  EXPECT_EQ(page_of(owner, false).front().allow.size(), 1U);
  EXPECT_TRUE(page_of(owner, true).empty());
  ASSERT_EQ(page_of(consumer, true).size(), 1U);
  EXPECT_EQ(page_of(consumer, true).front().id, policy);
  EXPECT_TRUE(page_of(consumer, true).front().allow.empty());
}

}  // namespace
}  // namespace sluice::testing
