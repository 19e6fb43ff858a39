// SPDX-License-Identifier: Apache-2.0
// What may be written into a customisation.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "actors/tenant/alert.hpp"
#include "actors/tenant/css_rules.hpp"
#include "actors/tenant/customisation.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

constexpr std::size_t name_bytes_max = 63;
constexpr std::size_t subject_characters_max = 200;
constexpr std::size_t client_id_bytes_max = 255;
constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t secret_bytes_max = 128;

/// Keeps the first thing that is wrong.
class Findings {
public:
  void require(bool holds, const std::string& field, std::string_view what) {
    if (!holds && !fault_) {
      fault_ = Fault{FaultCode::invalid_argument, field + ": " + std::string{what}};
    }
  }
  void object(const Objection& objection, const std::string& field) {
    require(!objection, field, objection.value_or(""));
  }
  void add(const Result<Done>& found) {
    if (!found.ok() && !fault_) {
      fault_ = found.fault();
    }
  }
  [[nodiscard]] Result<Done> result() const { return fault_ ? Result<Done>{*fault_} : Done{}; }

private:
  std::optional<Fault> fault_;
};

bool is_colour(std::string_view text) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() == 7 && text.front() == '#' && std::ranges::all_of(text.substr(1), is_hex);
}

/// Without blanks, so nothing that ends a header or an attribute.
bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_dotted_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && name.front() >= 'a' &&
         name.front() <= 'z' && is_spelt_in(name, {.extra = "_."});
}

std::string path_of(std::string_view list, std::size_t index, std::string_view field) {
  return std::string{list} + '[' + std::to_string(index) + "]." + std::string{field};
}

void check(Findings& found, const Branding& branding) {
  const auto url = [&](const std::string& value, const char* field) {
    found.object(value.empty() ? std::nullopt : object_to_url(value), field);
  };
  const auto colour = [&](const std::string& value, const char* field) {
    found.require(value.empty() || is_colour(value), field, "must be written as #rrggbb");
  };
  url(branding.logo_url, "branding.logo_url");
  url(branding.favicon_url, "branding.favicon_url");
  colour(branding.primary_colour, "branding.primary_colour");
  colour(branding.secondary_colour, "branding.secondary_colour");
}

void check(Findings& found, const Sso& sso) {
  const bool is_oidc = sso.protocol == SsoProtocol::oidc;
  if (sso.protocol == SsoProtocol::none) {
    found.require(sso.url.empty(), "sso.url", "says nothing without a protocol");
  } else {
    found.object(object_to_url(sso.url), "sso.url");
  }
  found.require(is_oidc != sso.client_id.empty(), "sso.client_id",
                is_oidc ? "must not be empty" : "belongs to oidc");
  found.require(sso.client_id.size() <= client_id_bytes_max && is_visible(sso.client_id),
                "sso.client_id", "must be up to 255 visible characters of ASCII");
}

void check(Findings& found, const std::vector<Webhook>& webhooks) {
  found.require(webhooks.size() <= webhooks_max, "webhooks", "are more than 10");
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    const Webhook& hook = webhooks[i];
    const auto at = [&](std::string_view field) { return path_of("webhooks", i, field); };
    found.object(object_to_url(hook.url), at("url"));
    found.require(std::ranges::count(webhooks, hook.url, &Webhook::url) == 1, at("url"),
                  "is there twice");
    found.require(!hook.events.empty() && hook.events.size() <= webhook_events_max, at("events"),
                  "must be from 1 to 32");
    for (const std::string& event : hook.events) {
      found.require(event == "*" || parse_alert_kind(event), at("events"),
                    "must be * or the name of an event");
      found.require(std::ranges::count(hook.events, event) == 1, at("events"),
                    "has one of them twice");
    }
    found.require(hook.secret.size() >= secret_bytes_min &&
                      hook.secret.size() <= secret_bytes_max && is_visible(hook.secret),
                  at("secret"), "must be 16 to 128 visible characters of ASCII");
  }
}

void check(Findings& found, const std::vector<EmailTemplate>& emails) {
  found.require(emails.size() <= email_templates_max, "emails", "are more than 20");
  for (std::size_t i = 0; i < emails.size(); ++i) {
    const EmailTemplate& email = emails[i];
    const auto at = [&](std::string_view field) { return path_of("emails", i, field); };
    found.require(is_dotted_name(email.name), at("name"), "must match [a-z][a-z0-9_.]{0,62}");
    found.require(std::ranges::count(emails, email.name, &EmailTemplate::name) == 1, at("name"),
                  "is there twice");
    found.object(object_to_prose(email.subject, subject_characters_max), at("subject"));
    found.object(object_to_lines(email.body, email_body_bytes_max), at("body"));
    found.require(email.body.size() <= email_body_bytes_max, at("body"), "is too long");
  }
}

/// As a text in JSON.
std::size_t stored_bytes(std::string_view text) {
  const auto escaped = std::ranges::count_if(
      text, [](char c) { return c == '"' || c == '\\' || (c >= '\0' && c < ' '); });
  return text.size() + static_cast<std::size_t>(std::max<std::ptrdiff_t>(escaped, 0));
}

/// At least as many bytes as it takes as JSON.
std::size_t stored_bytes(const Customisation& custom) {
  constexpr std::size_t frame = 512;
  constexpr std::size_t row_frame = 64;
  std::size_t bytes = frame + stored_bytes(custom.css);
  for (const std::string* text : {&custom.branding.logo_url, &custom.branding.favicon_url,
                                  &custom.sso.url, &custom.sso.client_id}) {
    bytes += stored_bytes(*text);
  }
  for (const Webhook& hook : custom.webhooks) {
    bytes += row_frame + stored_bytes(hook.url) + stored_bytes(hook.secret);
    for (const std::string& event : hook.events) {
      bytes += event.size() + 3;
    }
  }
  for (const EmailTemplate& email : custom.emails) {
    bytes += row_frame + email.name.size() + stored_bytes(email.subject) + stored_bytes(email.body);
  }
  return bytes;
}

constexpr std::array<std::string_view, 3> theme_names{"system", "light", "dark"};
constexpr std::array<std::string_view, 3> protocol_names{"none", "saml", "oidc"};

template <class Enum>
std::optional<Enum> parse(const std::array<std::string_view, 3>& names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  return found == names.end() ? std::nullopt
                              : std::optional{static_cast<Enum>(found - names.begin())};
}

}  // namespace

Result<Done> validate(const Customisation& custom) {
  Findings found;
  check(found, custom.branding);
  found.require(custom.css.size() <= custom_css_bytes_max, "css", "is longer than 16384 bytes");
  if (found.result().ok()) {
    found.add(validate_css(custom.css));
  }
  check(found, custom.sso);
  check(found, custom.webhooks);
  check(found, custom.emails);
  if (found.result().ok() && stored_bytes(custom) > customisation_bytes_max) {
    return Fault{FaultCode::limit_exceeded, "customisation: all of it together is over 64 KiB"};
  }
  return found.result();
}

Objection object_to_url(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  if (url.size() > custom_url_bytes_max) {
    return "is too long";
  }
  if (!url.starts_with(scheme)) {
    return "must begin with https://";
  }
  if (!is_visible(url) || url.find_first_of("\"'<>\\^`{|}") != url.npos) {
    return "has a character that may not stand in a URL";
  }
  const std::string_view rest = url.substr(scheme.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != authority.npos) {
    return "must not name a user";
  }
  const std::size_t colon = authority.find(':');
  if (!is_host_name(authority.substr(0, colon)) ||
      (colon != authority.npos && !is_port(authority.substr(colon + 1)))) {
    return "must have a host name in lower case, which is no address";
  }
  return std::nullopt;
}

bool is_host_name(std::string_view host) {
  constexpr std::size_t host_bytes_max = 253;
  constexpr std::size_t label_bytes_max = 63;
  if (host.empty() || host.size() > host_bytes_max || host.find('.') == host.npos) {
    return false;
  }
  std::string_view label;
  for (std::string_view rest = host; !rest.empty();) {
    const std::size_t dot = rest.find('.');
    label = rest.substr(0, dot);
    if (label.empty() || label.size() > label_bytes_max || label.front() == '-' ||
        label.back() == '-' || !is_spelt_in(label, {.extra = "-"})) {
      return false;
    }
    if (dot + 1 == rest.size()) {
      return false;  // A dot at the end.
    }
    rest = dot == rest.npos ? std::string_view{} : rest.substr(dot + 1);
  }
  // What ends in a number is, or may be taken for, an address.
  return label.front() >= 'a' && label.front() <= 'z';
}

std::string host_named(std::string_view header) {
  if (const std::size_t colon = header.rfind(':');
      colon != header.npos && is_port(header.substr(colon + 1))) {
    header = header.substr(0, colon);
  }
  if (header.ends_with('.')) {
    header.remove_suffix(1);
  }
  std::string host{header};
  std::ranges::transform(host, host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return host;
}

std::string_view to_string(Theme theme) {
  return theme_names.at(static_cast<std::size_t>(theme));
}
std::optional<Theme> parse_theme(std::string_view text) {
  return parse<Theme>(theme_names, text);
}
std::string_view to_string(SsoProtocol protocol) {
  return protocol_names.at(static_cast<std::size_t>(protocol));
}
std::optional<SsoProtocol> parse_sso_protocol(std::string_view text) {
  return parse<SsoProtocol>(protocol_names, text);
}

}  // namespace sluice
