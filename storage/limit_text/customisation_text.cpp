// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/customisation_text.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace sluice {

namespace {

using Json = nlohmann::json;

void put_text(Json& into, const char* name, const std::string& text) {
  if (!text.empty()) {
    into[name] = text;
  }
}

void put_part(Json& into, const char* name, Json part) {
  if (!part.empty()) {
    into[name] = std::move(part);
  }
}

std::string text_of(const Json& json, const char* name) {
  return json.value(name, std::string{});
}

/// Of an array or object that is there; of none, none.
Json part_of(const Json& json, const char* name) {
  return json.contains(name) ? json.at(name) : Json::object();
}

Json json_of(const Webhook& hook) {
  return {{"url", hook.url},
          {"events", hook.events},
          {"secret", hook.secret},
          {"enabled", hook.enabled}};
}

Json json_of(const Customisation& custom) {
  Json json = Json::object();
  Json branding = Json::object();
  put_text(branding, "logo_url", custom.branding.logo_url);
  put_text(branding, "favicon_url", custom.branding.favicon_url);
  put_text(branding, "primary_colour", custom.branding.primary_colour);
  put_text(branding, "secondary_colour", custom.branding.secondary_colour);
  put_part(json, "branding", std::move(branding));
  if (custom.theme != Theme::system) {
    json["theme"] = to_string(custom.theme);
  }
  put_text(json, "css", custom.css);
  if (custom.sso != Sso{}) {
    json["sso"] = Json{{"protocol", to_string(custom.sso.protocol)}, {"url", custom.sso.url}};
    put_text(json["sso"], "client_id", custom.sso.client_id);
  }
  Json webhooks = Json::array();
  for (const Webhook& hook : custom.webhooks) {
    webhooks.push_back(json_of(hook));
  }
  put_part(json, "webhooks", std::move(webhooks));
  Json emails = Json::array();
  for (const EmailTemplate& email : custom.emails) {
    emails.push_back({{"name", email.name}, {"subject", email.subject}, {"body", email.body}});
  }
  put_part(json, "emails", std::move(emails));
  if (custom.white_label) {
    json["white_label"] = true;
  }
  return json;
}

std::optional<Customisation> read(const Json& json) {
  Customisation custom;
  const Json branding = part_of(json, "branding");
  custom.branding = {text_of(branding, "logo_url"), text_of(branding, "favicon_url"),
                     text_of(branding, "primary_colour"), text_of(branding, "secondary_colour")};
  const auto theme = parse_theme(json.value("theme", "system"));
  custom.css = text_of(json, "css");
  const Json sso = part_of(json, "sso");
  const auto protocol = parse_sso_protocol(sso.value("protocol", "none"));
  if (!theme || !protocol) {
    return std::nullopt;
  }
  custom.theme = *theme;
  custom.sso = {*protocol, text_of(sso, "url"), text_of(sso, "client_id")};
  for (const Json& hook : part_of(json, "webhooks")) {
    custom.webhooks.push_back(
        {hook.at("url").get<std::string>(), hook.at("events").get<std::vector<std::string>>(),
         hook.at("secret").get<std::string>(), hook.at("enabled").get<bool>()});
  }
  for (const Json& email : part_of(json, "emails")) {
    custom.emails.push_back({email.at("name").get<std::string>(),
                             email.at("subject").get<std::string>(),
                             email.at("body").get<std::string>()});
  }
  custom.white_label = json.value("white_label", false);
  return custom;
}

}  // namespace

std::string customisation_text(const Customisation& custom) {
  return json_of(custom).dump();
}

std::optional<Customisation> parse_customisation(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    auto custom = read(json);
    // What is written again must be what was read, so that nothing is passed over.
    return custom && json_of(*custom) == json ? std::move(custom) : std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace sluice
