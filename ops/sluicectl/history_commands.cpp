// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <string>

#include "ops/sluicectl/analytics_views.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/history.hpp"
#include "ops/sluicectl/views.hpp"
#include "protocol/text/time_text.hpp"
#include "protocol/text/usage_csv.hpp"

namespace sluice::ctl {
namespace {

struct HistoryWish {
  std::string tenant;
  std::string meter;
  std::string by = std::string{to_string(Granularity::hour)};
  Span span;
  std::size_t points_max = UsageQuery{}.points_max;
  std::optional<std::string> label;
  std::optional<std::string> value;
  bool csv = false;
};

struct WindowsWish {
  std::string tenant;
  bool csv = false;
};

/// Beside rows that a program reads, where a table would end with it.
std::string note_of(const History& history) {
  return history.complete()
             ? std::string{}
             : "there may be more: --from " + text::format_instant(history.points.back().start) +
                   ", or a larger --max";
}

Report history(Session& session, const HistoryWish& wish) {
  History history;
  history.query.granularity = granularity_from(wish.by);
  history.query.points_max = wish.points_max;
  history.query.label = wish.label.value_or("");
  history.query.value = wish.value;
  client::OperatorClient& management = session.link.management();
  const auto spanned = set_span(history.query, wish.span, answered(management.status()).now);
  if (!spanned.ok()) {
    throw Failure{ExitCode::bad_usage, spanned.fault()};
  }
  if (!wish.meter.empty()) {
    history.query.meter = session.link.meter(wish.meter, "--meter").id;
  }
  history.points = answered(management.history(parse_tenant_ref(wish.tenant), history.query));
  if (wish.csv) {
    return {.document = document_of(history, session.link),
            .text = text::csv_of(history.points, meter_names(session.link)),
            .note = note_of(history)};
  }
  return {document_of(history, session.link), view_of(history, session.link, session.style)};
}

Report windows(Session& session, const WindowsWish& wish) {
  client::OperatorClient& management = session.link.management();
  PastWindows past;
  past.tenant = answered(management.show(parse_tenant_ref(wish.tenant)));
  past.windows = answered(management.closed_windows(past.tenant.id));
  return {document_of(past, session.link),
          wish.csv ? text::csv_of(past.windows, past.tenant, meter_names(session.link))
                   : view_of(past, session.link, session.style)};
}

}  // namespace

void add_history_commands(CommandLine& line) {
  auto asked = std::make_shared<HistoryWish>();
  CLI::App& history_command =
      *line.app.add_subcommand("history", "Show what a tenant used, minute by minute or longer");
  history_command.add_option(tenant_positional, asked->tenant, "Slug or UUID")->required();
  history_command.add_option("--meter", asked->meter, "Only this one; see meter list");
  history_command.add_option("--by", asked->by, "How much time a row tells of, in UTC")
      ->check(CLI::IsMember({"minute", "hour", "day"}))
      ->default_val(asked->by);
  auto* from =
      history_command.add_option("--from", asked->span.from, "Only what starts then or later")
          ->type_name("INSTANT");
  history_command
      .add_option("--to", asked->span.to, "Only what starts before; by default until now")
      ->type_name("INSTANT");
  history_command
      .add_option("--last", asked->span.last,
                  "In place of --from: so long before --to; by default 1h, 24h or 30d")
      ->type_name("DURATION")
      ->excludes(from);
  history_command.add_option("--max", asked->points_max, "At most so many rows, the earliest")
      ->check(CLI::Range(std::size_t{1}, usage_points_max))
      ->default_val(asked->points_max);
  add_part_options(history_command, *asked);
  history_command.add_flag("--csv", asked->csv, "Print rows for a spreadsheet");
  history_command.footer(
      "What a tenant does shows when it is in the store, usually within seconds.\n"
      "Examples:\n"
      "  sluicectl history acme\n"
      "  sluicectl history acme --meter llm_tokens --by day --last 90d\n"
      "  sluicectl history acme --meter llm_tokens --label user\n"
      "  sluicectl history acme --by minute --from 2025-03-09T07:00:00Z --to 2025-03-09T08:00:00Z");
  runs(line, history_command, asked, history);

  auto closed = std::make_shared<WindowsWish>();
  CLI::App& windows_command = *line.app.add_subcommand(
      "windows", "Show the final counts of windows that are over, the latest first");
  windows_command.add_option(tenant_positional, closed->tenant, "Slug or UUID")->required();
  windows_command.add_flag("--csv", closed->csv, "Print rows for a spreadsheet");
  runs(line, windows_command, closed, windows);
}

}  // namespace sluice::ctl
