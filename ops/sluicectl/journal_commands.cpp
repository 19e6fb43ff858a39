// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/offline_journal.hpp"

namespace sluice::ctl {
namespace {

struct InspectWish {
  std::string directory;
  bool changes = false;
};

struct VerifyWish {
  std::string directory;
};

struct RepairWish {
  std::string directory;
  bool apply = false;
};

/// Printed as they are read: a journal holds millions.
void print_changes(OfflineJournal& journal, const std::vector<SegmentReport>& segments, bool json) {
  for (const SegmentReport& segment : segments) {
    const auto print = [json](const Watermark& at, const TenantChange& change) {
      std::cout << (json ? document_of(at, change).dump() + '\n' : view_of(at, change));
    };
    static_cast<void>(answered(read_changes(journal.disk(), segment.name, print)));
  }
}

Report inspect_journal(Session& session, const InspectWish& wish) {
  OfflineJournal journal{wish.directory};
  const auto segments = answered(inspect(journal.disk(), journal.boot()));
  if (wish.changes) {
    print_changes(journal, segments, session.json);
    return {};
  }
  return {Json{{"segments", document_of(segments)}}, view_of(segments, session.style)};
}

Report verify_journal(Session& session, const VerifyWish& wish) {
  const OfflineJournal journal{wish.directory};
  const std::vector<std::string> damage = answered(verify(journal.disk(), journal.boot()));
  Report report{Json{{"whole", damage.empty()}, {"damage", damage}}, ""};
  for (const std::string& sentence : damage) {
    report.text += fmt::format("{}: {}\n", tinted("damaged", Tint::bad, session.style), sentence);
  }
  if (damage.empty()) {
    report.text = "nothing is damaged\n";
  } else {
    report.exit = ExitCode::refused;
  }
  return report;
}

Report repair_journal(Session& session, const RepairWish& wish) {
  const OfflineJournal journal{wish.directory};
  RepairReport done;
  done.mode = wish.apply ? RepairMode::apply : RepairMode::dry_run;
  // Looked at first: afterwards nothing is lost any more.
  done.salvage = salvage_of(journal);
  done.rewritten = answered(repair(journal.disk(), journal.boot(), done.mode));
  return {document_of(done), view_of(done, session.style)};
}

CLI::App& add_command(CLI::App& group, std::string name, std::string description,
                      std::string& directory) {
  CLI::App& command = *group.add_subcommand(std::move(name), std::move(description));
  command.add_option(directory_positional, directory, "The data directory of the server")
      ->required();
  return command;
}

}  // namespace

void add_journal_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand(
      "journal", "Look at, check and repair the journals of a server that is not running");
  group.require_subcommand(1);

  auto inspected = std::make_shared<InspectWish>();
  CLI::App& inspect_command =
      add_command(group, "inspect", "List the files of the journals", inspected->directory);
  inspect_command.add_flag("--entries", inspected->changes,
                           "Print every change that can be read instead; with --json, one document "
                           "on a line");
  runs(line, inspect_command, inspected, inspect_journal);

  auto verified = std::make_shared<VerifyWish>();
  runs(line,
       add_command(group, "verify", "Say what is damaged; ends with 1 if something is",
                   verified->directory),
       verified, verify_journal);

  auto repaired = std::make_shared<RepairWish>();
  CLI::App& repair_command = add_command(
      group, "repair", "Say what is kept, what is cut off and what is lost", repaired->directory);
  repair_command.add_flag("--apply", repaired->apply,
                          "Write damaged files anew and give up what is lost; otherwise nothing is "
                          "changed");
  runs(line, repair_command, repaired, repair_journal);
}

}  // namespace sluice::ctl
