// SPDX-License-Identifier: Apache-2.0
// Goal    Every alert reaches its webhook at least once, and is one alert, whatever happens to the
//         server; and time alone raises those of trials.
// Method  The real binary, killed as a crash would, and a real receiver; where time matters, on a
//         clock that only the test moves.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/readiness.hpp"
#include "tests/support/served.hpp"
#include "tests/support/webhook_receiver.hpp"

namespace sluice::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Alerts : public ::testing::Test {
protected:
  std::vector<std::string> flags_for(const WebhookReceiver& receiver) {
    const std::string secret = directory.path() / "secret";
    std::ofstream(secret) << "0123456789abcdef\n";
    return {"--alert-webhook",
            receiver.url(),
            "--alert-webhook-secret",
            secret,
            "--insecure-webhooks-to-private-addresses",
            "true",
            "--insecure-webhooks-without-tls",
            "true"};
  }
  /// Of this kind, the earliest first; waits until there are so many.
  static std::vector<Alert> alerts(Served& served, AlertKind kind, std::size_t wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    std::vector<Alert> found;
    while (found.size() < wanted && std::chrono::steady_clock::now() < deadline) {
      found.clear();
      for (const StoredAlert& stored :
           must(served.administrator().alerts(std::nullopt, {.kind = kind})).alerts) {
        found.insert(found.begin(), stored.alert);
      }
      std::this_thread::yield();
    }
    return found;
  }

  TemporaryDirectory directory;
};

TEST_F(Alerts, OfAThresholdIsOneAndReachesItsWebhookAlthoughTheServerIsKilledAtOnce) {
  WebhookReceiver receiver([](std::size_t) { return 200U; });
  std::vector<std::string> flags = flags_for(receiver);
  flags.insert(flags.end(), {"--flush-interval", "1m"});
  Served served{flags};
  const TenantId tenant = served.create("acme", {window_limit("monthly", 100, Period::month)});
  ASSERT_EQ(served.spend(tenant, 80).decision.outcome, Outcome::allowed);
  served.crash();  // Only the journal has it.
  served.use_flags(flags_for(receiver));
  served.start({"--flush-interval", "10ms"});
  const std::vector<Received> received = receiver.wait_for(1);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].headers.at("sluice-event"), "quota.threshold");
  EXPECT_NE(received[0].body.find(R"("percent":80)"), std::string::npos);
  EXPECT_NE(received[0].body.find(R"("limit":"monthly")"), std::string::npos);
  ASSERT_EQ(served.spend(tenant, 1).decision.outcome, Outcome::allowed);
  served.restart();
  const std::vector<Alert> told = alerts(served, AlertKind::quota_threshold, 1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(received[0].headers.at("sluice-event-id"), to_string(told[0].id));
}

TEST_F(Alerts, AreCountedAndWrittenToTheLog) {
  WebhookReceiver receiver([](std::size_t) { return 410U; });
  std::vector<std::string> flags = flags_for(receiver);
  flags.insert(flags.end(), {"--http-listen", "127.0.0.1:0"});
  Served served{flags};
  const TenantId tenant = served.create("acme", {window_limit("monthly", 100, Period::month)});
  ASSERT_EQ(served.spend(tenant, 80).decision.outcome, Outcome::allowed);
  const std::string line =
      served.server().process().wait_for_line("event=alert kind=", seconds{10});
  EXPECT_NE(line.find("kind=quota.threshold tenant=" + to_string(tenant)), std::string::npos)
      << line;
  const auto tells = [&](const std::string& metric) {
    return metrics_with(served.server().http_port(), metric).find("\n" + metric + "\n") !=
           std::string::npos;
  };
  EXPECT_TRUE(tells(R"(sluice_alerts_total{kind="quota.threshold"} 1)"));
  EXPECT_TRUE(tells(R"(sluice_alert_deliveries_total{outcome="dead"} 1)"));
  EXPECT_TRUE(tells(R"(sluice_alert_deliveries_total{outcome="delivered"} 0)"));
}

TEST_F(Alerts, AreDeliveredAgainWithTheSameIdByAServerThatWasKilledInTheMiddle) {
  WebhookReceiver receiver([](std::size_t number) { return number == 1 ? 0U : 200U; });
  Served served{flags_for(receiver)};
  const TenantId tenant = served.create("acme", {window_limit("monthly", 100, Period::month)});
  (void)must(served.administrator().change_life(tenant, std::nullopt, Suspend{"unpaid"}));
  ASSERT_EQ(receiver.wait_for(1).size(), 1U);
  served.crash();
  served.start();
  const std::vector<Received> received = receiver.wait_for(2);
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[0].headers.at("sluice-event"), "tenant.suspended");
  EXPECT_EQ(received[0].headers.at("sluice-event-id"), received[1].headers.at("sluice-event-id"));
  EXPECT_EQ(received[0].body, received[1].body);
}

TEST_F(Alerts, OfATrialComeByTimeAloneOnceEachWithoutARequest) {
  Served served{{"--simulated-time", "2026-01-01T00:00:00Z"}};
  TenantDefinition draft_of_it = draft("acme", {});
  draft_of_it.life.trial_days = TrialDays{14};
  const TenantId tenant = must(served.administrator().create(draft_of_it)).id;
  const auto pass = [&](hours time) { (void)must(served.administrator().advance_clock(time)); };
  pass(hours{24 * 7});
  ASSERT_EQ(alerts(served, AlertKind::trial_ending, 1).size(), 1U);
  served.restart();  // Its clock begins again where it began.
  pass(hours{24 * 11});
  ASSERT_EQ(alerts(served, AlertKind::trial_ending, 2).size(), 2U);
  pass(hours{24 * 2});
  const std::vector<Alert> warned = alerts(served, AlertKind::trial_ending, 3);
  ASSERT_EQ(warned.size(), 3U);
  EXPECT_NE(warned[0].data.find(R"("days":7)"), std::string::npos) << warned[0].data;
  EXPECT_NE(warned[1].data.find(R"("days":3)"), std::string::npos) << warned[1].data;
  EXPECT_NE(warned[2].data.find(R"("days":1)"), std::string::npos) << warned[2].data;
  pass(hours{24});
  const std::vector<Alert> ended = alerts(served, AlertKind::trial_ended, 1);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].tenant, tenant);
  EXPECT_EQ(alerts(served, AlertKind::tenant_suspended, 1).size(), 1U);
}

TEST_F(Alerts, AreNotSentToAnAddressThatIsNotPublicUnlessThatIsAllowed) {
  WebhookReceiver receiver([](std::size_t) { return 200U; });
  std::vector<std::string> flags = flags_for(receiver);
  flags[5] = "false";
  Served served{flags};
  const TenantId tenant = served.create("acme", {window_limit("monthly", 100, Period::month)});
  (void)must(served.administrator().change_life(tenant, std::nullopt, Suspend{"unpaid"}));
  std::vector<ToldDelivery> dead;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (dead.empty() && std::chrono::steady_clock::now() < deadline) {
    dead = must(served.administrator().deliveries(std::nullopt, {.state = DeliveryState::dead}))
               .deliveries;
    std::this_thread::yield();
  }
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].what.delivery.trouble, "its host has an address that is not public");
  EXPECT_EQ(must(served.administrator().send_alert_again(std::nullopt, dead[0].what.alert.id)), 1U);
}

}  // namespace
}  // namespace sluice::test
