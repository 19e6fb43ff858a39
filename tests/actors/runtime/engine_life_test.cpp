// SPDX-License-Identifier: Apache-2.0
// What becomes of tenants while an engine serves them: by operators, and by time.
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

using std::chrono::hours;

class EngineLives : public EngineFixture {
protected:
  /// One that looks often for what time does.
  void start_watchful(std::uint16_t reactors = 1) {
    start(reactors, [](EngineOptions& options) {
      options.due_interval = 1ms;
      options.flush_interval = 1ms;
      options.tenant_retention = hours{48};
      options.payment_grace = hours{72};
    });
  }
  Result<AlertId> pay(TenantId id, bool failed, const std::string& reference = "invoice-7") {
    return reply_of<AlertId>([&, failed, reference](auto reply) {
      engine->report_payment(here, operator_author(), {id, failed, reference}, reply);
    });
  }
  [[nodiscard]] std::size_t suspensions(TenantId id) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(database.audit(id), [](const AuditEvent& event) {
          return event.what.action == AuditAction::tenant_suspended &&
                 event.what.author == system_author();
        }));
  }
  Result<TenantDefinition> happen(TenantId id, LifeEvent event) {
    return amend({id, std::nullopt, std::move(event)});
  }
  TenantId create_on_trial(TenantId id, std::uint16_t days) {
    TenantDefinition wish = draft(id, 10);
    wish.life.trial_days = TrialDays{days};
    return create(wish).value().id;
  }
  [[nodiscard]] bool is_stored_as(TenantId id, TenantStatus status) const {
    const auto stored = database.find(id);
    return stored && stored->definition.life.status == status;
  }
  [[nodiscard]] bool becomes(TenantId id, TenantStatus status) const {
    return database.wait_until([&] { return is_stored_as(id, status); });
  }
};

TEST_F(EngineLives, ASuspensionHoldsForTheNextCheckOnEveryReactor) {
  start(2);
  for (const ReactorIndex owner : {ReactorIndex{0}, ReactorIndex{1}}) {
    const TenantId id = tenant_of(owner);
    ASSERT_TRUE(create(draft(id, 10)).ok());
    ASSERT_EQ(check(id), Outcome::allowed);
    ASSERT_TRUE(happen(id, Suspend{"unpaid"}).ok());
    EXPECT_EQ(check(id, 1, ReactorIndex{0}), Outcome::suspended);
    EXPECT_EQ(check(id, 1, ReactorIndex{1}), Outcome::suspended);
    ASSERT_TRUE(happen(id, Reactivate{}).ok());
    EXPECT_EQ(check(id), Outcome::allowed);
    EXPECT_EQ(used(id), Amount{2});
  }
}

TEST_F(EngineLives, ATenantThatIsLoadedIsAsItIsStored) {
  TenantRecord stored = record(tenant(1), 10);
  stored.definition.life = after({}, Suspend{"unpaid"}, clock.now().wall).value();
  database.put(stored);
  start();
  EXPECT_EQ(check(tenant(1)), Outcome::suspended);
}

TEST_F(EngineLives, WithoutAStoreNobodyIsSuspended) {
  database.put(record(tenant(1), 10));
  start();
  database.fail_writes(store_away);
  EXPECT_EQ(happen(tenant(1), Suspend{"unpaid"}).fault().code, FaultCode::unavailable);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineLives, OnlyADeactivatedTenantIsRemoved) {
  database.put(record(tenant(1), 10));
  start();
  const auto refused = remove(tenant(1));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::conflict);
  EXPECT_TRUE(database.find(tenant(1)));
  ASSERT_TRUE(happen(tenant(1), Deactivate{}).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::deactivated);
  ASSERT_TRUE(remove(tenant(1)).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
}

TEST_F(EngineLives, ADeactivatedTenantIsKeptForAsLongAsTheServerSays) {
  start_watchful();
  ASSERT_TRUE(create(draft(tenant(1), 10)).ok());
  // Whoever asks has no say in it.
  const auto gone = happen(tenant(1), Deactivate{.retention = 1s});
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(gone.value().life.purge_at, clock.now().wall + hours{48});
}

TEST_F(EngineLives, ATrialEndsByTimeAloneThoughNobodyAsks) {
  start_watchful();
  const TenantId id = create_on_trial(tenant(1), 1);
  clock.advance(hours{24});
  ASSERT_TRUE(becomes(id, TenantStatus::suspended));
  EXPECT_EQ(database.find(id)->definition.life.suspend_reason, "trial_expired");
  EXPECT_EQ(database.find(id)->definition.version, Version{2});
  EXPECT_EQ(check(id), Outcome::suspended);
}

TEST_F(EngineLives, ATrialIsOverAtItsInstantThoughTheStoreIsAway) {
  start();  // Nobody looks for what is due within the test.
  const TenantId id = create_on_trial(tenant(1), 1);
  clock.advance(hours{24} - 1s);
  EXPECT_EQ(check(id), Outcome::allowed);
  clock.advance(1s);
  database.fail_writes(store_away);
  EXPECT_EQ(check(id), Outcome::suspended);
  EXPECT_TRUE(is_stored_as(id, TenantStatus::trial));
}

TEST_F(EngineLives, WhatIsDueIsTriedAgainUntilTheStoreIsBack) {
  start_watchful();
  const TenantId id = create_on_trial(tenant(1), 1);
  database.fail_writes(store_away);
  clock.advance(hours{24});
  ASSERT_TRUE(database.wait_until([&] { return listener.heard_failure("due"); }));
  EXPECT_TRUE(is_stored_as(id, TenantStatus::trial));
  database.fail_writes(std::nullopt);
  EXPECT_TRUE(becomes(id, TenantStatus::suspended));
}

TEST_F(EngineLives, TheComingMonthIsMadeReadyOnceADay) {
  start_watchful();
  ASSERT_TRUE(database.wait_until([&] { return database.months_prepared() == 1; }));
  clock.advance(hours{23});
  const TenantId id = create_on_trial(tenant(1), 1);
  clock.advance(hours{1});
  ASSERT_TRUE(database.wait_until([&] { return database.months_prepared() == 2; }));
  clock.advance(hours{24});
  ASSERT_TRUE(becomes(id, TenantStatus::suspended)) << "in a later round";
  EXPECT_EQ(database.months_prepared(), 3U);
}

TEST_F(EngineLives, WhatTimeCannotDoIsToldOnceAndDoneAtOnceWhenItCanBe) {
  TenantRecord broken = record(tenant(1), 10);
  broken.definition.name = "";  // As no writer of ours leaves it.
  broken.definition.life.status = TenantStatus::trial;
  broken.definition.life.trial_ends_at = clock.now().wall;
  database.put(broken);
  start_watchful();
  ASSERT_TRUE(database.wait_until([&] { return !listener.due_refused().empty(); }));
  // Whoever is due later is seen to in a later round.
  const TenantId other = create_on_trial(tenant(2), 1);
  clock.advance(hours{24});
  ASSERT_TRUE(becomes(other, TenantStatus::suspended));
  ASSERT_EQ(listener.due_refused().size(), 1U);
  EXPECT_EQ(listener.due_refused().front().first, tenant(1));
  EXPECT_EQ(listener.due_refused().front().second.code, FaultCode::invalid_argument);
  EditTenant repaired;
  repaired.name = "Repaired";
  ASSERT_TRUE(amend({tenant(1), std::nullopt, repaired}).ok());
  EXPECT_TRUE(becomes(tenant(1), TenantStatus::suspended));
}

TEST_F(EngineLives, WhenRetentionEndsTheTenantIsPurgedAndUnknown) {
  start_watchful();
  ASSERT_TRUE(create(draft(tenant(1), 10)).ok());
  ASSERT_EQ(check(tenant(1)), Outcome::allowed);
  ASSERT_TRUE(happen(tenant(1), Deactivate{}).ok());
  clock.advance(hours{48});
  ASSERT_TRUE(database.wait_until([&] { return !database.find(tenant(1)); }));
  // Its host hears of it a moment later.
  ASSERT_TRUE(
      status_becomes([](const ReactorStatus& status) { return status.resident_tenants == 0; }));
  EXPECT_EQ(check(tenant(1)), Outcome::unknown_tenant);
  EXPECT_TRUE(create(draft(tenant(1), 10)).ok()) << "its slug is free";
}

TEST_F(EngineLives, ManyThatAreDueAtOnceAreAllSeenTo) {
  start_watchful(2);
  constexpr std::uint64_t count = 200;  // More than one message sees to.
  for (std::uint64_t number = 1; number <= count; ++number) {
    (void)create_on_trial(tenant(number), 1);
  }
  database.damage(tenant(3));  // It must not stand in the way of others.
  clock.advance(hours{24});
  for (std::uint64_t number = 1; number <= count; ++number) {
    EXPECT_TRUE(number == 3 || becomes(tenant(number), TenantStatus::suspended)) << number;
  }
}

TEST_F(EngineLives, ASuspendedTenantsTrialDoesNotEnd) {
  start_watchful();
  const TenantId id = create_on_trial(tenant(1), 1);
  const TenantId other = create_on_trial(tenant(2), 1);
  ASSERT_TRUE(happen(id, Suspend{"odd"}).ok());
  clock.advance(hours{24});
  ASSERT_TRUE(becomes(other, TenantStatus::suspended));
  EXPECT_EQ(database.find(id)->definition.life.suspend_reason, "odd");
}

TEST_F(EngineLives, AGraceEndsByTimeAloneOnceThoughNobodyAsks) {
  start_watchful(2);
  ASSERT_TRUE(create(draft(tenant(1), 10)).ok());
  ASSERT_TRUE(pay(tenant(1), true).ok());
  clock.advance(hours{72} - 1s);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  clock.advance(1s);
  EXPECT_EQ(check(tenant(1)), Outcome::suspended) << "at the instant, whoever notices it first";
  ASSERT_TRUE(becomes(tenant(1), TenantStatus::suspended));
  clock.advance(hours{72});
  ASSERT_TRUE(pay(tenant(1), true).ok()) << "said again";
  EXPECT_EQ(suspensions(tenant(1)), 1U);
  EXPECT_EQ(database.find(tenant(1))->definition.life.suspend_reason, "payment_failed");
}

TEST_F(EngineLives, APaymentThatComesInTimeEndsItsGrace) {
  start_watchful();
  ASSERT_TRUE(create(draft(tenant(1), 10)).ok());
  ASSERT_TRUE(pay(tenant(1), true).ok());
  clock.advance(hours{71});
  ASSERT_TRUE(pay(tenant(1), false).ok());
  ASSERT_TRUE(create_on_trial(tenant(2), 1) == tenant(2));
  clock.advance(hours{48});
  ASSERT_TRUE(becomes(tenant(2), TenantStatus::suspended)) << "so the timer has come round";
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
  EXPECT_EQ(suspensions(tenant(1)), 0U);
}

TEST_F(EngineLives, AGraceThatIsStoredEndsUnderAnotherEngineWithoutOne) {
  TenantRecord stored = record(tenant(1), 10);
  stored.definition.life.unpaid = {{"invoice-7", clock.now().wall + hours{1}}};
  database.put(stored);
  start(1, [](EngineOptions& options) { options.due_interval = 1ms; });
  clock.advance(hours{1});
  ASSERT_TRUE(becomes(tenant(1), TenantStatus::suspended));
}

TEST_F(EngineLives, APaymentThatComesTooLateFindsItsTenantSuspended) {
  TenantRecord stored = record(tenant(1), 10);
  stored.definition.life.unpaid = {{"invoice-7", clock.now().wall - hours{1}}};
  database.put(stored);
  start(1, [](EngineOptions& options) { options.due_interval = 1h; });
  ASSERT_TRUE(pay(tenant(1), false).ok());
  EXPECT_TRUE(is_stored_as(tenant(1), TenantStatus::suspended));
  EXPECT_EQ(suspensions(tenant(1)), 1U);
  EXPECT_TRUE(database.find(tenant(1))->definition.life.unpaid.empty());
  ASSERT_TRUE(happen(tenant(1), Reactivate{}).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

TEST_F(EngineLives, WithoutAStoreNoGraceBegins) {
  database.put(record(tenant(1), 10));
  start_watchful();
  database.fail_writes(store_away);
  EXPECT_EQ(pay(tenant(1), true).fault().code, FaultCode::unavailable);
  clock.advance(hours{100});
  EXPECT_EQ(check(tenant(1)), Outcome::allowed);
}

}  // namespace
}  // namespace sluice::testing
