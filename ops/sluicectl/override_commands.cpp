// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/override_wish.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct PutWish {
  std::string tenant;
  std::string name;
  OverrideWish instead;
  std::optional<std::uint64_t> expected;
};

struct RestoreWish {
  std::string tenant;
  std::string name;
  std::optional<std::uint64_t> expected;
};

std::optional<Version> version_from(const std::optional<std::uint64_t>& expected) {
  return expected ? std::optional{Version{*expected}} : std::nullopt;
}

Report report_of(const TenantDefinition& tenant, Session& session) {
  return {document_of(tenant, session.link), view_of_limits(tenant, session.link, session.style)};
}

Limit find_limit(const TenantDefinition& tenant, const std::string& name) {
  const auto found = std::ranges::find(tenant.limits, name, &Limit::name);
  if (found == tenant.limits.end()) {
    throw Failure{
        ExitCode::refused,
        Fault{FaultCode::not_found, fmt::format("NAME: {} has no limit '{}'", tenant.slug, name)}};
  }
  return *found;
}

Report put(Session& session, const PutWish& wish) {
  client::OperatorClient& management = session.link.management();
  const client::TenantRef tenant = parse_tenant_ref(wish.tenant);
  const Limit limit = find_limit(answered(management.show(tenant)), wish.name);
  const AmountUnit unit = amount_unit_of(session.link.meter(limit.meter));
  const WallTime now = answered(management.status()).now;
  const auto instead = override_from(wish.instead, limit, unit, now);
  if (!instead.ok()) {
    throw Failure{ExitCode::bad_usage, instead.fault()};
  }
  return report_of(answered(management.put_override(tenant, version_from(wish.expected), wish.name,
                                                    instead.value())),
                   session);
}

Report restore(Session& session, const RestoreWish& wish) {
  return report_of(answered(session.link.management().remove_override(
                       parse_tenant_ref(wish.tenant), version_from(wish.expected), wish.name)),
                   session);
}

void add_rule_options(CLI::App& command, OverrideWish& instead) {
  command.add_option("--size", instead.size,
                     "Of a window, whose period stays: an amount, or unlimited");
  command.add_option("--rate", instead.rate, "Of a rate: this amount ...");
  command.add_option("--per", instead.per, "... for each such duration; by default the limit's")
      ->type_name("DURATION");
  command.add_option("--burst", instead.burst, "At most so much at once; by default --rate");
  command
      .add_option("--refill", instead.refill,
                  "How a rate comes back, greedy or interval; by default as the limit's")
      ->check(CLI::IsMember({"greedy", "interval"}));
  command
      .add_option("--sliding", instead.sliding,
                  "Of a sliding window: so much within the last so long, such as 100/1m")
      ->type_name("AMOUNT/DURATION");
  command
      .add_option("--concurrency", instead.concurrency,
                  "Of what is in flight: so much at once, each let go after so long, such as "
                  "10/30s")
      ->type_name("SIZE/TTL");
  command.add_option(
      "--soft", instead.soft,
      "Warn from here on, by default nowhere: an amount or a percentage of the size");
}

void add_put(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<PutWish>();
  CLI::App& command = *group.add_subcommand(
      "override",
      "Let another size hold for a while; what is used stays, and one that there is "
      "is replaced");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("NAME", wish->name, "Name of the limit in the tenant")->required();
  add_rule_options(command, wish->instead);
  auto* const lasts_for =
      command.add_option("--for", wish->instead.lasts_for, "Until so long from now")
          ->type_name("DURATION");
  command
      .add_option("--until", wish->instead.until, "Until then; with neither, until limit restore")
      ->type_name("INSTANT")
      ->excludes(lasts_for);
  command.add_option("--author", wish->instead.author, "Who wants it")->required();
  command.add_option("--reason", wish->instead.reason, "Why")->required();
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  command.footer(
      "Examples:\n"
      "  sluicectl limit override acme monthly --size 200k --for 7d --author ann \\\n"
      "    --reason 'launch week'\n"
      "  sluicectl limit override acme pace --rate 100 --burst 200 --until 2025-07-01 \\\n"
      "    --author ann --reason 'load test'");
  runs(line, command, wish, put);
}

void add_restore(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<RestoreWish>();
  CLI::App& command = *group.add_subcommand("restore", "Remove an override before its time");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("NAME", wish->name, "Name of the limit in the tenant")->required();
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  runs(line, command, wish, restore);
}

}  // namespace

void add_override_commands(CommandLine& line, CLI::App& limit_group) {
  add_put(line, limit_group);
  add_restore(line, limit_group);
}

}  // namespace sluice::ctl
