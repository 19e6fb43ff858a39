// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/customisation_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/alert.hpp"

namespace sluice::test {
namespace {

TEST(CustomisationText, HasOnlyWhatIsSet) {
  EXPECT_EQ(customisation_text({}), "{}");
  EXPECT_EQ(customisation_text({.branding = {.primary_colour = "#336699"}, .theme = Theme::dark}),
            R"({"branding":{"primary_colour":"#336699"},"theme":"dark"})");
  EXPECT_EQ(parse_customisation("{}"), Customisation{});
}

TEST(CustomisationText, IsNothingIfItIsNotWhatIsWritten) {
  for (const char* const text :
       {"", "[]", "3", "{\"theme\":\"pink\"}", "{\"theme\":\"system\"}", "{\"colour\":1}",
        "{\"css\":5}", "{\"webhooks\":[]}", "{\"webhooks\":[{}]}", "{\"white_label\":false}",
        "{\"sso\":{\"protocol\":\"ldap\"}}", "{\"branding\":[]}"}) {
    EXPECT_FALSE(parse_customisation(text).has_value()) << text;
  }
}

TEST(CustomisationText, OfTheMostThatIsValidFitsTheColumn) {
  Customisation custom;
  for (std::size_t i = 0; i < email_templates_max; ++i) {
    custom.emails.push_back({std::string{"mail"}.append(std::to_string(i)), "\"s\"", "\n"});
  }
  for (std::size_t i = 0; i < webhooks_max; ++i) {
    Webhook hook{.url = std::string{"https://a.example/"}.append(std::to_string(i)),
                 .secret = std::string(128, '"')};
    for (const AlertKindName& event : alert_kind_names) {
      hook.events.emplace_back(event.name);
    }
    custom.webhooks.push_back(hook);
  }
  std::string& body = custom.emails.front().body;
  std::string& other = custom.emails.back().body;
  while (body.size() < email_body_bytes_max && validate(custom).ok()) {
    body.append(64, '\n');
    other.append(64, '\\');
  }
  while (!validate(custom).ok()) {
    body.pop_back();
    other.pop_back();
  }
  const std::string text = customisation_text(custom);
  EXPECT_LE(text.size(), customisation_bytes_max);
  EXPECT_EQ(parse_customisation(text), custom);
}

}  // namespace
}  // namespace sluice::test
