// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/customisation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr WallTime noon{std::chrono::hours{12}};
const std::string secret = "0123456789abcdef";

Webhook hook(std::string url) {
  return {.url = std::move(url), .events = {"trial.ended"}, .secret = secret};
}

/// With everything that one may have.
Customisation rich() {
  return {.branding = {"https://cdn.example.com/logo.png", "https://cdn.example.com:8443/f.ico",
                       "#336699", "#AABBCC"},
          .theme = Theme::dark,
          .css = "a { color: red }",
          .sso = {SsoProtocol::oidc, "https://id.example.com", "client-1"},
          .webhooks = {hook("https://hooks.example.com/a?b=c#d")},
          .emails = {{"invitation", "Willkommen – “hallo”", "Line 1\n\tLine 2"}},
          .white_label = true};
}

class CustomisationSpec : public ::testing::Test {
protected:
  CustomisationSpec() {
    tenant.id = TenantId{1, 2};
    tenant.tier = "enterprise";
  }
  Result<CustomisationChange> changed(CustomisationEvent event) const {
    return customise(now, {tenant.id, std::move(event)}, tenant, shipped_tiers(), noon);
  }
  void apply(CustomisationEvent event) { now = changed(std::move(event)).value().after; }
  Fault refusal(CustomisationEvent event) const { return changed(std::move(event)).fault(); }

  TenantDefinition tenant;
  Customised now;
};

TEST_F(CustomisationSpec, EveryPartMayBeThere) {
  const auto valid = validate(rich());
  EXPECT_TRUE(valid.ok()) << (valid.ok() ? "" : valid.fault().context);
  EXPECT_TRUE(validate(Customisation{}).ok());
}

TEST_F(CustomisationSpec, AWrongFieldIsNamed) {
  using Spoil = std::function<void(Customisation&)>;
  const std::vector<std::pair<std::string, Spoil>> table{
      {"branding.primary_colour", [](auto& c) { c.branding.primary_colour = "336699"; }},
      {"branding.primary_colour", [](auto& c) { c.branding.primary_colour = "#33669g"; }},
      {"branding.secondary_colour", [](auto& c) { c.branding.secondary_colour = "red"; }},
      {"branding.favicon_url", [](auto& c) { c.branding.favicon_url = "data:image/png,x"; }},
      {"css: line 1", [](auto& c) { c.css = "a { position: fixed }"; }},
      {"css", [](auto& c) { c.css = std::string(custom_css_bytes_max + 1, ' '); }},
      {"sso.url", [](auto& c) { c.sso.url = ""; }},
      {"sso.client_id", [](auto& c) { c.sso.client_id = ""; }},
      {"sso.client_id", [](auto& c) { c.sso.client_id = "a b"; }},
      {"sso.client_id", [](auto& c) { c.sso.protocol = SsoProtocol::saml; }},
      {"sso.url", [](auto& c) { c.sso.protocol = SsoProtocol::none; }},
      {"webhooks[0].url", [](auto& c) { c.webhooks.push_back(c.webhooks[0]); }},
      {"webhooks[0].url", [](auto& c) { c.webhooks[0].url = "http://hooks.example.com"; }},
      {"webhooks[0].events", [](auto& c) { c.webhooks[0].events.clear(); }},
      {"webhooks[0].events", [](auto& c) { c.webhooks[0].events = {"A"}; }},
      {"webhooks[0].events",
       [](auto& c) {
         c.webhooks[0].events = {"trial.ended", "trial.edned"};
       }},
      {"webhooks[0].events",
       [](auto& c) {
         c.webhooks[0].events = {"*", "*"};
       }},
      {"webhooks[0].secret", [](auto& c) { c.webhooks[0].secret = "short"; }},
      {"webhooks[0].secret", [](auto& c) { c.webhooks[0].secret += " "; }},
      {"webhooks", [](auto& c) { c.webhooks.resize(webhooks_max + 1); }},
      {"emails[0].name", [](auto& c) { c.emails[0].name = "In vitation"; }},
      {"emails[0].name", [](auto& c) { c.emails.push_back(c.emails[0]); }},
      {"emails[0].subject", [](auto& c) { c.emails[0].subject = "a\nBcc: b@example.com"; }},
      {"emails[0].body", [](auto& c) { c.emails[0].body = ""; }},
      {"emails[0].body", [](auto& c) { c.emails[0].body = "a\rb"; }},
      {"emails[0].body", [](auto& c) { c.emails[0].body = "\xff"; }},
      {"emails", [](auto& c) { c.emails.resize(email_templates_max + 1); }},
  };
  for (const auto& [field, spoil] : table) {
    Customisation custom = rich();
    spoil(custom);
    const auto valid = validate(custom);
    ASSERT_FALSE(valid.ok()) << field;
    EXPECT_EQ(valid.fault().code, FaultCode::invalid_argument);
    EXPECT_THAT(valid.fault().context, HasSubstr(field));
  }
}

TEST_F(CustomisationSpec, AUrlLeadsToANamedHostByHttpsAndHidesNothing) {
  const auto takes = [](const std::string& url) {
    return validate(Customisation{.branding = {.logo_url = url}}).ok();
  };
  for (const char* const good :
       {"https://a.example", "https://a.example/", "https://a.example:443/x?y=z#w",
        "https://xn--bcher-kva.example/%20"}) {
    EXPECT_TRUE(takes(good)) << good;
  }
  for (const char* const bad : {"http://a.example",
                                "HTTPS://a.example",
                                "//a.example",
                                "javascript:alert(1)",
                                "https://",
                                "https:///x",
                                "https://localhost",
                                "https://10.0.0.1",
                                "https://169.254.169.254/latest",
                                "https://[::1]/",
                                "https://2130706433",
                                "https://0x7f.1",
                                "https://a.example:",
                                "https://a.example:x",
                                "https://a.example:123456",
                                "https://me@a.example",
                                "https://a.example@b.example",
                                "https://A.example",
                                "https://a..example",
                                "https://a.example.",
                                "https://-a.example",
                                "https://a.example/ x",
                                "https://a.example/\"x",
                                "https://a.example/<x",
                                "https://a.example/\\x",
                                "https://a.example/\n",
                                "https://a.example/\x7f",
                                "https://a.example/\xc3\xa4",
                                "https://a.example\\@b.example"}) {
    EXPECT_FALSE(takes(bad)) << bad;
  }
  EXPECT_FALSE(takes("https://a.example/" + std::string(custom_url_bytes_max, 'x')));
}

TEST_F(CustomisationSpec, AllOfItTogetherIsBounded) {
  Customisation custom;
  for (std::size_t i = 0; i < email_templates_max; ++i) {
    custom.emails.push_back({std::string{"mail"}.append(std::to_string(i)), "s",
                             std::string(email_body_bytes_max / 2, '\n')});
  }
  const auto valid = validate(custom);
  ASSERT_FALSE(valid.ok());
  EXPECT_EQ(valid.fault().code, FaultCode::limit_exceeded);
}

TEST_F(CustomisationSpec, APutReplacesThePartsThatAreThereAndNoOthers) {
  apply(PutCustomisation{.branding = Branding{.primary_colour = "#000000"}, .theme = Theme::dark});
  apply(PutCustomisation{.branding = Branding{.secondary_colour = "#ffffff"}});
  EXPECT_EQ(now.custom.branding, (Branding{.secondary_colour = "#ffffff"}));
  EXPECT_EQ(now.custom.theme, Theme::dark);
  EXPECT_EQ(now.custom.version, Version{2});
  EXPECT_EQ(refusal(PutCustomisation{.expected = Version{1}, .theme = Theme::light}).code,
            FaultCode::conflict);
  EXPECT_TRUE(changed(PutCustomisation{.expected = Version{2}, .theme = Theme::light}).ok());
  EXPECT_EQ(refusal(PutCustomisation{.expected = Version{2}}).code, FaultCode::invalid_argument);
}

TEST_F(CustomisationSpec, AnEmptySecretKeepsThatOfTheSameUrl) {
  apply(PutCustomisation{.webhooks = {{hook("https://a.example/1")}}});
  Webhook again = hook("https://a.example/1");
  again.secret.clear();
  again.enabled = false;
  apply(PutCustomisation{.webhooks = {{again}}});
  EXPECT_EQ(now.custom.webhooks.at(0).secret, secret);
  EXPECT_FALSE(now.custom.webhooks.at(0).enabled);
  again.url = "https://a.example/2";
  EXPECT_THAT(refusal(PutCustomisation{.webhooks = {{again}}}).context,
              HasSubstr("webhooks[0].secret"));
}

TEST_F(CustomisationSpec, EachPartNeedsItsFeatureAndTheRefusalSaysWhoHasIt) {
  const Customisation all = rich();
  const std::vector<std::pair<std::string, CustomisationEvent>> table{
      {"custom_branding", PutCustomisation{.branding = all.branding}},
      {"custom_branding", PutCustomisation{.theme = all.theme}},
      {"custom_branding", PutCustomisation{.css = all.css}},
      {"custom_branding", PutCustomisation{.emails = all.emails}},
      {"sso", PutCustomisation{.sso = all.sso}},
      {"webhooks", PutCustomisation{.webhooks = all.webhooks}},
      {"white_label", PutCustomisation{.white_label = true}},
      {"custom_domain", AddDomain{"a.example", "t"}},
  };
  for (const auto& [feature, event] : table) {
    tenant.tier = "free";
    const Fault fault = refusal(event);
    EXPECT_EQ(fault.code, FaultCode::permission_denied) << feature;
    EXPECT_THAT(fault.context, HasSubstr('"' + feature + '"'));
    EXPECT_THAT(fault.context, HasSubstr("enterprise"));
    tenant.features = {{feature, true}};
    EXPECT_TRUE(changed(event).ok()) << feature << " of its own";
    tenant.features = {{feature, false}};
    tenant.tier = "enterprise";
    EXPECT_FALSE(changed(event).ok()) << feature << " taken from it";
    tenant.features.clear();
    EXPECT_TRUE(changed(event).ok()) << feature;
  }
}

TEST_F(CustomisationSpec, WhoLostAFeatureMayTakeBackWhatHeSetWithIt) {
  now.custom = rich();
  now.domains = {{"a.example", "t", noon}, {"b.example", "u"}};
  tenant.tier = "free";
  EXPECT_TRUE(changed(PutCustomisation{.branding = Branding{},
                                       .theme = Theme::system,
                                       .css = "",
                                       .sso = Sso{},
                                       .webhooks = std::vector<Webhook>{},
                                       .emails = std::vector<EmailTemplate>{},
                                       .white_label = false})
                  .ok());
  EXPECT_TRUE(changed(RemoveDomain{"a.example"}).ok());
  EXPECT_EQ(refusal(VerifyDomain{"b.example", "u"}).code, FaultCode::permission_denied);
}

TEST_F(CustomisationSpec, ADomainIsVerifiedByItsTokenAlone) {
  apply(AddDomain{"b.example", domain_token(1, 2)});
  apply(AddDomain{"a.example", "t"});
  ASSERT_EQ(now.domains.size(), 2U);
  EXPECT_EQ(now.domains[0].host, "a.example") << "by host";
  EXPECT_EQ(now.domains[1].token, "sluice-verify=00000000000000010000000000000002");
  EXPECT_THAT(refusal(VerifyDomain{"b.example", "t"}).context, HasSubstr("found: "));
  EXPECT_EQ(refusal(VerifyDomain{"c.example", "t"}).code, FaultCode::not_found);
  apply(VerifyDomain{"b.example", domain_token(1, 2)});
  EXPECT_FALSE(now.domains[0].verified_at);
  EXPECT_EQ(now.domains[1].verified_at, noon);
  apply(RemoveDomain{"b.example"});
  EXPECT_EQ(now.domains.size(), 1U);
  EXPECT_EQ(refusal(RemoveDomain{"b.example"}).code, FaultCode::not_found);
}

TEST_F(CustomisationSpec, DomainsAreHostNamesEachOnceAndAtMostTen) {
  for (const char* const bad :
       {"", "localhost", "A.example", "a_b.example", "a.example.", ".example", "10.0.0.1",
        "a.example:80", "*.example.com", "a b.example"}) {
    EXPECT_THAT(refusal(AddDomain{bad, "t"}).context, HasSubstr("host: ")) << bad;
  }
  EXPECT_FALSE(is_host_name(std::string(64, 'a').append(".example")));
  for (std::size_t i = 0; i < domains_per_tenant_max; ++i) {
    apply(AddDomain{std::string{"h"}.append(std::to_string(i)).append(".example"), "t"});
  }
  EXPECT_EQ(refusal(AddDomain{"h0.example", "t"}).code, FaultCode::already_exists);
  EXPECT_EQ(refusal(AddDomain{"more.example", "t"}).code, FaultCode::limit_exceeded);
}

TEST_F(CustomisationSpec, AHostIsFoundAsBrowsersWriteIt) {
  EXPECT_EQ(host_named("Shop.Example.com"), "shop.example.com");
  EXPECT_EQ(host_named("shop.example.com:8443"), "shop.example.com");
  EXPECT_EQ(host_named("shop.example.com."), "shop.example.com");
  EXPECT_EQ(host_named("shop.example.com.:80"), "shop.example.com");
  EXPECT_EQ(host_named(":"), ":");
  EXPECT_EQ(host_named(""), "");
}

TEST_F(CustomisationSpec, TheAuditSaysWhatChangedAndNoSecret) {
  const auto put = changed(PutCustomisation{.css = "a {\n}", .webhooks = rich().webhooks}).value();
  const AuditDraft first = audit_of_customisation(now, put);
  EXPECT_EQ(first.action, AuditAction::customisation_put);
  EXPECT_EQ(first.tenant, tenant.id);
  EXPECT_THAT(first.after, HasSubstr(R"("css":"a {\n}")"));
  EXPECT_THAT(first.after, HasSubstr("hooks.example.com"));
  EXPECT_THAT(first.after, Not(HasSubstr(secret)));
  EXPECT_THAT(first.after, Not(HasSubstr("theme")));

  now = put.after;
  Webhook other = rich().webhooks.at(0);
  other.secret = "another-secret-of-mine";
  const AuditDraft second =
      audit_of_customisation(now, changed(PutCustomisation{.webhooks = {{other}}}).value());
  EXPECT_EQ(second.before, R"({"other_secrets":false})");
  EXPECT_EQ(second.after, R"({"other_secrets":true})");
}

TEST_F(CustomisationSpec, TheAuditNamesTheDomain) {
  const auto said = [this](CustomisationEvent event) {
    const auto change = changed(std::move(event)).value();
    const AuditDraft draft = audit_of_customisation(now, change);
    now = change.after;
    return std::string{to_string(draft.action)}.append(" ").append(draft.subject);
  };
  EXPECT_EQ(said(AddDomain{"a.example", "t"}), "domain.added a.example");
  EXPECT_EQ(said(VerifyDomain{"a.example", "t"}), "domain.verified a.example");
  EXPECT_EQ(said(RemoveDomain{"a.example"}), "domain.removed a.example");
}

}  // namespace
}  // namespace sluice
