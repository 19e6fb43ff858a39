// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/table.hpp"

namespace sluice::ctl {

/// What a command has at hand while it runs.
struct Session {
  ServerLink& link;
  Style style;
  bool json = false;
};

/// A command with everything that the command line says about it.
using Command = std::function<Report(Session&)>;

/// The tree of commands and the one that was asked for. Each `add_..._commands` hangs its commands
/// into the tree; parsing sets `chosen`. Help and shell completion are read off the same tree.
struct CommandLine {
  CLI::App app;
  std::string server;
  Login login;
  bool json = false;
  Command chosen;

  CommandLine();
};

void add_tenant_commands(CommandLine& line);
/// Below `tenant`.
void add_life_commands(CommandLine& line, CLI::App& tenant_group);
void add_move_command(CommandLine& line, CLI::App& tenant_group);
void add_tier_moves(CommandLine& line, CLI::App& tenant_group);
void add_export_command(CommandLine& line, CLI::App& tenant_group);
void add_tier_commands(CommandLine& line);
void add_feature_commands(CommandLine& line);
/// `custom` and `domain`.
void add_custom_commands(CommandLine& line);
void add_share_commands(CommandLine& line);
void add_market_commands(CommandLine& line);
/// Below `share`.
void add_books_commands(CommandLine& line, CLI::App& share_group);
void add_limit_commands(CommandLine& line);
/// Below `limit`.
void add_override_commands(CommandLine& line, CLI::App& limit_group);
void add_what_if_command(CommandLine& line, CLI::App& limit_group);
void add_counters_command(CommandLine& line, CLI::App& limit_group);
void add_check_commands(CommandLine& line);
void add_reservation_commands(CommandLine& line);
/// `reservation`, whose commands only look.
void add_reservation_group(CommandLine& line);
void add_lease_command(CommandLine& line);
void add_credit_commands(CommandLine& line);
void add_explain_command(CommandLine& line);
void add_history_commands(CommandLine& line);
void add_analytics_commands(CommandLine& line);
void add_meter_commands(CommandLine& line);
/// `member` and `role`.
void add_member_commands(CommandLine& line);
void add_alert_commands(CommandLine& line);
void add_audit_commands(CommandLine& line);
void add_key_commands(CommandLine& line);
void add_status_commands(CommandLine& line);
void add_top_command(CommandLine& line);
void add_journal_commands(CommandLine& line);
void add_migrate_command(CommandLine& line);
void add_completion_command(CommandLine& line);

/// The name of the positional that is a tenant; completion offers slugs there.
inline constexpr const char* tenant_positional = "TENANT";

/// The name of the positional that is a directory; completion offers files there.
inline constexpr const char* directory_positional = "DIRECTORY";

/// What a command prints that answers with a tenant.
[[nodiscard]] Report tenant_report(const TenantDefinition& tenant, Session& session);

/// Makes `command` what runs when this subcommand is named: called as `command(session, wish)` with
/// what its options left in `wish`.
template <class Wish, class Run>
void runs(CommandLine& line, CLI::App& subcommand, std::shared_ptr<Wish> wish, Run command) {
  subcommand.callback([&line, wish, command] {
    line.chosen = [wish, command](Session& session) { return command(session, *wish); };
  });
}

}  // namespace sluice::ctl
