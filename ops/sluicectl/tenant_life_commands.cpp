// SPDX-License-Identifier: Apache-2.0
// What becomes of tenants: on trial, active, suspended, deactivated, gone.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct LifeWish {
  std::string tenant;
  std::string reason;
  std::optional<std::uint64_t> expected;
};

struct PurgeWish {
  std::string tenant;
  std::optional<std::uint64_t> expected;
  bool yes = false;
};

std::optional<Version> version_of(const std::optional<std::uint64_t>& given) {
  return given ? std::optional{Version{*given}} : std::nullopt;
}

Report change_life(Session& session, const LifeWish& wish, const LifeEvent& event) {
  return tenant_report(answered(session.link.management().change_life(
                           parse_tenant_ref(wish.tenant), version_of(wish.expected), event)),
                       session);
}

/// Asks only on a terminal: a script has to say --yes.
void confirm(Session& session, const std::string& tenant) {
  if (isatty(STDIN_FILENO) == 0) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument,
                        "--yes: needed to purge a tenant when there is no terminal to ask on"}};
  }
  const TenantDefinition found = answered(session.link.management().show(parse_tenant_ref(tenant)));
  std::cerr << fmt::format("Purge tenant {} ({}, {} limits) and all that it has used? [y/N] ",
                           found.slug, fit(found.name, Table::cell_columns_max),
                           found.limits.size());
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "yes") {
    throw Failure{ExitCode::bad_usage, Fault{FaultCode::invalid_argument, "nothing was purged"}};
  }
}

Report purge(Session& session, const PurgeWish& wish) {
  if (!wish.yes) {
    confirm(session, wish.tenant);
  }
  const TenantDefinition gone = answered(
      session.link.management().purge(parse_tenant_ref(wish.tenant), version_of(wish.expected)));
  return {document_of(gone, session.link),
          fmt::format("purged {} ({})\n", gone.slug, to_string(gone.id))};
}

/// A command that makes one event happen.
template <class EventOf>
CLI::App& add_event(CommandLine& line, CLI::App& group, std::shared_ptr<LifeWish> wish,
                    const std::string& name, const std::string& description, EventOf event_of) {
  CLI::App& command = *group.add_subcommand(name, description);
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  runs(line, command, std::move(wish), [event_of](Session& session, const LifeWish& wished) {
    return change_life(session, wished, LifeEvent{event_of(wished)});
  });
  return command;
}

}  // namespace

void add_life_commands(CommandLine& line, CLI::App& group) {
  const auto wish = [] { return std::make_shared<LifeWish>(); };
  add_event(line, group, wish(), "convert", "Make a trial active before its end",
            [](const LifeWish&) { return Convert{}; });
  const auto suspended = wish();
  add_event(line, group, suspended, "suspend", "Refuse all that it wants to spend from now on",
            [](const LifeWish& wished) { return Suspend{wished.reason}; })
      .add_option("--reason", suspended->reason, "Why: 1 to 200 characters")
      ->required();
  add_event(line, group, wish(), "reactivate", "Let a suspended tenant spend again",
            [](const LifeWish&) { return Reactivate{}; });
  add_event(line, group, wish(), "deactivate",
            "Refuse what it wants to spend, and purge it once it was kept for a while",
            [](const LifeWish&) { return Deactivate{}; });
  add_event(line, group, wish(), "delete", "The same as deactivate",
            [](const LifeWish&) { return Deactivate{}; });
  add_event(line, group, wish(), "restore",
            "Take a deactivated tenant back while it is kept; it is suspended then",
            [](const LifeWish&) { return Restore{}; });

  auto purged = std::make_shared<PurgeWish>();
  CLI::App& command = *group.add_subcommand(
      "purge", "Remove a deactivated tenant and all that it has used, for good");
  command.add_option(tenant_positional, purged->tenant, "Slug or UUID")->required();
  command.add_option("--expect-version", purged->expected, "Only if the tenant has this version");
  command.add_flag("--yes,-y", purged->yes, "Do not ask");
  runs(line, command, purged, purge);
}

}  // namespace sluice::ctl
