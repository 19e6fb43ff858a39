// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/customisation.hpp"
#include "protocol/codec.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

const PutCustomisation everything{
    .expected = Version{3},
    .branding = Branding{"https://a.example/l", "https://a.example/f", "#336699", "#aabbcc"},
    .theme = Theme::dark,
    .css = "a { color: red }",
    .sso = Sso{SsoProtocol::oidc, "https://id.example", "client"},
    .webhooks = std::vector<Webhook>{{"https://h.example", {"a", "b"}, "0123456789abcdef", false}},
    .emails = std::vector<EmailTemplate>{{"hello", "Grüße", "a\nb"}},
    .white_label = true};

using Params = wire::TenantAdmin::PutCustomisationParams;

PutCustomisation there_and_back(const PutCustomisation& put) {
  Message<Params> message;
  encode_put_customisation(put, message.write());
  return decode_put_customisation(message.read()).value();
}

TEST(CustomisationCodec, CarriesAChangeOfAllParts) {
  EXPECT_EQ(there_and_back(everything), everything);
}

TEST(CustomisationCodec, CarriesThePartsThatAreThereAndNoOthers) {
  EXPECT_EQ(there_and_back({}), PutCustomisation{});
  const PutCustomisation cleared{.css = "", .webhooks = std::vector<Webhook>{}};
  EXPECT_EQ(there_and_back(cleared), cleared);
}

TEST(CustomisationCodec, KeepsSecretsBackInAnswers) {
  Customised told;
  told.custom.version = Version{2};
  told.custom.theme = Theme::light;
  told.custom.webhooks = *everything.webhooks;
  told.domains = {{"a.example", "token", WallTime{Duration{5}}, WallTime{Duration{3}}},
                  {"b.example", "other", std::nullopt, WallTime{Duration{4}}}};
  Message<wire::Customisation> message;
  encode_customised(told, message.write());
  told.custom.webhooks[0].secret.clear();
  EXPECT_EQ(decode_customised(message.read()).value(), told);
}

TEST(CustomisationCodec, NamesWhatIsWrong) {
  const auto spoilt = [](auto spoil) {
    Message<Params> message;
    encode_put_customisation(everything, message.write());
    spoil(message.edit());
    return refusal_of(decode_put_customisation(message.read()));
  };
  EXPECT_NE(spoilt([](auto m) {
              m.getParts().set(0, static_cast<wire::CustomisationPart>(99));
            }).find("parts"),
            std::string::npos);
  EXPECT_NE(spoilt([](auto m) { m.getCustom().initWebhooks(11); }).find("webhooks"),
            std::string::npos);
  EXPECT_NE(
      spoilt([](auto m) { m.getCustom().setTheme(static_cast<wire::Theme>(9)); }).find("theme"),
      std::string::npos);
  EXPECT_NE(spoilt([](auto m) {
              m.getCustom().getWebhooks()[0].setUrl(std::string(3000, 'x'));
            }).find("webhooks[0].url"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice
