// SPDX-License-Identifier: Apache-2.0
// Goal    A webhook is called as it was promised, and never where it must not be.
// Method  A real receiver on loopback, and the real call.
#include "server/webhooks/post.hpp"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <string>
#include <utility>

#include "server/webhooks/event.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/webhook_receiver.hpp"

namespace sluice::webhooks {

namespace {

using test::WebhookReceiver;

constexpr PostRules anything_goes{
    .allow_private = true, .allow_plain = true, .timeout = std::chrono::seconds{10}};

Attempt call(const std::string& url, const PostRules& rules, const std::string& ca = {}) {
  boost::asio::io_context loop{1};
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_client};
  if (!ca.empty()) {
    tls.load_verify_file(ca);
  }
  Lookups lookups(loop, look_up);
  Attempt came;
  post(loop, tls, lookups, rules, parse_target(url).value(),
       {.event = "webhook.test", .id = "an-id", .signature = "t=1,v1=2", .body = "{}"},
       [&](Attempt attempt) { came = std::move(attempt); });
  loop.run();
  return came;
}

WebhookReceiver::Answer always(unsigned status) {
  return [status](std::size_t) { return status; };
}

std::string hex_hmac(const std::string& secret, const std::string& text) {
  unsigned char mac[32];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", mac[i]);
    hex += digits;
  }
  return hex;
}

}  // namespace

TEST(WebhookPost, IsDeliveredWithWhatItIs) {
  WebhookReceiver receiver(always(204));
  EXPECT_TRUE(call(receiver.url(), anything_goes).delivered);
  const auto received = receiver.wait_for(1);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].path, "/hook");
  EXPECT_EQ(received[0].body, "{}");
  EXPECT_EQ(received[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(received[0].headers.at("sluice-event"), "webhook.test");
  EXPECT_EQ(received[0].headers.at("sluice-event-id"), "an-id");
  EXPECT_EQ(received[0].headers.at("sluice-signature"), "t=1,v1=2");
  EXPECT_EQ(received[0].headers.at("host"), "127.0.0.1:" + std::to_string(receiver.port()));
}

TEST(WebhookPost, HasFailedWhereTheAnswerIsNoSuccess) {
  WebhookReceiver receiver(always(500));
  const Attempt attempt = call(receiver.url(), anything_goes);
  EXPECT_FALSE(attempt.delivered);
  EXPECT_FALSE(attempt.hopeless);
  EXPECT_EQ(attempt.trouble, "answered 500");
}

TEST(WebhookPost, IsGivenUpByAReceiverThatIsGone) {
  WebhookReceiver receiver(always(410));
  EXPECT_TRUE(call(receiver.url(), anything_goes).hopeless);
}

TEST(WebhookPost, FollowsNoRedirect) {
  WebhookReceiver receiver(always(302));
  const Attempt attempt = call(receiver.url(), anything_goes);
  EXPECT_FALSE(attempt.delivered);
  EXPECT_EQ(attempt.trouble, "answered 302 (redirects are not followed)");
}

TEST(WebhookPost, TimesOutWhereNobodyAnswers) {
  WebhookReceiver receiver(always(0));
  PostRules hasty = anything_goes;
  hasty.timeout = std::chrono::milliseconds{100};
  EXPECT_EQ(call(receiver.url(), hasty).trouble, "timed out");
}

TEST(WebhookPost, CallsNoAddressThatIsNotPublicByWhateverName) {
  WebhookReceiver receiver(always(204));
  const std::string port = std::to_string(receiver.port());
  PostRules careful = anything_goes;
  careful.allow_private = false;
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0.0.0.0",
                           "[::ffff:127.0.0.1]", "10.1.2.3", "169.254.169.254"}) {
    const Attempt attempt = call(std::string{"http://"}.append(host).append(":" + port), careful);
    EXPECT_TRUE(attempt.hopeless) << host;
    EXPECT_EQ(attempt.trouble, "its host has an address that is not public") << host;
  }
}

TEST(WebhookPost, IsNotSentInTheClearUnlessThatIsAllowed) {
  PostRules careful = anything_goes;
  careful.allow_plain = false;
  EXPECT_EQ(call("http://127.0.0.1:1/", careful).trouble, "it is not https");
}

TEST(WebhookPost, TrustsACertificateOfItsAuthorityAndNoOther) {
  test::TemporaryDirectory directory;
  const test::Certificates certificates{directory.path()};
  WebhookReceiver receiver(always(204), {certificates.server, certificates.server_key});
  EXPECT_TRUE(call(receiver.url(), anything_goes, certificates.authority).delivered);
  const Attempt stranger = call(receiver.url(), anything_goes);
  EXPECT_FALSE(stranger.delivered);
  EXPECT_EQ(stranger.trouble.rfind("TLS failed", 0), 0U) << stranger.trouble;
}

TEST(WebhookEvent, IsSignedSoThatWhoHasTheSecretCanTell) {
  const Alert alert = alert_of_test({}, "https://h.example", 1, WallTime{std::chrono::hours{1}});
  const std::string body = body_of(alert);
  EXPECT_EQ(body, R"({"id":")" + to_string(alert.id) +
                      R"(","event":"webhook.test","at":"1970-01-01T01:00:00Z","tenant":null,)"
                      R"("data":{"url":"https://h.example"}})");
  const std::string signature =
      signature_of("a secret of ours", WallTime{std::chrono::milliseconds{3'600'900}}, body);
  EXPECT_EQ(signature, "t=3600,v1=" + hex_hmac("a secret of ours", "3600." + body));
}

}  // namespace sluice::webhooks
