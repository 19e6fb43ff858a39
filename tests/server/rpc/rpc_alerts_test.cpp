// SPDX-License-Identifier: Apache-2.0
// Alerts over RPC: who is told of what, and what may be asked of their deliveries.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class RpcAlerts : public RpcAccessFixture {
protected:
  struct Caller : RpcAtWork {
    using RpcAtWork::RpcAtWork;

    /// About this tenant; 0: about all.
    Result<AlertPage> alerts(std::uint64_t of, const AlertQuery& query = {}) {
      auto request = admin.listAlertsRequest();
      name_tenant(of, request);
      encode_alert_query(query, request);
      return answer<AlertPage>(kj::mv(request), decode_alert_page);
    }
    Result<DeliveryPage> deliveries(std::uint64_t of, const char* state = "") {
      auto request = admin.alertDeliveriesRequest();
      name_tenant(of, request);
      request.setState(state);
      return answer<DeliveryPage>(kj::mv(request), decode_delivery_page);
    }
    Result<std::uint32_t> send_again(std::uint64_t of, const std::string& alert) {
      auto request = admin.sendAlertAgainRequest();
      name_tenant(of, request);
      request.setAlert(alert);
      return answer<std::uint32_t>(kj::mv(request), [](wire::AlertSentAgain::Reader told) {
        return Result<std::uint32_t>{told.getDeliveries()};
      });
    }
    Result<AlertId> test_webhook(std::uint64_t of, const char* url) {
      auto request = admin.testWebhookRequest();
      name_tenant(of, request);
      request.setUrl(url);
      return answer<AlertId>(kj::mv(request), alert_id);
    }
    Result<AlertId> pay(std::uint64_t of, bool failed, const std::string& reference) {
      auto request = platform.reportPaymentRequest();
      name_tenant(of, request);
      request.setFailed(failed);
      request.setReference(reference);
      return answer<AlertId>(kj::mv(request), alert_id);
    }

    template <class Request>
    static void name_tenant(std::uint64_t of, Request& request) {
      if (of != 0) {
        encode_ref(tenant(of), request.initTenant());
      }
    }
    static Result<AlertId> alert_id(wire::AlertRaised::Reader told) {
      return decode_alert_id(told.getId(), "id");
    }
  };

  std::string platform_key() { return make_key(CallerKind::operator_, PermissionSet::all()); }
  std::unique_ptr<Store> another_connection() { return database.stores()().value(); }
  [[nodiscard]] Epoch epoch() const { return engine->ownership().epoch; }
  /// One delivery to the tenant and one to the platform, both given up.
  void give_up(AlertId alert) {
    const auto store = another_connection();
    Delivery tenants{.alert = alert, .url = "https://h.example"};
    Delivery platforms{
        .alert = alert, .owner = WebhookOwner::platform, .url = "https://secret.example"};
    const AlertPlan plan{.alert = alert, .data = "{}", .deliveries = {tenants, platforms}};
    ASSERT_TRUE(store->plan_deliveries(epoch(), std::span(&plan, 1)).ok());
    for (Delivery* const delivery : {&tenants, &platforms}) {
      *delivery = after_attempt(*delivery, {.hopeless = true, .trouble = "410"}, 1, {});
      ASSERT_TRUE(store->settle_deliveries(epoch(), std::span(delivery, 1)).ok());
    }
  }
};

TEST_F(RpcAlerts, ATenantIsToldOfItsOwnAndThePlatformOfAll) {
  const std::string platform = platform_key();
  {
    Caller billing{port(), platform};
    ASSERT_TRUE(billing.pay(1, true, "invoice-7").ok());
    ASSERT_TRUE(billing.pay(2, true, "invoice-8").ok());
    EXPECT_EQ(billing.alerts(0).value().alerts.size(), 2U);
  }
  Caller viewer{port(), member_token(Role::viewer)};
  const auto own = viewer.alerts(1);
  ASSERT_TRUE(own.ok()) << own.fault().context;
  ASSERT_EQ(own.value().alerts.size(), 1U);
  EXPECT_EQ(own.value().alerts[0].alert.kind, AlertKind::payment_failed);
  EXPECT_EQ(own.value().alerts[0].alert.tenant, tenant(1));
  EXPECT_EQ(own.value().alerts[0].alert.data, R"({"reference":"invoice-7"})");
  EXPECT_EQ(viewer.alerts(2).fault().code, FaultCode::permission_denied);
  EXPECT_EQ(viewer.alerts(0).fault().code, FaultCode::permission_denied);
}

TEST_F(RpcAlerts, AreListedByKindAndPageByPage) {
  Caller platform{port(), platform_key()};
  for (const char* reference : {"a", "b", "c"}) {
    ASSERT_TRUE(platform.pay(1, true, reference).ok());
  }
  ASSERT_TRUE(platform.pay(1, false, "a").ok());
  EXPECT_EQ(platform.alerts(1, {.kind = AlertKind::payment_recovered}).value().alerts.size(), 1U);
  const AlertPage first = platform.alerts(1, {.page_size = 3}).value();
  ASSERT_EQ(first.alerts.size(), 3U);
  EXPECT_TRUE(first.more);
  const AlertPage rest =
      platform.alerts(1, {.before = first.alerts.back().number, .page_size = 3}).value();
  EXPECT_EQ(rest.alerts.size(), 1U);
  EXPECT_FALSE(rest.more);
  const auto refused = platform.alerts(1, {.page_size = 201});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::invalid_argument);
}

TEST_F(RpcAlerts, APaymentIsToldOfOnceForEachReference) {
  Caller platform{port(), platform_key()};
  const AlertId first = platform.pay(1, true, "invoice-7").value();
  EXPECT_EQ(platform.pay(1, true, "invoice-7").value(), first);
  EXPECT_NE(platform.pay(1, true, "invoice-8").value(), first);
  EXPECT_EQ(platform.alerts(1).value().alerts.size(), 2U);
  for (const std::string& reference : {std::string{}, std::string(101, 'x'), std::string{"a\nb"}}) {
    const auto refused = platform.pay(1, true, reference);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.fault().code, FaultCode::invalid_argument);
    EXPECT_TRUE(refused.fault().context.starts_with("reference")) << refused.fault().context;
  }
  EXPECT_EQ(platform.pay(9, true, "x").fault().code, FaultCode::not_found);
}

TEST_F(RpcAlerts, OnlyWhoMayWriteBillsReportsAPayment) {
  {
    Caller owner{port(), member_token(Role::owner)};
    EXPECT_EQ(owner.pay(1, true, "x").fault().code, FaultCode::permission_denied);
  }
  Caller platform{port(), platform_key()};
  EXPECT_TRUE(platform.alerts(0).value().alerts.empty());
}

TEST_F(RpcAlerts, ATenantIsNotToldWhereThePlatformIsCalled) {
  Caller platform{port(), platform_key()};
  const AlertId alert = platform.pay(1, true, "x").value();
  ASSERT_NO_FATAL_FAILURE(give_up(alert));
  const DeliveryPage all = platform.deliveries(0, "dead").value();
  ASSERT_EQ(all.deliveries.size(), 2U);
  for (const auto& [of, told_where] : {std::pair{std::uint64_t{0}, true}, {1, false}}) {
    const DeliveryPage page = platform.deliveries(of).value();
    ASSERT_EQ(page.deliveries.size(), 2U);
    for (const ToldDelivery& told : page.deliveries) {
      const Delivery& delivery = told.what.delivery;
      const bool is_platforms = delivery.owner == WebhookOwner::platform;
      EXPECT_EQ(delivery.url.empty(), is_platforms && !told_where) << delivery.url;
      EXPECT_EQ(delivery.trouble, "410");
    }
  }
  EXPECT_TRUE(platform.deliveries(2).value().deliveries.empty());
  EXPECT_EQ(platform.deliveries(1, "lost").fault().code, FaultCode::invalid_argument);
}

TEST_F(RpcAlerts, WhatWasGivenUpIsSentAgainByItsTenantAndNotByAnother) {
  AlertId alert;
  {
    Caller platform{port(), platform_key()};
    alert = platform.pay(1, true, "x").value();
    EXPECT_EQ(platform.send_again(1, to_string(alert)).fault().code, FaultCode::not_found)
        << "nothing of it is dead";
    ASSERT_NO_FATAL_FAILURE(give_up(alert));
    EXPECT_EQ(platform.send_again(2, to_string(alert)).fault().code, FaultCode::not_found);
    EXPECT_EQ(platform.send_again(1, "x").fault().code, FaultCode::invalid_argument);
  }
  Caller admin{port(), member_token(Role::admin)};
  EXPECT_EQ(admin.send_again(0, to_string(alert)).fault().code, FaultCode::permission_denied);
  const auto sent = admin.send_again(1, to_string(alert));
  ASSERT_TRUE(sent.ok()) << sent.fault().context;
  EXPECT_EQ(sent.value(), 2U);
  const DeliveryPage page = admin.deliveries(1, "pending").value();
  ASSERT_EQ(page.deliveries.size(), 2U);
  EXPECT_EQ(page.deliveries[0].what.delivery.attempts, 0U);
}

TEST_F(RpcAlerts, AWebhookIsTestedIfItIsTheTenants) {
  Customisation custom{.version = Version{1}};
  custom.webhooks = {{"https://h.example", {"quota.threshold"}, "0123456789abcdef", true}};
  ASSERT_TRUE(another_connection()
                  ->change_customisation({epoch(), {}, {}}, {.tenant = tenant(1), .put = custom})
                  .ok());
  Caller owner{port(), member_token(Role::owner)};
  EXPECT_EQ(owner.test_webhook(1, "https://other.example").fault().code, FaultCode::not_found);
  const auto tested = owner.test_webhook(1, "https://h.example");
  ASSERT_TRUE(tested.ok()) << tested.fault().context;
  const AlertPage page = owner.alerts(1).value();
  ASSERT_EQ(page.alerts.size(), 1U);
  EXPECT_EQ(page.alerts[0].alert.id, tested.value());
  EXPECT_EQ(page.alerts[0].alert.kind, AlertKind::webhook_test);
  EXPECT_NE(owner.test_webhook(1, "https://h.example").value(), tested.value())
      << "each call is a test of its own";
  EXPECT_EQ(owner.test_webhook(2, "https://h.example").fault().code, FaultCode::permission_denied);
}

}  // namespace sluice::testing
