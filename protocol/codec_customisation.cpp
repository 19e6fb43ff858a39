// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::Theme>(Theme::dark) == wire::Theme::DARK);
static_assert(encode_enum<wire::SsoProtocol>(SsoProtocol::oidc) == wire::SsoProtocol::OIDC);

namespace {

constexpr std::string_view too_many = "are too many";

std::string read_text(FieldReader& fields, capnp::Text::Reader in, std::string_view field,
                      std::size_t bytes_max) {
  return fields.part(decode_text(in, fields.path_of(field), bytes_max));
}

Result<Branding> decode_branding(wire::Branding::Reader in) {
  FieldReader fields("branding");
  const auto url = [&](capnp::Text::Reader text, std::string_view field) {
    return read_text(fields, text, field, custom_url_bytes_max);
  };
  Branding branding{url(in.getLogoUrl(), "logo_url"), url(in.getFaviconUrl(), "favicon_url"),
                    fields.text(in.getPrimaryColour(), "primary_colour"),
                    fields.text(in.getSecondaryColour(), "secondary_colour")};
  return fields.finish(std::move(branding));
}

void encode_branding(const Branding& branding, wire::Branding::Builder out) {
  out.setLogoUrl(branding.logo_url);
  out.setFaviconUrl(branding.favicon_url);
  out.setPrimaryColour(branding.primary_colour);
  out.setSecondaryColour(branding.secondary_colour);
}

Result<Sso> decode_sso(wire::Sso::Reader in) {
  FieldReader fields("sso");
  Sso sso;
  sso.protocol = fields.enumerant(in.getProtocol(), SsoProtocol::oidc, "protocol");
  sso.url = read_text(fields, in.getUrl(), "url", custom_url_bytes_max);
  sso.client_id = fields.text(in.getClientId(), "client_id");
  return fields.finish(std::move(sso));
}

void encode_sso(const Sso& sso, wire::Sso::Builder out) {
  out.setProtocol(encode_enum<wire::SsoProtocol>(sso.protocol));
  out.setUrl(sso.url);
  out.setClientId(sso.client_id);
}

Result<std::vector<Webhook>> decode_webhooks(capnp::List<wire::Webhook>::Reader in) {
  FieldReader fields("");
  std::vector<Webhook> hooks;
  fields.require(in.size() <= webhooks_max, "webhooks", too_many);
  for (unsigned i = 0; i < in.size() && i < webhooks_max; ++i) {
    FieldReader row(at_index("webhooks", i));
    Webhook hook{.url = read_text(row, in[i].getUrl(), "url", custom_url_bytes_max)};
    const auto events = in[i].getEvents();
    if (row.require(events.size() <= webhook_events_max, "events", too_many)) {
      for (const auto event : events) {
        hook.events.push_back(row.text(event, "events"));
      }
    }
    hook.secret = row.text(in[i].getSecret(), "secret");
    hook.enabled = in[i].getEnabled();
    hooks.push_back(fields.part(row.finish(std::move(hook))));
  }
  return fields.finish(std::move(hooks));
}

enum class Secrets : std::uint8_t { kept_back, sent };

void encode_webhooks(const std::vector<Webhook>& hooks, Secrets secrets,
                     capnp::List<wire::Webhook>::Builder out) {
  for (unsigned i = 0; i < hooks.size(); ++i) {
    out[i].setUrl(hooks[i].url);
    auto events = out[i].initEvents(static_cast<unsigned>(hooks[i].events.size()));
    for (unsigned at = 0; at < events.size(); ++at) {
      events.set(at, hooks[i].events[at]);
    }
    if (secrets == Secrets::sent) {
      out[i].setSecret(hooks[i].secret);
    }
    out[i].setEnabled(hooks[i].enabled);
  }
}

Result<std::vector<EmailTemplate>> decode_emails(capnp::List<wire::EmailTemplate>::Reader in) {
  FieldReader fields("");
  std::vector<EmailTemplate> emails;
  fields.require(in.size() <= email_templates_max, "emails", too_many);
  for (unsigned i = 0; i < in.size() && i < email_templates_max; ++i) {
    FieldReader row(at_index("emails", i));
    EmailTemplate email{row.text(in[i].getName(), "name"), row.text(in[i].getSubject(), "subject"),
                        read_text(row, in[i].getBody(), "body", email_body_bytes_max)};
    emails.push_back(fields.part(row.finish(std::move(email))));
  }
  return fields.finish(std::move(emails));
}

void encode_emails(const std::vector<EmailTemplate>& emails,
                   capnp::List<wire::EmailTemplate>::Builder out) {
  for (unsigned i = 0; i < emails.size(); ++i) {
    out[i].setName(emails[i].name);
    out[i].setSubject(emails[i].subject);
    out[i].setBody(emails[i].body);
  }
}

void encode_domains(const std::vector<Domain>& domains, capnp::List<wire::Domain>::Builder out) {
  for (unsigned i = 0; i < domains.size(); ++i) {
    out[i].setHost(domains[i].host);
    out[i].setToken(domains[i].token);
    out[i].setIsVerified(domains[i].verified_at.has_value());
    out[i].setAddedAtNs(encode_time(domains[i].added_at));
    if (domains[i].verified_at) {
      out[i].setVerifiedAtNs(encode_time(*domains[i].verified_at));
    }
  }
}

/// Reads one part of the wire's struct into a change.
void read_part(FieldReader& fields, wire::CustomisationPart part, wire::Customisation::Reader in,
               PutCustomisation& put) {
  switch (part) {
    case wire::CustomisationPart::BRANDING:
      put.branding = fields.part(decode_branding(in.getBranding()));
      return;
    case wire::CustomisationPart::THEME:
      put.theme = fields.enumerant(in.getTheme(), Theme::dark, "theme");
      return;
    case wire::CustomisationPart::CSS:
      put.css = read_text(fields, in.getCss(), "css", custom_css_bytes_max);
      return;
    case wire::CustomisationPart::SSO:
      put.sso = fields.part(decode_sso(in.getSso()));
      return;
    case wire::CustomisationPart::WEBHOOKS:
      put.webhooks = fields.part(decode_webhooks(in.getWebhooks()));
      return;
    case wire::CustomisationPart::EMAILS:
      put.emails = fields.part(decode_emails(in.getEmails()));
      return;
    case wire::CustomisationPart::WHITE_LABEL:
      put.white_label = in.getWhiteLabel();
      return;
  }
  fields.require(false, "parts", "name one that is not known");
}

}  // namespace

Result<PutCustomisation> decode_put_customisation(
    wire::TenantAdmin::PutCustomisationParams::Reader in) {
  FieldReader fields("");
  PutCustomisation put;
  if (in.getVersion() != 0) {
    put.expected = Version{in.getVersion()};
  }
  const auto parts = in.getParts();
  constexpr unsigned part_count = 7;
  if (fields.require(parts.size() <= part_count, "parts", too_many)) {
    for (const auto part : parts) {
      read_part(fields, part, in.getCustom(), put);
    }
  }
  return fields.finish(std::move(put));
}

void encode_put_customisation(const PutCustomisation& put,
                              wire::TenantAdmin::PutCustomisationParams::Builder out) {
  std::vector<wire::CustomisationPart> parts;
  auto custom = out.initCustom();
  if (put.branding) {
    parts.push_back(wire::CustomisationPart::BRANDING);
    encode_branding(*put.branding, custom.initBranding());
  }
  if (put.theme) {
    parts.push_back(wire::CustomisationPart::THEME);
    custom.setTheme(encode_enum<wire::Theme>(*put.theme));
  }
  if (put.css) {
    parts.push_back(wire::CustomisationPart::CSS);
    custom.setCss(*put.css);
  }
  if (put.sso) {
    parts.push_back(wire::CustomisationPart::SSO);
    encode_sso(*put.sso, custom.initSso());
  }
  if (put.webhooks) {
    parts.push_back(wire::CustomisationPart::WEBHOOKS);
    encode_webhooks(*put.webhooks, Secrets::sent,
                    custom.initWebhooks(static_cast<unsigned>(put.webhooks->size())));
  }
  if (put.emails) {
    parts.push_back(wire::CustomisationPart::EMAILS);
    encode_emails(*put.emails, custom.initEmails(static_cast<unsigned>(put.emails->size())));
  }
  if (put.white_label) {
    parts.push_back(wire::CustomisationPart::WHITE_LABEL);
    custom.setWhiteLabel(*put.white_label);
  }
  auto list = out.initParts(static_cast<unsigned>(parts.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list.set(i, parts[i]);
  }
  out.setVersion(put.expected.value_or(Version{}).raw());
}

Result<Customised> decode_customised(wire::Customisation::Reader in) {
  FieldReader fields("");
  Customised told;
  Customisation& custom = told.custom;
  custom.branding = fields.part(decode_branding(in.getBranding()));
  custom.theme = fields.enumerant(in.getTheme(), Theme::dark, "theme");
  custom.css = read_text(fields, in.getCss(), "css", custom_css_bytes_max);
  custom.sso = fields.part(decode_sso(in.getSso()));
  custom.webhooks = fields.part(decode_webhooks(in.getWebhooks()));
  custom.emails = fields.part(decode_emails(in.getEmails()));
  custom.white_label = in.getWhiteLabel();
  custom.version = Version{in.getVersion()};
  const auto domains = in.getDomains();
  if (fields.require(domains.size() <= domains_per_tenant_max, "domains", too_many)) {
    for (const auto& domain : domains) {
      told.domains.push_back({fields.text(domain.getHost(), "domains.host"),
                              fields.text(domain.getToken(), "domains.token"),
                              domain.getIsVerified()
                                  ? std::optional{decode_time(domain.getVerifiedAtNs())}
                                  : std::nullopt,
                              decode_time(domain.getAddedAtNs())});
    }
  }
  return fields.finish(std::move(told));
}

void encode_customised(const Customised& customised, wire::Customisation::Builder out) {
  const Customisation& custom = customised.custom;
  encode_branding(custom.branding, out.initBranding());
  out.setTheme(encode_enum<wire::Theme>(custom.theme));
  out.setCss(custom.css);
  encode_sso(custom.sso, out.initSso());
  encode_webhooks(custom.webhooks, Secrets::kept_back,
                  out.initWebhooks(static_cast<unsigned>(custom.webhooks.size())));
  encode_emails(custom.emails, out.initEmails(static_cast<unsigned>(custom.emails.size())));
  out.setWhiteLabel(custom.white_label);
  out.setVersion(custom.version.raw());
  encode_domains(customised.domains,
                 out.initDomains(static_cast<unsigned>(customised.domains.size())));
}

}  // namespace sluice
