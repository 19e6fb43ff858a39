// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/customisation_json.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/text/time_text.hpp"

namespace sluice::text {
namespace {

using Json = nlohmann::ordered_json;

/// Thrown within this file.
struct Wrong {
  std::string what;
};

[[noreturn]] void refuse(const std::string& path, std::string_view what) {
  throw Wrong{path + ": " + std::string{what}};
}

std::string text_of(const Json& json, const std::string& path) {
  if (!json.is_string()) {
    refuse(path, "must be a text");
  }
  return json.get<std::string>();
}

bool flag_of(const Json& json, const std::string& path) {
  if (!json.is_boolean()) {
    refuse(path, "must be true or false");
  }
  return json.get<bool>();
}

/// An object, and where it stands.
class Part {
public:
  Part(const Json& json, std::string path, std::initializer_list<std::string_view> known)
      : json_(json), path_(std::move(path)) {
    if (!json.is_object()) {
      refuse(path_.empty() ? "customisation" : path_, "must be an object");
    }
    for (const auto& [name, value] : json.items()) {
      if (std::ranges::find(known, name) == known.end()) {
        refuse(at(name), "is not known");
      }
    }
  }
  [[nodiscard]] std::string at(std::string_view name) const {
    return (path_.empty() ? "" : path_ + ".") + std::string{name};
  }
  [[nodiscard]] const Json* find(const char* name) const {
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }
  /// Empty if it is not there.
  [[nodiscard]] std::string text(const char* name) const {
    const Json* const value = find(name);
    return value == nullptr ? "" : text_of(*value, at(name));
  }

private:
  const Json& json_;
  std::string path_;
};

template <class Read>
auto list_of(const Json& json, const std::string& path, Read read) {
  if (!json.is_array()) {
    refuse(path, "must be a list");
  }
  std::vector<decltype(read(json, path))> all;
  for (const Json& each : json) {
    all.push_back(read(each, path + '[' + std::to_string(all.size()) + ']'));
  }
  return all;
}

template <class Enum>
Enum choice(std::optional<Enum> chosen, const std::string& path) {
  if (!chosen) {
    refuse(path, "is not one that there is");
  }
  return *chosen;
}

Branding read_branding(const Json& json) {
  const Part part{json, "branding", {"logoUrl", "faviconUrl", "primaryColour", "secondaryColour"}};
  return {part.text("logoUrl"), part.text("faviconUrl"), part.text("primaryColour"),
          part.text("secondaryColour")};
}

Sso read_sso(const Json& json) {
  const Part part{json, "sso", {"protocol", "url", "clientId"}};
  return {choice(parse_sso_protocol(part.text("protocol")), part.at("protocol")), part.text("url"),
          part.text("clientId")};
}

Webhook read_webhook(const Json& json, const std::string& path) {
  const Part part{json, path, {"url", "events", "secret", "enabled"}};
  Webhook hook{.url = part.text("url")};
  if (const Json* const events = part.find("events")) {
    hook.events = list_of(*events, part.at("events"), text_of);
  }
  hook.secret = part.text("secret");
  if (const Json* const enabled = part.find("enabled")) {
    hook.enabled = flag_of(*enabled, part.at("enabled"));
  }
  return hook;
}

EmailTemplate read_email(const Json& json, const std::string& path) {
  const Part part{json, path, {"name", "subject", "body"}};
  return {part.text("name"), part.text("subject"), part.text("body")};
}

PutCustomisation read(const Json& json) {
  const Part part{json,
                  "",
                  {"branding", "theme", "css", "sso", "webhooks", "emails", "whiteLabel", "version",
                   "domains"}};
  PutCustomisation put;
  if (const Json* const branding = part.find("branding")) {
    put.branding = read_branding(*branding);
  }
  if (const Json* const theme = part.find("theme")) {
    put.theme = choice(parse_theme(text_of(*theme, "theme")), "theme");
  }
  if (const Json* const css = part.find("css")) {
    put.css = text_of(*css, "css");
  }
  if (const Json* const sso = part.find("sso")) {
    put.sso = read_sso(*sso);
  }
  if (const Json* const webhooks = part.find("webhooks")) {
    put.webhooks = list_of(*webhooks, "webhooks", read_webhook);
  }
  if (const Json* const emails = part.find("emails")) {
    put.emails = list_of(*emails, "emails", read_email);
  }
  if (const Json* const white_label = part.find("whiteLabel")) {
    put.white_label = flag_of(*white_label, "whiteLabel");
  }
  if (const Json* const version = part.find("version")) {
    if (!version->is_number_unsigned()) {
      refuse("version", "must be a whole number");
    }
    if (const auto expected = version->get<std::uint64_t>(); expected != 0) {
      put.expected = Version{expected};
    }
  }
  return put;
}

}  // namespace

Json json_of(const Domain& domain) {
  const auto until = reserved_until(domain);
  return Json{
      {"host", domain.host},
      {"status", domain.verified_at ? "verified" : "pending"},
      {"token", domain.token},
      {"verifiedAt", domain.verified_at ? Json(format_instant(*domain.verified_at)) : Json()},
      {"reservedUntil", until ? Json(format_instant(*until)) : Json()}};
}

Json json_of(const Customised& customised) {
  const Customisation& custom = customised.custom;
  Json json{{"version", custom.version.raw()},
            {"branding",
             {{"logoUrl", custom.branding.logo_url},
              {"faviconUrl", custom.branding.favicon_url},
              {"primaryColour", custom.branding.primary_colour},
              {"secondaryColour", custom.branding.secondary_colour}}},
            {"theme", to_string(custom.theme)},
            {"css", custom.css},
            {"sso",
             {{"protocol", to_string(custom.sso.protocol)},
              {"url", custom.sso.url},
              {"clientId", custom.sso.client_id}}},
            {"webhooks", Json::array()},
            {"emails", Json::array()},
            {"whiteLabel", custom.white_label},
            {"domains", Json::array()}};
  for (const Webhook& hook : custom.webhooks) {
    json["webhooks"].push_back(
        Json{{"url", hook.url}, {"events", hook.events}, {"enabled", hook.enabled}});
  }
  for (const EmailTemplate& email : custom.emails) {
    json["emails"].push_back(
        Json{{"name", email.name}, {"subject", email.subject}, {"body", email.body}});
  }
  for (const Domain& domain : customised.domains) {
    json["domains"].push_back(json_of(domain));
  }
  return json;
}

Result<PutCustomisation> parse_customisation(const Json& json) {
  try {
    return read(json);
  } catch (const Wrong& wrong) {
    return Fault{FaultCode::invalid_argument, wrong.what};
  }
}

}  // namespace sluice::text
