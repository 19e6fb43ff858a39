// SPDX-License-Identifier: Apache-2.0
// What tenants customise, and their domains.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"
#include "protocol/text/customisation_json.hpp"

namespace sluice::ctl {
namespace {

struct TenantWish {
  std::string tenant;
};

struct SetWish {
  std::string tenant;
  std::string file;
  std::optional<std::string> logo;
  std::optional<std::string> favicon;
  std::optional<std::string> primary;
  std::optional<std::string> secondary;
  std::optional<std::string> theme;
  std::optional<std::uint64_t> expected;
};

struct DomainWish {
  std::string tenant;
  std::string host;
  std::string found;
};

struct ResolveWish {
  std::string host;
};

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string sso_text(const Sso& sso) {
  return sso.protocol == SsoProtocol::none ? "-"
                                           : fmt::format("{} {}", to_string(sso.protocol), sso.url);
}

Report report_of(const Customised& customised, Style style) {
  const Customisation& custom = customised.custom;
  Card card;
  card.add("logo", or_dash(custom.branding.logo_url));
  card.add("favicon", or_dash(custom.branding.favicon_url));
  card.add("primary", or_dash(custom.branding.primary_colour));
  card.add("secondary", or_dash(custom.branding.secondary_colour));
  card.add("theme", std::string{to_string(custom.theme)});
  card.add("css", custom.css.empty() ? "-" : fmt::format("{} bytes", custom.css.size()));
  card.add("sso", sso_text(custom.sso));
  card.add("webhooks", std::to_string(custom.webhooks.size()));
  card.add("emails", std::to_string(custom.emails.size()));
  card.add("white label", custom.white_label ? "yes" : "no");
  card.add("domains", std::to_string(customised.domains.size()));
  card.add("version", std::to_string(custom.version.raw()));
  return {text::json_of(customised), card.print(style)};
}

/// `-` is what is piped in.
Json read_json(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
  }
  std::istream& from = path == "-" ? std::cin : file;
  const std::string text{std::istreambuf_iterator<char>{from}, std::istreambuf_iterator<char>{}};
  Json json = Json::parse(text, nullptr, false);
  if (!from || json.is_discarded()) {
    throw Failure{
        ExitCode::bad_usage,
        Fault{FaultCode::invalid_argument, fmt::format("--file: {} cannot be read as JSON", path)}};
  }
  return json;
}

Report show_customisation(Session& session, const TenantWish& wish) {
  return report_of(answered(session.link.management().customisation(parse_tenant_ref(wish.tenant))),
                   session.style);
}

/// What the options say of looks goes into the branding that there is.
void add_looks(Session& session, const SetWish& wish, PutCustomisation& put) {
  if (wish.theme) {
    put.theme = parse_theme(*wish.theme);
  }
  if (!wish.logo && !wish.favicon && !wish.primary && !wish.secondary) {
    return;
  }
  if (!put.branding) {
    const Customised now =
        answered(session.link.management().customisation(parse_tenant_ref(wish.tenant)));
    put.branding = now.custom.branding;
    // What it was made of has to be what it replaces.
    if (!put.expected && now.custom.version != Version{}) {
      put.expected = now.custom.version;
    }
  }
  put.branding->logo_url = wish.logo.value_or(put.branding->logo_url);
  put.branding->favicon_url = wish.favicon.value_or(put.branding->favicon_url);
  put.branding->primary_colour = wish.primary.value_or(put.branding->primary_colour);
  put.branding->secondary_colour = wish.secondary.value_or(put.branding->secondary_colour);
}

Report set(Session& session, const SetWish& wish) {
  PutCustomisation put;
  if (!wish.file.empty()) {
    put = accept(text::parse_customisation(read_json(wish.file)), "--file");
  }
  if (wish.expected) {
    put.expected = Version{*wish.expected};
  }
  add_looks(session, wish, put);
  return report_of(
      answered(session.link.management().put_customisation(parse_tenant_ref(wish.tenant), put)),
      session.style);
}

Report domains_report(const Customised& customised, Style style) {
  Json all = Json::array();
  Table table{{{"HOST"}, {"STATUS"}, {"VERIFIED"}, {"TOKEN"}}};
  for (const Domain& domain : customised.domains) {
    all.push_back(text::json_of(domain));
    table.add(
        {{domain.host, Tint::none},
         {domain.verified_at ? "verified" : "pending",
          domain.verified_at ? Tint::good : Tint::warning},
         {domain.verified_at ? format_instant_in(*domain.verified_at, "UTC") : "-", Tint::none},
         {domain.token, Tint::none}});
  }
  return {Json{{"domains", all}}, table.print(style)};
}

Report list_domains(Session& session, const TenantWish& wish) {
  return domains_report(
      answered(session.link.management().customisation(parse_tenant_ref(wish.tenant))),
      session.style);
}

Report add_domain(Session& session, const DomainWish& wish) {
  const Customised now =
      answered(session.link.management().add_domain(parse_tenant_ref(wish.tenant), wish.host));
  Report report = domains_report(now, session.style);
  report.text += fmt::format("Put the token into the TXT record _sluice.{}\n", wish.host);
  return report;
}

Report verify_domain(Session& session, const DomainWish& wish) {
  return domains_report(answered(session.link.management().verify_domain(
                            parse_tenant_ref(wish.tenant), wish.host, wish.found)),
                        session.style);
}

Report remove_domain(Session& session, const DomainWish& wish) {
  const Customised now =
      answered(session.link.management().remove_domain(parse_tenant_ref(wish.tenant), wish.host));
  return {domains_report(now, session.style).document,
          fmt::format("removed domain {}\n", wish.host)};
}

Report resolve(Session& session, const ResolveWish& wish) {
  const std::string id = to_string(answered(session.link.management().tenant_at(wish.host)));
  return {Json{{"tenant", id}}, id + "\n"};
}

void add_domain_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("domain", "Hosts of tenants");
  group.require_subcommand(1);
  auto listed = std::make_shared<TenantWish>();
  CLI::App& list = *group.add_subcommand("list", "List the domains of a tenant");
  list.add_option(tenant_positional, listed->tenant, "Slug or UUID")->required();
  runs(line, list, listed, list_domains);

  const auto of_one = [&](const char* name, const char* description, auto run) {
    auto wish = std::make_shared<DomainWish>();
    CLI::App& command = *group.add_subcommand(name, description);
    command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
    command.add_option("HOST", wish->host, "Such as shop.example.com")->required();
    runs(line, command, wish, run);
    return std::pair{&command, wish};
  };
  of_one("add", "Reserve a host for a tenant; it leads nowhere until it is verified", add_domain);
  const auto [verify, verified] =
      of_one("verify", "Confirm that a host is the tenant's", verify_domain);
  verify->add_option("FOUND", verified->found, "What its TXT record says: the token")->required();
  of_one("remove", "Free a host", remove_domain);

  auto asked = std::make_shared<ResolveWish>();
  CLI::App& command =
      *group.add_subcommand("resolve", "Tell whose verified domain a host is, as a gateway asks");
  command.add_option("HOST", asked->host, "As a browser sends it")->required();
  runs(line, command, asked, resolve);
}

}  // namespace

void add_custom_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("custom", "What a tenant's own users see");
  group.require_subcommand(1);
  auto shown = std::make_shared<TenantWish>();
  CLI::App& show_command = *group.add_subcommand("show", "Show what a tenant customises");
  show_command.add_option(tenant_positional, shown->tenant, "Slug or UUID")->required();
  runs(line, show_command, shown, show_customisation);

  auto wish = std::make_shared<SetWish>();
  CLI::App& command = *group.add_subcommand("set", "Replace parts of what a tenant customises");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("--file", wish->file,
                     "Parts, as custom show --json prints them; - for what is piped in");
  command.add_option("--logo", wish->logo, "URL of the logo");
  command.add_option("--favicon", wish->favicon, "URL of the favicon");
  command.add_option("--primary", wish->primary, "Colour, as #rrggbb");
  command.add_option("--secondary", wish->secondary, "Colour, as #rrggbb");
  command.add_option("--theme", wish->theme, "Theme")
      ->check(CLI::IsMember({"system", "light", "dark"}));
  command.add_option("--expect-version", wish->expected,
                     "Only if the customisation has this version");
  runs(line, command, wish, set);
  add_domain_commands(line);
}

}  // namespace sluice::ctl
