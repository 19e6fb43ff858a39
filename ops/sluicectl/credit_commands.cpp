// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "ops/sluicectl/asking.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/grant_wish.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct GiveWish {
  std::string tenant;
  std::string limit;
  std::string id;
  GrantWish grant;
};

struct ShowWish {
  std::string tenant;
  std::string limit;  ///< Empty: all that are of credit.
};

struct VoidWish {
  std::string tenant;
  std::string id;
};

struct ResetWish {
  std::string tenant;
  std::string limit;
  bool keep_overage = false;
};

bool is_credit(const Limit& limit) {
  return std::holds_alternative<CreditRule>(limit.rule);
}

const Limit& find_credit(const TenantDefinition& tenant, const std::string& name) {
  const auto found = std::ranges::find(tenant.limits, name, &Limit::name);
  const bool is_there = found != tenant.limits.end();
  if (!is_there || !is_credit(*found)) {
    throw Failure{ExitCode::refused,
                  is_there ? Fault{FaultCode::invalid_argument,
                                   fmt::format("LIMIT: '{}' is not credit", name)}
                           : Fault{FaultCode::not_found,
                                   fmt::format("LIMIT: {} has no limit '{}'", tenant.slug, name)}};
  }
  return *found;
}

Report report_of(const CreditStatement& statement, Session& session) {
  return {document_of(statement, session.link), view_of(statement, session.link, session.style)};
}

Report report_of(TenantDefinition tenant, EntryId grant, CreditReport done, Session& session) {
  CreditStatement statement{
      std::move(tenant), {}, done.at, CreditStatement::Change{grant, done.repeated}};
  statement.limits.push_back(std::move(done.usage));
  return report_of(statement, session);
}

Report give(Session& session, const GiveWish& wish) {
  client::OperatorClient& management = session.link.management();
  const EntryId id = id_from(wish.id);
  TenantDefinition tenant = answered(management.show(parse_tenant_ref(wish.tenant)));
  const Limit& limit = find_credit(tenant, wish.limit);
  const auto terms = grant_terms_from(wish.grant, amount_unit_of(session.link.meter(limit.meter)));
  if (!terms.ok()) {
    throw Failure{ExitCode::bad_usage, terms.fault()};
  }
  CreditReport done =
      answered(management.give_credit(tenant.id, id, GiveCredit{wish.limit, terms.value()}));
  return report_of(std::move(tenant), id, std::move(done), session);
}

Report show(Session& session, const ShowWish& wish) {
  client::UsageReport usage =
      answered(session.link.management().usage(parse_tenant_ref(wish.tenant)));
  if (!wish.limit.empty()) {
    find_credit(usage.tenant, wish.limit);
  }
  CreditStatement statement{std::move(usage.tenant), {}, usage.now, {}};
  for (LimitUsage& entry : usage.limits) {
    if (is_credit(entry.limit) && (wish.limit.empty() || entry.limit.name == wish.limit)) {
      statement.limits.push_back(std::move(entry));
    }
  }
  return report_of(statement, session);
}

Report void_grant(Session& session, const VoidWish& wish) {
  client::OperatorClient& management = session.link.management();
  const EntryId id = accept(parse_entry_id(wish.id), "ID");
  TenantDefinition tenant = answered(management.show(parse_tenant_ref(wish.tenant)));
  CreditReport done = answered(management.void_credit(tenant.id, id));
  return report_of(std::move(tenant), id, std::move(done), session);
}

Report reset(Session& session, const ResetWish& wish) {
  client::OperatorClient& management = session.link.management();
  TenantDefinition tenant = answered(management.show(parse_tenant_ref(wish.tenant)));
  find_credit(tenant, wish.limit);
  CreditReport done =
      answered(management.reset_credit(tenant.id, ResetCredit{wish.limit, wish.keep_overage}));
  return report_of(std::move(tenant), EntryId{}, std::move(done), session);
}

void add_terms(CLI::App& command, GrantWish& grant) {
  command.add_option("--priority", grant.priority, "A lower number is spent first")
      ->check(CLI::Range(0U, 255U))
      ->default_val(grant.priority);
  command
      .add_option("--effective", grant.effective, "To be spent from then on; by default at once")
      ->type_name("INSTANT");
  command
      .add_option("--expires", grant.expires, "To be spent until just before; by default for ever")
      ->type_name("INSTANT");
  command
      .add_option("--every", grant.every,
                  "Full again so often, such as '1 month' or '90 days'; by default once only")
      ->type_name("PERIOD");
  command
      .add_option("--anchor", grant.anchor,
                  "With --every, one of the instants at which it is full again; by default "
                  "--effective")
      ->type_name("INSTANT");
  command
      .add_option("--rollover", grant.rollover,
                  "When the limit's period ends, what is left stays, but at least and at most so "
                  "much, such as 0..500; by default nothing stays")
      ->type_name("MIN..MAX");
}

void add_give(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<GiveWish>();
  CLI::App& command =
      *group.add_subcommand("give", "Give a grant; once, however often it is given under one id");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("LIMIT", wish->limit, "Name of a limit that is of credit")->required();
  command.add_option("AMOUNT", wish->grant.amount, "So much of the limit's meter")->required();
  command.add_option("--id", wish->id, "Of the grant; by default a random one")->type_name("UUID");
  add_terms(command, wish->grant);
  command.footer(
      "Examples:\n"
      "  sluicectl credit give acme prepaid 10k\n"
      "  sluicectl credit give acme prepaid 10k --effective 2025-07-01 --expires 2026-07-01\n"
      "  sluicectl credit give acme prepaid 1k --priority 0 --every '1 month' \\\n"
      "    --anchor 2025-07-01 --rollover 0..500");
  runs(line, command, wish, give);
}

void add_show(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ShowWish>();
  CLI::App& command = *group.add_subcommand(
      "show", "Show balances, what is owed, and grants in the order in which they are spent");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("LIMIT", wish->limit, "Name of a limit that is of credit; by default all");
  runs(line, command, wish, show);
}

void add_void(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<VoidWish>();
  CLI::App& command = *group.add_subcommand("void", "Take away what is left of a grant");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("ID", wish->id, "Of the grant")->required();
  runs(line, command, wish, void_grant);
}

void add_reset(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ResetWish>();
  CLI::App& command = *group.add_subcommand(
      "reset", "Start the period of a limit again: grants roll over, usage counts from zero");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("LIMIT", wish->limit, "Name of a limit that is of credit")->required();
  command.add_flag(
      "--keep-overage", wish->keep_overage,
      "What is owed is still to be paid, by what grants have left and by the next ones");
  runs(line, command, wish, reset);
}

}  // namespace

void add_credit_commands(CommandLine& line) {
  CLI::App& group =
      *line.app.add_subcommand("credit", "Give, show, void and reset what is paid in advance");
  group.require_subcommand(1);
  add_give(line, group);
  add_show(line, group);
  add_void(line, group);
  add_reset(line, group);
}

}  // namespace sluice::ctl
