// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/denial_budget.hpp"
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {

class EngineAudit : public EngineFixture {
protected:
  /// What the audit has of a tenant, or of the platform.
  [[nodiscard]] std::string actions(TenantId chain) const {
    std::string told;
    for (const AuditEvent& event : database.audit(chain)) {
      told += std::string{to_string(event.what.action)}.append(" ");
    }
    return told;
  }
  /// Nobody who is refused waits for what is written of it.
  [[nodiscard]] bool has_events(TenantId chain, std::size_t count) const {
    return database.wait_until([&] { return database.audit(chain).size() == count; });
  }
  Result<TenantDefinition> change(Change wish) {
    return amend({tenant(1), std::nullopt, std::move(wish)});
  }
  void deny(TenantId about) {
    const auto posted = std::make_shared<std::promise<void>>();
    engine->loop(here).post([this, about, posted] {
      engine->record_denial(here, operator_author(), about, "quotas:read", Refusal::foreign_tenant);
      posted->set_value();
    });
    posted->get_future().wait();
  }
};

TEST_F(EngineAudit, HasOneEventOfEveryChange) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  const Limit limit = create(draft(tenant(2), 5)).value().limits.at(0);
  ASSERT_TRUE(change(PutLimit{limit}).ok());
  ASSERT_TRUE(
      change(PutOverride{limit.name, Override{limit.rule, {}, wall_time_never, "a", "r"}}).ok());
  ASSERT_TRUE(change(RemoveOverride{limit.name}).ok());
  ASSERT_TRUE(change(RemoveLimit{limit.name}).ok());
  ASSERT_TRUE(change(EditTenant{.name = "Another"}).ok());
  ASSERT_TRUE(change(LifeEvent{Suspend{"unpaid"}}).ok());
  ASSERT_TRUE(change(LifeEvent{Reactivate{}}).ok());
  ASSERT_TRUE(change(LifeEvent{Deactivate{}}).ok());
  ASSERT_TRUE(change(LifeEvent{Restore{}}).ok());
  ASSERT_TRUE(deactivate_and_remove(tenant(1)).ok());
  EXPECT_EQ(actions(tenant(1)),
            "tenant.created limit.put override.put override.removed limit.removed tenant.edited "
            "tenant.suspended tenant.reactivated tenant.deactivated tenant.restored "
            "tenant.deactivated tenant.purged ");
  for (const AuditEvent& event : database.audit(tenant(1))) {
    EXPECT_EQ(event.what.author, operator_author());
    EXPECT_EQ(event.what.at, clock.now().wall);
  }
}

TEST_F(EngineAudit, TellsWhatWasBeforeAndAfter) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(amend(resize(tenant(1), 5)).ok());
  const AuditDraft what = database.audit(tenant(1)).at(1).what;
  EXPECT_NE(what.before.find(R"("size":1)"), std::string::npos) << what.before;
  EXPECT_NE(what.after.find(R"("size":5)"), std::string::npos) << what.after;
  EXPECT_EQ(what.after.find("enforcement"), std::string::npos) << "that did not change";
}

TEST_F(EngineAudit, HasKeysAndMetersInThePlatformsChain) {
  start();
  ApiKey key;
  key.id = KeyId{1};
  key.name = "a key";
  key.permissions = {Permission::checks_write};
  ASSERT_TRUE(reply_of<ApiKey>([=, this](auto reply) {
                engine->add_key(here, operator_author(), key, reply);
              }).ok());
  ASSERT_TRUE(reply_of<ApiKey>([this](auto reply) {
                engine->remove_key(here, operator_author(), KeyId{1}, reply);
              }).ok());
  ASSERT_TRUE(reply_of<Meter>([this](auto reply) {
                engine->define_meter(here, operator_author(), "pages", "page", reply);
              }).ok());
  EXPECT_EQ(actions(TenantId{}), "key.created key.revoked meter.defined ");
}

TEST_F(EngineAudit, SaysNothingOfAChangeThatWasRefusedOrNotWritten) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  EXPECT_FALSE(create(draft(tenant(1), 1)).ok());
  EXPECT_FALSE(change(RemoveLimit{"no-such-limit"}).ok());
  database.fail_writes(store_away);
  EXPECT_FALSE(amend(resize(tenant(1), 5)).ok());
  database.fail_writes(std::nullopt);
  EXPECT_EQ(actions(tenant(1)), "tenant.created ");
}

TEST_F(EngineAudit, NamesTheSystemForWhatTimeDoes) {
  start(1, [](EngineOptions& options) {
    options.due_interval = 1ms;
    options.tenant_retention = 1h;
  });
  TenantDefinition wish = draft(tenant(1), 1);
  wish.life.trial_days = TrialDays{1};
  ASSERT_TRUE(create(wish).ok());
  clock.advance(25h);
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(1)).size() == 2; }));
  const AuditDraft ended = database.audit(tenant(1)).at(1).what;
  EXPECT_EQ(ended.action, AuditAction::trial_ended);
  EXPECT_EQ(ended.author, system_author());
  ASSERT_TRUE(change(LifeEvent{Deactivate{}}).ok());
  clock.advance(2h);
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(1)).size() == 4; }));
  EXPECT_EQ(database.audit(tenant(1)).at(3).what.action, AuditAction::tenant_purged);
  EXPECT_EQ(database.audit(tenant(1)).at(3).what.author, system_author());
}

TEST_F(EngineAudit, RecordsARefusalWithTheTenantThatWasAskedFor) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  deny(tenant(1));
  deny(tenant(9));
  ASSERT_TRUE(has_events(tenant(1), 2) && has_events(TenantId{}, 1));
  EXPECT_EQ(actions(tenant(1)), "tenant.created access.denied ");
  EXPECT_EQ(actions(TenantId{}), "access.denied ") << "there is no tenant 9";
  EXPECT_EQ(actions(tenant(9)), "");
}

TEST_F(EngineAudit, RecordsWhatIsTriedOnATenantHoweverManyOthersWereGuessed) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  for (std::uint64_t number = 100; number < 100 + 3 * DenialBudget::per_minute; ++number) {
    deny(tenant(number));
  }
  deny(tenant(1));
  ASSERT_TRUE(has_events(tenant(1), 2) && has_events(TenantId{}, DenialBudget::per_minute));
  EXPECT_EQ(actions(tenant(1)), "tenant.created access.denied ");
}

TEST_F(EngineAudit, ForgetsWhatIsOlderThanItIsKept) {
  start(1, [](EngineOptions& options) {
    options.due_interval = 1ms;
    options.audit_retention = 48h;
  });
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  clock.advance(24h);
  ASSERT_TRUE(amend(resize(tenant(1), 5)).ok());
  clock.advance(25h);
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(1)).size() == 1; }));
  const auto check = reply_of<AuditCheck>(
      [this](auto reply) { engine->check_audit(here, tenant(1), std::nullopt, reply); });
  ASSERT_TRUE(check.ok());
  EXPECT_FALSE(check.value().broken);
  EXPECT_EQ(check.value().anchor.number, 1U);
  EXPECT_EQ(check.value().through.number, 2U);
}

}  // namespace sluice::testing
