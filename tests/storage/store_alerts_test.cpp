// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredAlerts : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(2))));
  }
  static Alert alert(std::uint64_t of, const std::string& condition, WallTime at = noon) {
    return make_alert(of == 0 ? TenantId{} : tenant_id(of), AlertKind::webhook_test, at, condition,
                      R"({"a":"Grüße \"x\""})");
  }
  Result<Done> raise(const std::vector<Alert>& alerts) { return store->raise(epoch, alerts); }
  static Delivery to(const Alert& alert, const std::string& url, WallTime next = noon) {
    return {.alert = alert.id, .url = url, .next = next};
  }
  void plan(const Alert& alert, std::vector<Delivery> deliveries) {
    const std::vector<AlertPlan> plans{{alert.id, alert.data, std::move(deliveries)}};
    ASSERT_TRUE(done(store->plan_deliveries(epoch, plans)));
  }
  void settle(Delivery delivery, DeliveryState state) {
    delivery.state = state;
    ++delivery.attempts;
    const std::vector<Delivery> settled{delivery};
    ASSERT_TRUE(done(store->settle_deliveries(epoch, settled)));
  }
  [[nodiscard]] std::vector<Delivery> due(WallTime by, TenantId from = {},
                                          std::size_t queues_max = 10,
                                          std::size_t per_queue_max = 10) {
    std::vector<Delivery> found;
    const auto page = other->due_deliveries({by, from, queues_max, per_queue_max});
    for (const DueDelivery& one : page.value()) {
      EXPECT_EQ(one.alert.id, one.delivery.alert);
      found.push_back(one.delivery);
    }
    return found;
  }
  [[nodiscard]] std::size_t count() { return other->alerts({}).value().alerts.size(); }

  static constexpr WallTime noon{std::chrono::hours{12}};
  static constexpr std::chrono::hours hour{1};
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredAlerts, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredAlerts, AreThereOnceForEachConditionAndOutliveARestart) {
  const Alert ours = alert(1, "a");
  const Alert platforms = alert(0, "a");
  ASSERT_TRUE(done(raise({ours, platforms})));
  ASSERT_TRUE(done(raise({ours, alert(1, "b"), ours})));
  restart();
  EXPECT_EQ(count(), 3U);
  EXPECT_EQ(other->unplanned_alerts(2).value(), (std::vector<Alert>{ours, platforms}));
}

TEST_P(StoredAlerts, OfTenantsThatDoNotExistArePassedOver) {
  ASSERT_TRUE(done(raise({alert(99, "a"), alert(1, "a")})));
  EXPECT_EQ(count(), 1U);
}

TEST_P(StoredAlerts, OfThresholdsComeWithTheBatchThatTheyAreOf) {
  SaveBatch saved = batch({});
  const ThresholdCrossed crossed{tenant_id(1), LimitId{1},  MeterId{1}, Percent{80}, Amount{8},
                                 Amount{10},   noon + hour, EntryId{},  noon};
  ThresholdCrossed nobodys = crossed;
  nobodys.tenant = tenant_id(99);
  saved.crossed = {crossed, nobodys};
  ASSERT_TRUE(done(store->save(saved)));
  ASSERT_TRUE(done(store->save(saved))) << "whose outcome was not known";
  const AlertPage page = other->alerts({}).value();
  ASSERT_EQ(page.alerts.size(), 1U);
  EXPECT_EQ(page.alerts[0].alert, alert_of(crossed));
}

TEST_P(StoredAlerts, OfADeedAreWrittenIfItIsDoneAndOnlyThen) {
  Deed suspends = deed(epoch);
  suspends.alerts = {alert(1, "suspended")};
  EXPECT_TRUE(refused(store->replace(suspends, tenant(1)), FaultCode::conflict, "version"));
  EXPECT_EQ(count(), 0U);
  ASSERT_TRUE(done(store->replace(suspends, next(tenant(1)))));
  EXPECT_EQ(count(), 1U);
}

TEST_P(StoredAlerts, ArePlannedOnce) {
  const Alert raised = alert(1, "a");
  ASSERT_TRUE(done(raise({raised})));
  plan(raised, {to(raised, "https://a.example"), to(raised, "https://b.example")});
  EXPECT_TRUE(other->unplanned_alerts(10).value().empty());
  plan(raised, {to(raised, "https://c.example")});
  EXPECT_EQ(due(noon).size(), 2U) << "a plan that was in doubt is not made twice";
}

TEST_P(StoredAlerts, AreDueFromTheirTimeOnInItsOrder) {
  const Alert raised = alert(1, "a");
  ASSERT_TRUE(done(raise({raised})));
  const Delivery early = to(raised, "https://z.example", noon);
  const Delivery late = to(raised, "https://a.example", noon + hour);
  plan(raised, {late, early});
  EXPECT_TRUE(due(noon - Duration{1}).empty());
  EXPECT_EQ(due(noon), std::vector{early});
  EXPECT_EQ(due(noon + hour), (std::vector{early, late}));
  EXPECT_EQ(due(noon + hour, {}, 10, 1), std::vector{early});
}

TEST_P(StoredAlerts, WaitInAQueueForEachTenantsWebhooksAndOneForThePlatforms) {
  const Alert first = alert(1, "a");
  const Alert second = alert(2, "a");
  const Alert nobodys = alert(0, "a");
  ASSERT_TRUE(done(raise({first, second, nobodys})));
  std::vector<Delivery> firsts;
  for (const char* const path : {"1", "2", "3"}) {
    firsts.push_back(to(first, std::string{"https://a.example/"}.append(path)));
  }
  plan(first, firsts);
  Delivery platforms = to(second, "https://p.example");
  platforms.owner = WebhookOwner::platform;
  Delivery of_nobody = to(nobodys, "https://p.example", noon + hour);
  of_nobody.owner = WebhookOwner::platform;
  const Delivery seconds = to(second, "https://b.example", noon + hour);
  plan(second, {platforms, seconds});
  plan(nobodys, {of_nobody});
  EXPECT_EQ(due(noon + hour, {}, 10, 2),
            (std::vector{platforms, of_nobody, firsts[0], firsts[1], seconds}));
  EXPECT_EQ(due(noon, {}, 10, 1), (std::vector{platforms, firsts[0]}));
  EXPECT_EQ(due(noon + hour, tenant_id(1), 1), firsts) << "one queue";
  EXPECT_EQ(due(noon + hour, queue_behind(tenant_id(1))), std::vector{seconds});
  EXPECT_TRUE(due(noon + hour, queue_behind(tenant_id(2))).empty());
}

TEST_P(StoredAlerts, AreSettledWhileTheyArePending) {
  const Alert raised = alert(1, "a");
  ASSERT_TRUE(done(raise({raised})));
  const Delivery one = to(raised, "https://a.example");
  const Delivery two = to(raised, "https://b.example");
  plan(raised, {one, two});
  settle(one, DeliveryState::dead);
  settle(one, DeliveryState::delivered);
  EXPECT_EQ(due(noon), std::vector{two});
  const StoredAlert told = other->alerts({}).value().alerts.at(0);
  EXPECT_EQ(told.dead, 1U) << "what is settled stays so";
  EXPECT_EQ(told.pending, 1U);
  EXPECT_EQ(told.delivered, 0U);
}

TEST_P(StoredAlerts, ThatAreDeadAreSentAgainByADeed) {
  const Alert raised = alert(1, "a");
  ASSERT_TRUE(done(raise({raised})));
  const Delivery one = to(raised, "https://a.example");
  plan(raised, {one});
  EXPECT_TRUE(refused(store->send_again(deed(epoch), raised.id, {}), FaultCode::not_found,
                      "no dead deliveries"));
  settle(one, DeliveryState::dead);
  EXPECT_TRUE(refused(store->send_again(deed(epoch), raised.id, tenant_id(2)), FaultCode::not_found,
                      "no dead deliveries"))
      << "another tenant's";
  Deed again = deed(epoch);
  again.audit.at = noon + hour;
  EXPECT_EQ(store->send_again(again, raised.id, tenant_id(1)).value(), 1U);
  EXPECT_EQ(due(noon + hour), std::vector{to(raised, "https://a.example", noon + hour)})
      << "as if it had never been tried";
}

TEST_P(StoredAlerts, AreListedTheLatestFirstByTenantKindAndState) {
  const Alert first = alert(1, "a");
  const Alert second = alert(2, "a");
  const Alert third = alert(1, "b");
  ASSERT_TRUE(done(raise({first, second, third})));
  plan(third, {to(third, "https://a.example")});
  const auto listed = [&](const AlertQuery& query) {
    std::vector<AlertId> ids;
    const auto page = other->alerts(query);
    for (const StoredAlert& stored : page.value().alerts) {
      ids.push_back(stored.alert.id);
    }
    return ids;
  };
  EXPECT_EQ(listed({}), (std::vector{third.id, second.id, first.id}));
  EXPECT_EQ(listed({.tenant = tenant_id(1)}), (std::vector{third.id, first.id}));
  EXPECT_EQ(listed({.kind = AlertKind::trial_ended}), std::vector<AlertId>{});
  EXPECT_EQ(listed({.state = DeliveryState::pending}), std::vector{third.id});
  const AlertPage page = other->alerts({.page_size = 2}).value();
  EXPECT_TRUE(page.more);
  EXPECT_EQ(listed({.before = page.alerts.back().number}), std::vector{first.id});
  EXPECT_TRUE(refused(other->alerts({.page_size = 0}), FaultCode::invalid_argument, "page_size"));
}

TEST_P(StoredAlerts, HaveDeliveriesThatAreListedByAlert) {
  const Alert first = alert(1, "a");
  const Alert second = alert(2, "a");
  ASSERT_TRUE(done(raise({first, second})));
  plan(first, {to(first, "https://a.example"), to(first, "https://b.example")});
  plan(second, {to(second, "https://a.example")});
  settle(to(first, "https://b.example"), DeliveryState::dead);
  const auto urls = [&](const DeliveryQuery& query) {
    std::string told;
    const auto page = other->deliveries(query);
    for (const ToldDelivery& one : page.value().deliveries) {
      told += one.what.delivery.url.substr(8, 1);
    }
    return told;
  };
  EXPECT_EQ(urls({}), "aab");
  EXPECT_EQ(urls({.alert = first.id}), "ab");
  EXPECT_EQ(urls({.tenant = tenant_id(2)}), "a");
  EXPECT_EQ(urls({.state = DeliveryState::dead}), "b");
  EXPECT_EQ(urls({.page_size = 1}), "a") << "alerts are counted, not their deliveries";
  EXPECT_TRUE(other->deliveries({.page_size = 1}).value().more);
}

TEST_P(StoredAlerts, AreForgottenWhenTheyAreOldAndGoWithTheirTenant) {
  ASSERT_TRUE(done(raise({alert(1, "a", noon), alert(1, "b", noon + hour), alert(2, "c")})));
  EXPECT_TRUE(store->forget_alerts(epoch, noon + hour, 1).value()) << "there may be more";
  EXPECT_FALSE(store->forget_alerts(epoch, noon + hour, 5).value());
  EXPECT_EQ(count(), 1U);
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_EQ(count(), 0U);
}

TEST_P(StoredAlerts, AreWrittenByTheOwnerAlone) {
  const Epoch old = epoch;
  ASSERT_TRUE(store->acquire(claim(1)).ok());
  const std::vector<Alert> alerts{alert(1, "a")};
  EXPECT_EQ(store->raise(old, alerts).fault().code, FaultCode::fenced);
  EXPECT_EQ(store->forget_alerts(old, noon, 1).fault().code, FaultCode::fenced);
  EXPECT_EQ(count(), 0U);
}

TEST_P(StoredAlerts, TellWhichTrialsEndWithinATime) {
  const auto on_trial = [&](std::uint64_t number, WallTime end) {
    TenantDefinition definition = tenant(number);
    definition.life.status = TenantStatus::trial;
    definition.life.trial_days = TrialDays{14};
    definition.life.trial_ends_at = end;
    ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  };
  on_trial(3, noon + hour);
  on_trial(4, noon);
  on_trial(5, noon + 2 * hour);
  const EndingTrial first{noon, tenant_id(4), TrialDays{14}};
  const EndingTrial second{noon + hour, tenant_id(3), TrialDays{14}};
  EXPECT_EQ(other->ending_trials({noon, noon + 2 * hour, {}, 10}).value(),
            (std::vector{first, second}));
  EXPECT_EQ(other->ending_trials({noon, noon + 2 * hour, first, 10}).value(), std::vector{second});
  EXPECT_EQ(other->ending_trials({noon, noon + 2 * hour, {}, 1}).value(), std::vector{first});
}

}  // namespace sluice::test
