// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/limit_names.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/override_wish.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct CreateWish {
  std::string slug;
  std::string name;
  std::string tier;
  std::string timezone;
  std::string id;
  std::optional<unsigned> anchor_day;
  std::uint16_t trial_days = 0;
  std::string region;
  std::vector<std::string> compliance;
  std::string currency;
  std::string settings{no_settings};
  Billing billing;
  std::vector<std::string> limits;
  std::string owner;
  std::string owner_email;
  std::string isolation = "shared";
};

struct ShowWish {
  std::string tenant;
};

struct ListWish {
  TenantQuery query;
  std::string status;
  std::string after;
  bool all = false;
  bool slugs = false;
};

struct EditWish {
  std::string tenant;
  std::optional<std::string> name;
  std::optional<std::string> slug;
  std::optional<std::string> tier;
  std::optional<std::string> timezone;
  std::optional<unsigned> anchor_day;
  std::optional<std::string> region;
  std::vector<std::string> compliance;
  std::optional<std::string> currency;
  std::optional<std::string> settings;
  std::optional<std::string> company;
  std::optional<std::string> email;
  std::optional<std::string> address;
  std::optional<std::string> tax_id;
  std::optional<std::uint64_t> expected;
};

/// Also where --all stops, so that a list has an end whatever the server holds.
constexpr std::size_t listed_tenants_max = 1'000'000;

TenantId tenant_id_from(const std::string& text, std::string_view field) {
  const auto id = parse_tenant_id(text);
  if (!id) {
    throw Failure{ExitCode::bad_usage, Fault{FaultCode::invalid_argument,
                                             fmt::format("{}: '{}' is not a UUID", field, text)}};
  }
  return *id;
}

Report create(Session& session, const CreateWish& wish) {
  TenantDefinition draft;
  draft.slug = wish.slug;
  draft.name = wish.name.empty() ? wish.slug : wish.name;
  draft.tier = wish.tier;
  draft.timezone = wish.timezone;
  if (!wish.id.empty()) {
    draft.id = tenant_id_from(wish.id, "--id");
  }
  if (wish.anchor_day) {
    draft.billing_anchor_day = AnchorDay{static_cast<std::uint8_t>(*wish.anchor_day)};
  }
  draft.life.trial_days = TrialDays{wish.trial_days};
  draft.region = wish.region;
  draft.compliance = wish.compliance;
  draft.currency = wish.currency;
  draft.settings = wish.settings;
  draft.billing = wish.billing;
  draft.placement = placement_from(wish.isolation, "--isolation");
  for (const std::string& text : wish.limits) {
    const LimitWish limit = accept(parse_limit_wish(text), "--limit");
    draft.limits.push_back(
        accept(limit_from(limit, session.link.meter(limit.meter, "--limit")), "--limit " + text));
  }
  client::OperatorClient& management = session.link.management();
  return tenant_report(
      answered(wish.owner.empty() ? management.create(draft)
                                  : management.create(draft, Member{wish.owner, wish.owner_email})),
      session);
}

Report show(Session& session, const ShowWish& wish) {
  TenantDefinition tenant = answered(session.link.management().show(parse_tenant_ref(wish.tenant)));
  drop_past_overrides(tenant, session.link);
  return tenant_report(tenant, session);
}

TenantPage list_page(Session& session, TenantQuery& query) {
  TenantPage page = answered(session.link.management().list(query));
  if (!page.tenants.empty()) {
    query.after = page.tenants.back().id;
  }
  return page;
}

Report list(Session& session, const ListWish& wish) {
  TenantQuery query = wish.query;
  if (!wish.status.empty()) {
    query.status = choice_named(wish.status, TenantStatus::deactivated);
  }
  if (!wish.after.empty()) {
    query.after = tenant_id_from(wish.after, "--after");
  }
  TenantPage page = list_page(session, query);
  while (wish.all && page.more && page.tenants.size() < listed_tenants_max) {
    TenantPage next = list_page(session, query);
    page.more = next.more;
    page.tenants.insert(page.tenants.end(), next.tenants.begin(), next.tenants.end());
  }
  Report report;
  if (session.json) {
    report.document = document_of(page, session.link);
  } else if (wish.slugs) {
    for (const TenantDefinition& tenant : page.tenants) {
      report.text += tenant.slug + "\n";
    }
  } else {
    report.text = view_of(page, session.style);
  }
  return report;
}

/// On the wire an empty text means "as it was", which is not what somebody who gives one wants.
void refuse_empty(std::string_view option, const std::optional<std::string>& text) {
  if (text && text->empty()) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument, fmt::format("{}: must not be empty", option)}};
  }
}

Report edit(Session& session, const EditWish& wish) {
  refuse_empty("--name", wish.name);
  refuse_empty("--slug", wish.slug);
  refuse_empty("--tier", wish.tier);
  refuse_empty("--timezone", wish.timezone);
  refuse_empty("--currency", wish.currency);
  refuse_empty("--settings", wish.settings);
  EditTenant change{.name = wish.name,
                    .slug = wish.slug,
                    .tier = wish.tier,
                    .timezone = wish.timezone,
                    .region = wish.region,
                    .currency = wish.currency,
                    .company = wish.company,
                    .email = wish.email,
                    .address = wish.address,
                    .tax_id = wish.tax_id,
                    .settings = wish.settings};
  if (wish.anchor_day) {
    change.billing_anchor_day = AnchorDay{static_cast<std::uint8_t>(*wish.anchor_day)};
  }
  if (!wish.compliance.empty()) {
    change.compliance = wish.compliance;
    std::erase(*change.compliance, "none");
  }
  if (change == EditTenant{}) {
    throw Failure{ExitCode::bad_usage, Fault{FaultCode::invalid_argument,
                                             "nothing to change: give --name, --slug, --tier, "
                                             "--timezone, --anchor-day or another option"}};
  }
  std::optional<Version> expected;
  if (wish.expected) {
    expected = Version{*wish.expected};
  }
  return tenant_report(
      answered(session.link.management().edit(parse_tenant_ref(wish.tenant), expected, change)),
      session);
}

/// `billing` has a text, or perhaps one, for each.
template <class Texts>
void add_billing_options(CLI::App& command, Texts& billing) {
  command.add_option("--company", billing.company, "Whom to bill");
  command.add_option("--email", billing.email, "Where bills go");
  command.add_option("--address", billing.address, "Of the company");
  command.add_option("--tax-id", billing.tax_id, "Of the company");
}

void add_create(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<CreateWish>();
  CLI::App& command = *group.add_subcommand("create", "Create a tenant");
  command.add_option("SLUG", wish->slug, "Unique: 3 to 63 of a-z, 0-9 and -")->required();
  command.add_option("--name", wish->name, "For people; by default the slug");
  command.add_option("--tier", wish->tier, "Of the catalogue, for its limits; or a label")
      ->default_val("none");
  command.add_option("--timezone", wish->timezone, "IANA zone of days and months")
      ->default_val("UTC");
  command.add_option("--anchor-day", wish->anchor_day, "Day on which months start")
      ->check(CLI::Range(1U, 31U));
  command.add_option("--trial-days", wish->trial_days, "On trial for so many days; then suspended")
      ->check(CLI::Range(std::uint16_t{1}, trial_days_max));
  command.add_option("--region", wish->region, "Where it is at home: a-z, 0-9 and -");
  command.add_option("--compliance", wish->compliance, "Labels of what it complies with");
  command.add_option("--currency", wish->currency, "Of prices: ISO 4217")->default_val("USD");
  command.add_option("--settings", wish->settings, "A JSON object that Sluice only keeps")
      ->type_name("JSON");
  add_billing_options(command, wish->billing);
  command.add_option("--isolation", wish->isolation, "Where its rows are to be; as of tenant move")
      ->type_name("PLACE")
      ->default_val(wish->isolation);
  CLI::Option* const owner =
      command.add_option("--owner", wish->owner, "The user id of its first member");
  command.add_option("--owner-email", wish->owner_email, "Where he is reached")->needs(owner);
  command.add_option("--id", wish->id, "UUID; by default the server makes one")->type_name("UUID");
  command
      .add_option(
          "--limit", wish->limits,
          "NAME=METER:SIZE/PERIOD or NAME=METER:AMOUNT/DURATION, then ,burst=N ,sliding "
          ",alert ,throttle ,overage ,soft=80% ,thresholds=80+100 ,price=150000/1GB ,cap=N "
          ",shadow ,concurrent ,by=user+team ,when=model=a|b ,release-on-expiry; may be repeated")
      ->type_name("SPEC")
      ->allow_extra_args(false);
  command.footer(
      "Example:\n"
      "  sluicectl tenant create acme --tier paid --timezone Europe/Berlin \\\n"
      "    --limit monthly=api_requests:100k/month,soft=80% \\\n"
      "    --limit pace=api_requests:50/1s,burst=100");
  runs(line, command, wish, create);
}

void add_list(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ListWish>();
  CLI::App& command = *group.add_subcommand("list", "List tenants in the order of their ids");
  command.add_option("--tier", wish->query.tier, "Only this tier");
  command.add_option("--status", wish->status, "Only of this status")
      ->check(CLI::IsMember({"trial", "active", "suspended", "deactivated"}));
  command.add_option("--region", wish->query.region, "Only of this region");
  command.add_option(
      "--text", wish->query.text,
      "Only with this in the name or the slug (fewer than 3 characters: at the beginning)");
  command.add_option("--page-size", wish->query.page_size, "Tenants in a page")
      ->check(CLI::Range(std::size_t{1}, page_size_max));
  command.add_option("--after", wish->after, "Only ids above this one")->type_name("UUID");
  command.add_flag("--all", wish->all, "All pages");
  command.add_flag("--slugs", wish->slugs, "Print only slugs, one on a line");
  runs(line, command, wish, list);
}

void add_edit(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<EditWish>();
  CLI::App& command = *group.add_subcommand("edit", "Change what is given and leave the rest");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("--name", wish->name, "For people");
  command.add_option("--slug", wish->slug, "Unique: 3 to 63 of a-z, 0-9 and -");
  command.add_option("--tier", wish->tier, "Of the catalogue, for its limits; or a label");
  command.add_option("--timezone", wish->timezone, "IANA zone of days and months");
  command.add_option("--anchor-day", wish->anchor_day, "Day on which months start")
      ->check(CLI::Range(1U, 31U));
  command.add_option("--region", wish->region, "Where it is at home; empty: nowhere");
  command.add_option("--compliance", wish->compliance,
                     "All labels of what it complies with, or none");
  command.add_option("--currency", wish->currency, "Of prices: ISO 4217");
  command.add_option("--settings", wish->settings, "All of the JSON object that Sluice only keeps")
      ->type_name("JSON");
  add_billing_options(command, *wish);
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  runs(line, command, wish, edit);
}

void add_show(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ShowWish>();
  CLI::App& command = *group.add_subcommand("show", "Show a tenant with its limits");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  runs(line, command, wish, show);
}

}  // namespace

void add_tenant_commands(CommandLine& line) {
  CLI::App& group =
      *line.app.add_subcommand("tenant", "Create tenants, and all that becomes of them");
  group.require_subcommand(1);
  add_create(line, group);
  add_show(line, group);
  add_list(line, group);
  add_edit(line, group);
  add_tier_moves(line, group);
  add_life_commands(line, group);
  add_move_command(line, group);
  add_export_command(line, group);
}

}  // namespace sluice::ctl
