// SPDX-License-Identifier: Apache-2.0
// Which alerts an engine writes, and when.
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

using std::chrono::hours;

class EngineAlerts : public EngineFixture {
protected:
  /// One that looks often for what time does, and flushes at once.
  void start_watchful() {
    start(1, [](EngineOptions& options) {
      options.due_interval = 1ms;
      options.flush_interval = 1ms;
    });
  }
  [[nodiscard]] std::string kinds() const {
    std::string kinds;
    for (const Alert& alert : database.alerts()) {
      kinds.append(to_string(alert.kind)).append(" ");
    }
    return kinds;
  }
  [[nodiscard]] bool becomes(const std::string& wanted) const {
    return database.wait_until([&] { return kinds() == wanted; });
  }
  void pass(hours time) { clock.advance(time); }
};

TEST_F(EngineAlerts, OfAThresholdReachTheStoreWithTheSpendingThatCrossedIt) {
  start_watchful();
  ASSERT_TRUE(create(draft(tenant(1), 100)).ok());
  ASSERT_EQ(check(tenant(1), 79), Outcome::allowed);
  ASSERT_EQ(check(tenant(1), 12), Outcome::allowed);
  ASSERT_TRUE(becomes("quota.threshold quota.threshold "));
  EXPECT_GE(database.used(tenant(1), first_limit), Amount{91});
  ASSERT_EQ(check(tenant(1), 1), Outcome::allowed);
  ASSERT_TRUE(stop().ok());
  EXPECT_EQ(database.alerts().size(), 2U) << "80 and 90 %";
}

TEST_F(EngineAlerts, OfAThresholdAreNeitherLostNorDoubledByAFlushThatIsInDoubt) {
  start_watchful();
  ASSERT_TRUE(create(draft(tenant(1), 100)).ok());
  database.lose_answers(true);
  ASSERT_EQ(check(tenant(1), 80), Outcome::allowed);
  ASSERT_TRUE(database.wait_until([&] { return listener.heard_failure("flush"); }));
  database.lose_answers(false);
  ASSERT_TRUE(stop().ok());
  EXPECT_EQ(kinds(), "quota.threshold ");
}

TEST_F(EngineAlerts, OfALifeAreWrittenWithItsChange) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  ASSERT_TRUE(amend({tenant(1), std::nullopt, LifeEvent{Suspend{"unpaid"}}}).ok());
  ASSERT_TRUE(amend({tenant(1), std::nullopt, LifeEvent{Reactivate{}}}).ok());
  ASSERT_TRUE(amend({tenant(1), std::nullopt, EditTenant{.name = "Another"}}).ok());
  EXPECT_EQ(kinds(), "tenant.suspended tenant.reactivated ");
}

TEST_F(EngineAlerts, WarnOfTrialsByTimeAlone) {
  start_watchful();
  TenantDefinition wish = draft(tenant(1), 1);
  wish.life.trial_days = TrialDays{10};
  ASSERT_TRUE(create(wish).ok());
  pass(hours{24 * 3});
  ASSERT_TRUE(becomes("trial.ending "));
  pass(hours{24 * 4});
  ASSERT_TRUE(becomes("trial.ending trial.ending "));
  pass(hours{24 * 3});
  ASSERT_TRUE(becomes("trial.ending trial.ending trial.ended tenant.suspended "))
      << "the warning of the last day is not given behind its end";
}

TEST_F(EngineAlerts, TellOfSomebodyWhoWasRefusedAForeignTenantAndNotOfOneWhoLacksARight) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  const auto deny = [&](Refusal why) {
    engine->loop(here).post(
        [this, why] { engine->record_denial(here, operator_author(), tenant(1), "x", why); });
  };
  deny(Refusal::right_missing);
  deny(Refusal::foreign_tenant);
  deny(Refusal::foreign_tenant);
  ASSERT_TRUE(database.wait_until([&] { return database.audit(tenant(1)).size() == 4; }));
  EXPECT_EQ(kinds(), "access.violation ") << "once an hour";
}

TEST_F(EngineAlerts, TellOnceOfAPaymentThatFailedAndOnceThatItCameIn) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  const auto report = [&](bool failed, const std::string& reference) {
    return reply_of<AlertId>([&, failed, reference](auto reply) {
      engine->report_payment(here, operator_author(), {tenant(1), failed, reference}, reply);
    });
  };
  const AlertId first = report(true, "invoice-7").value();
  EXPECT_EQ(report(true, "invoice-7").value(), first);
  ASSERT_TRUE(report(false, "invoice-7").ok());
  EXPECT_EQ(kinds(), "payment.failed payment.recovered ");
  EXPECT_EQ(report(true, "").fault().code, FaultCode::invalid_argument);
}

TEST_F(EngineAlerts, TestAWebhookThatTheTenantHas) {
  start();
  ASSERT_TRUE(create(draft(tenant(1), 1)).ok());
  const auto test = [&](const std::string& url) {
    return reply_of<AlertId>([&, url](auto reply) {
      engine->test_webhook(here, operator_author(), tenant(1), url, reply);
    });
  };
  EXPECT_EQ(test("https://h.example").fault().code, FaultCode::not_found);
  const auto store = database.stores()().value();
  Customisation custom{.version = Version{1}};
  custom.webhooks = {{"https://h.example", {"*"}, "0123456789abcdef", true}};
  ASSERT_TRUE(store
                  ->change_customisation({engine->ownership().epoch, {}},
                                         {.tenant = tenant(1), .put = custom})
                  .ok());
  const auto tested = test("https://h.example");
  ASSERT_TRUE(tested.ok());
  EXPECT_EQ(database.alerts().at(0).id, tested.value());
}

}  // namespace
}  // namespace sluice::testing
