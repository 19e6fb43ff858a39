// SPDX-License-Identifier: Apache-2.0
// Alerts, told by the real program and the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class AlertCommandSpec : public CommandTest {
protected:
  void SetUp() override {
    CommandTest::SetUp();
    ASSERT_EQ(ctl("tenant create acme --tier enterprise").exit, 0);
    ASSERT_EQ(ctl("tenant create beta").exit, 0);
  }
  [[nodiscard]] nlohmann::json told(const std::string& words) const {
    const Called called = ctl(words + " --json");
    EXPECT_EQ(called.exit, 0) << called.err;
    return called.exit == 0 ? called.json() : nlohmann::json{};
  }
  void set_webhooks(const std::string& webhooks) const {
    const std::string path = files.path() / "custom.json";
    std::ofstream{path} << R"({"webhooks":)" << webhooks << "}";
    const Called set = ctl("custom set acme --file " + path);
    ASSERT_EQ(set.exit, 0) << set.err;
  }
  /// In this state, after so many attempts; waits until the courier has come round.
  [[nodiscard]] nlohmann::json deliveries_of(const std::string& alert, const std::string& state,
                                             int attempts) const {
    nlohmann::json found;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < deadline) {
      found = told("alert deliveries acme --state " + state + " --alert " + alert)["deliveries"];
      if (!found.empty() && found[0]["attempts"] >= attempts) {
        break;
      }
    }
    return found;
  }
  TemporaryDirectory files;
};

TEST_F(AlertCommandSpec, APaymentIsReportedOnceAndListed) {
  const Called failed = ctl("payment failed acme invoice-7");
  ASSERT_EQ(failed.exit, 0) << failed.err;
  EXPECT_THAT(failed.out, HasSubstr("told as "));
  EXPECT_EQ(ctl("payment failed acme invoice-7").out, failed.out) << "it is the same alert";
  ASSERT_EQ(ctl("payment recovered acme invoice-7").exit, 0);
  const auto alerts = told("alert list acme")["alerts"];
  ASSERT_THAT(alerts, SizeIs(2));
  EXPECT_EQ(alerts[0]["kind"], "payment.recovered") << "the latest first";
  EXPECT_EQ(alerts[1]["kind"], "payment.failed");
  EXPECT_EQ(alerts[1]["data"]["reference"], "invoice-7");
  EXPECT_EQ(alerts[1]["at"], "2025-06-10T12:00:00Z");
  EXPECT_THAT(ctl("alert list acme").out, HasSubstr("payment.failed"));
  EXPECT_THAT(told("alert list beta")["alerts"], IsEmpty());
  EXPECT_THAT(told("alert list")["alerts"], SizeIs(2));
}

TEST_F(AlertCommandSpec, AReportThatIsWrongIsRefusedWithTheField) {
  const Called unknown = ctl("payment failed nobody invoice-7");
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_THAT(ctl("payment failed acme " + std::string(101, 'x')).err, HasSubstr("reference"));
  EXPECT_EQ(ctl("payment failed acme").exit, 2) << "which one is to be said";
}

TEST_F(AlertCommandSpec, AreListedByKindAndPageByPage) {
  for (const char* reference : {"a", "b", "c"}) {
    ASSERT_EQ(ctl(std::string{"payment failed acme "}.append(reference)).exit, 0);
  }
  ASSERT_EQ(ctl("tenant suspend acme --reason late").exit, 0);
  EXPECT_THAT(told("alert list acme --kind tenant.suspended")["alerts"], SizeIs(1));
  EXPECT_EQ(ctl("alert list acme --kind no.such").exit, 2);
  const auto first = told("alert list acme --max 3");
  EXPECT_THAT(first["alerts"], SizeIs(3));
  ASSERT_TRUE(first["next"].is_number()) << first;
  const auto rest = told("alert list acme --before " + first["next"].dump());
  EXPECT_THAT(rest["alerts"], SizeIs(1));
  EXPECT_TRUE(rest["next"].is_null());
}

TEST_F(AlertCommandSpec, AWebhookThatIsGoneIsGivenUpAndMayBeSentAgain) {
  const std::string url = "https://hooks.invalid/in";
  EXPECT_THAT(ctl("webhook test acme " + url).err, HasSubstr("url: "));
  set_webhooks(
      R"([{"url":"https://hooks.invalid/in","events":["*"],"secret":"0123456789abcdef"}])");
  const std::string alert = told("webhook test acme " + url)["alert"];
  const auto tried = deliveries_of(alert, "pending", 1);  // No such host is ever found.
  ASSERT_THAT(tried, SizeIs(1));
  EXPECT_EQ(tried[0]["url"], url);
  EXPECT_EQ(tried[0]["owner"], "tenant");
  EXPECT_NE(tried[0]["trouble"], "");
  EXPECT_EQ(ctl("alert resend " + alert).exit, 1) << "it is not given up";
  set_webhooks("[]");
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  ASSERT_THAT(deliveries_of(alert, "dead", 1), SizeIs(1));
  EXPECT_THAT(ctl("alert deliveries acme --dead").out, HasSubstr(url));
  EXPECT_EQ(ctl("alert resend " + alert + " --tenant beta").exit, 1) << "it is not its alert";
  EXPECT_EQ(told("alert resend " + alert + " --tenant acme")["deliveries"], 1);
  EXPECT_EQ(ctl("alert resend no-id").exit, 2);
}

}  // namespace
}  // namespace sluice::test
