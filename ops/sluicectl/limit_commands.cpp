// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct SetWish {
  std::string tenant;
  LimitWish limit;
  std::optional<std::uint64_t> expected;
};

struct ShowWish {
  std::string tenant;
};

struct RemoveWish {
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

Report set(Session& session, const SetWish& wish) {
  const Meter meter = session.link.meter(wish.limit.meter, "--meter");
  const auto limit = limit_from(wish.limit, meter);
  if (!limit.ok()) {
    throw Failure{ExitCode::bad_usage, limit.fault()};
  }
  return report_of(answered(session.link.management().put_limit(
                       parse_tenant_ref(wish.tenant), version_from(wish.expected), limit.value())),
                   session);
}

Report show(Session& session, const ShowWish& wish) {
  return report_of(answered(session.link.management().show(parse_tenant_ref(wish.tenant))),
                   session);
}

Report remove(Session& session, const RemoveWish& wish) {
  return report_of(answered(session.link.management().remove_limit(
                       parse_tenant_ref(wish.tenant), version_from(wish.expected), wish.name)),
                   session);
}

void add_set(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<SetWish>();
  CLI::App& command = *group.add_subcommand(
      "set", "Set a limit, or add it: a window (--size, --period) or a rate (--rate, --per)");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("NAME", wish->limit.name, "Name of the limit in the tenant")->required();
  command.add_option("--meter", wish->limit.meter, "What is counted; see meter list")->required();
  command.add_option("--size", wish->limit.size, "Of a window: an amount, or unlimited");
  command.add_option("--period", wish->limit.period, "After which a window starts again")
      ->check(CLI::IsMember({"minute", "hour", "day", "week", "month", "year", "never"}));
  command.add_option("--rate", wish->limit.rate, "Of a rate: this amount ...");
  command.add_option("--per", wish->limit.per, "... for each such duration")->type_name("DURATION");
  command.add_option("--burst", wish->limit.burst, "At most so much at once; by default --rate");
  auto* alert = command.add_flag("--alert", wish->limit.alert, "Admit and count what is above");
  command.add_flag("--block")->description("Deny what is above (default)")->excludes(alert);
  command.add_option("--soft", wish->limit.soft,
                     "Warn from here on: an amount or a percentage of the size");
  command.add_option("--thresholds", wish->limit.thresholds,
                     "Percentages to report once a window, such as 80,90,100; or none");
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  command.footer(
      "Examples:\n"
      "  sluicectl limit set acme monthly --meter api_requests --size 100k --period month\n"
      "  sluicectl limit set acme disk --meter storage_bytes --size 10GB --period never --alert\n"
      "  sluicectl limit set acme pace --meter api_requests --rate 50 --per 1s --burst 100");
  runs(line, command, wish, set);
}

}  // namespace

void add_limit_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("limit", "Set, show, remove a tenant's limits");
  group.require_subcommand(1);
  add_set(line, group);

  auto shown = std::make_shared<ShowWish>();
  CLI::App& show_command = *group.add_subcommand("show", "Show a tenant's limits");
  show_command.add_option(tenant_positional, shown->tenant, "Slug or UUID")->required();
  runs(line, show_command, shown, show);

  auto removed = std::make_shared<RemoveWish>();
  CLI::App& remove_command =
      *group.add_subcommand("remove", "Remove a limit and what was counted for it");
  remove_command.add_option(tenant_positional, removed->tenant, "Slug or UUID")->required();
  remove_command.add_option("NAME", removed->name, "Name of the limit in the tenant")->required();
  remove_command.add_option("--expect-version", removed->expected,
                            "Only if the tenant has this version");
  runs(line, remove_command, removed, remove);
}

}  // namespace sluice::ctl
