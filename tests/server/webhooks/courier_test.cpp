// SPDX-License-Identifier: Apache-2.0
// Goal    Every alert reaches its webhooks at least once, with one id, whatever fails in between.
// Method  The real courier and a real receiver, on a database in memory; time is the test's.
#include "server/webhooks/courier.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/webhooks/event.hpp"
#include "tests/actors/runtime/memory_store.hpp"
#include "tests/actors/runtime/tenants.hpp"
#include "tests/support/webhook_receiver.hpp"

namespace sluice::webhooks {

namespace {

using std::chrono::seconds;
using test::Received;
using test::WebhookReceiver;

class TestClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override {
    const seconds since{seconds_.load()};
    return {Instant{since}, WallTime{since}};
  }
  void advance(seconds by) { seconds_ += by.count(); }

private:
  std::atomic<std::int64_t> seconds_{1'000'000};
};

class Couriers : public ::testing::Test {
protected:
  Couriers() : store(database.stores()().value()) {
    epoch = store->acquire({}).value().epoch;
    for (const std::uint64_t number : {1U, 2U}) {
      database.put({testing::draft(testing::tenant(number), 5), {}, {}, {}});
    }
  }

  void has_webhook(const std::string& url, std::vector<std::string> events,
                   std::uint64_t tenant = 1) {
    Customisation custom{.version = Version{++versions[tenant]}};
    custom.webhooks = {{url, std::move(events), secret, true}};
    CustomisationChange change{.tenant = testing::tenant(tenant), .put = custom};
    ASSERT_TRUE(store->change_customisation({epoch, {}}, change).ok());
  }
  Alert raise(const std::string& condition, AlertKind kind = AlertKind::trial_ended,
              std::uint64_t tenant = 1) {
    const std::vector<Alert> alerts{
        make_alert(testing::tenant(tenant), kind, clock.now().wall, condition, "{}")};
    EXPECT_TRUE(store->raise(epoch, alerts).ok());
    return alerts.front();
  }
  std::unique_ptr<Courier> start(std::vector<Webhook> platform = {}) {
    auto courier = std::make_unique<Courier>(
        CourierOptions{.platform = std::move(platform),
                       .rules = {.allow_private = true, .allow_plain = true},
                       .lookup = lookup,
                       .poll = std::chrono::milliseconds{5}},
        database.stores()().value(), epoch, clock, observer);
    EXPECT_TRUE(courier->start().ok());
    return courier;
  }
  /// Whether so many deliveries are in the state; looked at after each call of a store.
  [[nodiscard]] bool becomes(DeliveryState state, std::size_t count = 1) {
    return database.wait_until(
        [&] { return store->deliveries({.state = state}).value().deliveries.size() == count; });
  }

  static constexpr const char* secret = "0123456789abcdef";
  testing::MemoryDatabase database;
  std::unique_ptr<Store> store;
  Epoch epoch;
  std::map<std::uint64_t, std::uint64_t> versions;  ///< Of the customisations of tenants.
  Lookup lookup = look_up;
  TestClock clock;
  Observer observer;
};

}  // namespace

TEST_F(Couriers, TellAWebhookOfWhatItFiltersSignedWithItsSecret) {
  WebhookReceiver receiver([](std::size_t) { return 200U; });
  has_webhook(receiver.url(), {"trial.ended"});
  const Alert other = raise("other", AlertKind::trial_ending);
  const Alert wanted = raise("wanted");
  const auto courier = start();
  const std::vector<Received> received = receiver.wait_for(1);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].headers.at("sluice-event-id"), to_string(wanted.id));
  EXPECT_EQ(received[0].headers.at("sluice-signature"),
            signature_of(secret, clock.now().wall, received[0].body));
  EXPECT_NE(received[0].body.find(R"("tenant_slug":"tenant-1")"), std::string::npos);
  EXPECT_TRUE(becomes(DeliveryState::delivered));
  EXPECT_TRUE(store->deliveries({.alert = other.id}).value().deliveries.empty());
}

TEST_F(Couriers, TryAgainAfterABackOffWithTheSameId) {
  WebhookReceiver receiver([](std::size_t number) { return number == 1 ? 500U : 200U; });
  has_webhook(receiver.url(), {"*"});
  const Alert alert = raise("a");
  const auto courier = start();
  ASSERT_EQ(receiver.wait_for(1).size(), 1U);
  ASSERT_TRUE(database.wait_until(
      [&] { return store->deliveries({}).value().deliveries.at(0).what.delivery.attempts == 1; }));
  const Delivery failed = store->deliveries({}).value().deliveries.at(0).what.delivery;
  EXPECT_EQ(failed.state, DeliveryState::pending);
  EXPECT_EQ(failed.trouble, "answered 500");
  EXPECT_GT(failed.next, clock.now().wall);
  clock.advance(seconds{31});
  const std::vector<Received> received = receiver.wait_for(2);
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[0].headers.at("sluice-event-id"), to_string(alert.id));
  EXPECT_EQ(received[1].headers.at("sluice-event-id"), to_string(alert.id));
  EXPECT_EQ(received[0].body, received[1].body);
  EXPECT_TRUE(becomes(DeliveryState::delivered));
}

TEST_F(Couriers, GoOnWithWhatTheLastOneLeftInTheMiddle) {
  WebhookReceiver receiver([](std::size_t number) { return number == 1 ? 0U : 200U; });
  has_webhook(receiver.url(), {"*"});
  const Alert alert = raise("a");
  auto courier = start();
  ASSERT_EQ(receiver.wait_for(1).size(), 1U);
  courier->stop();
  courier = start();
  const std::vector<Received> received = receiver.wait_for(2);
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[1].headers.at("sluice-event-id"), to_string(alert.id));
  EXPECT_TRUE(becomes(DeliveryState::delivered));
}

TEST_F(Couriers, GiveUpAWebhookThatIsNoMoreAndSendAgainWhatSomebodyAsksFor) {
  WebhookReceiver receiver([](std::size_t number) { return number == 1 ? 410U : 200U; });
  has_webhook(receiver.url(), {"*"});
  const Alert alert = raise("a");
  const auto courier = start();
  ASSERT_TRUE(becomes(DeliveryState::dead));
  EXPECT_EQ(store->send_again({epoch, {.at = clock.now().wall}}, alert.id, {}).value(), 1U);
  EXPECT_TRUE(becomes(DeliveryState::delivered));
  EXPECT_EQ(receiver.wait_for(2).size(), 2U);
}

TEST_F(Couriers, TellThePlatformOfAllTenantsAndOfWhatIsNobodys) {
  WebhookReceiver receiver([](std::size_t) { return 200U; });
  raise("a");
  const std::vector<Alert> platforms{
      make_alert({}, AlertKind::access_violation, clock.now().wall, "b", "{}")};
  ASSERT_TRUE(store->raise(epoch, platforms).ok());
  const auto courier = start({{receiver.url(), {"*"}, secret, true}});
  EXPECT_EQ(receiver.wait_for(2).size(), 2U);
  EXPECT_TRUE(becomes(DeliveryState::delivered, 2));
}

TEST_F(Couriers, DoNotLetASlowTenantHoldUpTheOthers) {
  WebhookReceiver slow([](std::size_t) { return 0U; });
  WebhookReceiver quick([](std::size_t) { return 200U; });
  has_webhook(slow.url(), {"*"});
  for (int i = 0; i < 50; ++i) {
    raise("slow-" + std::to_string(i));
  }
  const std::vector<Alert> platforms{
      make_alert({}, AlertKind::access_violation, clock.now().wall, "b", "{}")};
  ASSERT_TRUE(store->raise(epoch, platforms).ok());
  const auto courier = start({{quick.url(), {"access.violation"}, secret, true}});
  EXPECT_EQ(quick.wait_for(1).size(), 1U);
}

TEST_F(Couriers, LetTheNameServersOfOneTenantHoldUpNobodyElse) {
  WebhookReceiver quick([](std::size_t) { return 200U; });
  std::promise<void> answers;
  lookup = [wait = answers.get_future().share()](const std::string& host) {
    if (host == "slow.example") {
      wait.wait();
    }
    return Found{.addresses = {boost::asio::ip::make_address("127.0.0.1")}};
  };
  const std::string port = std::to_string(quick.port());
  has_webhook("http://slow.example:" + port + "/slow", {"*"}, 1);
  has_webhook("http://quick.example:" + port + "/quick", {"*"}, 2);
  for (int i = 0; i < 20; ++i) {
    raise("slow-" + std::to_string(i));
  }
  raise("quick", AlertKind::trial_ended, 2);
  const auto courier = start();
  const std::vector<Received> first = quick.wait_for(1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].path, "/quick");
  answers.set_value();
  EXPECT_TRUE(becomes(DeliveryState::delivered, 21)) << "and the others were not given up";
}

TEST_F(Couriers, ComeToATenantBehindOthersThatHaveThousandsDue) {
  WebhookReceiver slow([](std::size_t) { return 0U; });
  WebhookReceiver quick([](std::size_t) { return 200U; });
  has_webhook(slow.url(), {"*"}, 1);
  has_webhook(quick.url(), {"*"}, 2);
  std::vector<Alert> many;
  for (int i = 0; i < 2'000; ++i) {
    many.push_back(make_alert(testing::tenant(1), AlertKind::trial_ended, clock.now().wall,
                              "slow-" + std::to_string(i), "{}"));
  }
  ASSERT_TRUE(store->raise(epoch, many).ok());
  clock.advance(seconds{1});
  raise("quick", AlertKind::trial_ended, 2);
  const auto courier = start();
  EXPECT_EQ(quick.wait_for(1).size(), 1U);
}

}  // namespace sluice::webhooks
