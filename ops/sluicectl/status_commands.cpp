// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"
#include "protocol/text/build_text.hpp"

namespace sluice::ctl {
namespace {

struct StatusWish {};

struct AdvanceWish {
  std::string by;
};

struct SetWish {
  std::string to;
};

Report status(Session& session, const StatusWish& /*wish*/) {
  const ServerStatus now = answered(session.link.management().status());
  return {document_of(now), view_of(now, session.style)};
}

Report versions(Session& session, const StatusWish& /*wish*/) {
  const std::string client = "sluicectl/" + text::to_string(text::this_build());
  const std::string server = session.link.management().server();
  return {Json{{"client", client}, {"server", server}},
          fmt::format("client  {}\nserver  {}\n", client, server)};
}

Report clock_report(WallTime now) {
  Json document;
  put_instant(document, "read", now);
  return {document, fmt::format("the clock stands at {}\n", format_instant(now))};
}

Report advance(Session& session, const AdvanceWish& wish) {
  const Duration by = accept(parse_duration(wish.by), "DURATION");
  return clock_report(answered(session.link.management().advance_clock(by)));
}

Report set(Session& session, const SetWish& wish) {
  const WallTime to = accept(parse_instant(wish.to), "INSTANT");
  return clock_report(answered(session.link.management().set_wall_clock(to)));
}

}  // namespace

void add_status_commands(CommandLine& line) {
  runs(line, *line.app.add_subcommand("status", "Show the server's counters"),
       std::make_shared<StatusWish>(), status);

  runs(line,
       *line.app.add_subcommand("version",
                                "Show what runs here and at the server: version, "
                                "commit and how it was compiled"),
       std::make_shared<StatusWish>(), versions);

  CLI::App& clock = *line.app.add_subcommand("clock",
                                             "Move the clock of a server that was started "
                                             "with --simulated-time");
  clock.require_subcommand(1);
  auto advanced = std::make_shared<AdvanceWish>();
  CLI::App& advance_command = *clock.add_subcommand("advance", "Let time pass");
  advance_command.add_option("DURATION", advanced->by, "Such as 250ms, 90m, 1h30m, 7d")->required();
  runs(line, advance_command, advanced, advance);

  auto stepped = std::make_shared<SetWish>();
  CLI::App& set_command =
      *clock.add_subcommand("set", "Step the wall clock, either way; no time passes");
  set_command.add_option("INSTANT", stepped->to, "Such as 2025-03-09T07:00:00Z")->required();
  runs(line, set_command, stepped, set);
}

}  // namespace sluice::ctl
