// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/asked_check.hpp"
#include "ops/sluicectl/asking.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/views.hpp"
#include "protocol/mode_terms.hpp"

namespace sluice::ctl {
namespace {

struct CheckWish {
  std::string tenant;
  std::vector<std::string> charges;
  std::string mode = "normal";
  std::string id;
  std::vector<std::string> labels;
  bool explain = false;
  ResourceWish resource;
};

struct UsageWish {
  std::string tenant;
};

Report check(Session& session, const CheckWish& wish) {
  AskedCheck asked;
  asked.mode = mode_from(wish.mode).value_or(Mode::normal);
  if (!wish.id.empty()) {
    asked.id = accept(parse_entry_id(wish.id), "--id");
    if (asked.mode == Mode::peek) {
      throw Failure{ExitCode::bad_usage,
                    Fault{FaultCode::invalid_argument, "--id: a peek is not remembered"}};
    }
  }
  asked.labels = labels_from(wish.labels);
  asked.explain = wish.explain;
  for (const std::string& text : wish.charges) {
    asked.charges.push_back(charge_from(text, session.link));
  }
  asked.use = use_from(wish.resource, session.link);
  if (!asked.use && asked.charges.empty() &&
      charges_of(asked.mode, asked.id != EntryId{}) == Say::something) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument,
                        "METER: only a --resource, or a release of an --id, does without"}};
  }
  return ask(session, wish.tenant, std::move(asked));
}

Report usage(Session& session, const UsageWish& wish) {
  const client::UsageReport report =
      answered(session.link.management().usage(parse_tenant_ref(wish.tenant)));
  return {document_of(report, session.link), view_of(report, session.link, session.style)};
}

void add_check(CommandLine& line) {
  auto wish = std::make_shared<CheckWish>();
  CLI::App& command =
      *line.app.add_subcommand("check", "Ask whether a tenant may spend, and spend it");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("METER", wish->charges, "METER or METER=AMOUNT; all or nothing")
      ->expected(0, static_cast<int>(charges_per_check_max));
  auto* const mode =
      command
          .add_option("--mode", wish->mode,
                      "best-effort takes of one METER what there is; record counts what already "
                      "happened; release gives back to gauges, or with the --id of a check all "
                      "that it took")
          ->check(CLI::IsMember(mode_names()))
          ->default_val(wish->mode);
  command
      .add_flag_callback(
          "--peek", [wish] { wish->mode = "peek"; }, "Only ask: --mode peek")
      ->excludes(mode);
  command
      .add_option("--id", wish->id,
                  "Charge once, however often this is asked: under the same id the first answer is "
                  "told again")
      ->type_name("UUID");
  add_labels(command, wish->labels, "Of the request, such as user=42; may be repeated");
  command.add_flag("--explain", wish->explain,
                   "Also show every limit that was met, as the check found it");
  add_resource(command, wish->resource,
               "What is used of what others share, such as model:gpt-x; METER may be left out");
  command.footer(
      "Examples:\n"
      "  sluicectl check acme api_requests\n"
      "  sluicectl check acme llm_tokens=300 --resource model:gpt-x --ip 10.0.0.1\n"
      "  sluicectl check acme api_requests --peek --explain\n"
      "  sluicectl check acme api_requests llm_tokens=1.2k --peek\n"
      "  sluicectl check acme llm_tokens=300 --label user=42 --label model=large\n"
      "  sluicectl check acme llm_tokens=50k --mode best-effort\n"
      "  sluicectl check acme storage_bytes=2GB --mode release\n"
      "  sluicectl check acme --mode release --id 0190a5b8-1111-7000-8000-000000000001");
  runs(line, command, wish, check);
}

}  // namespace

void add_check_commands(CommandLine& line) {
  add_check(line);

  auto used = std::make_shared<UsageWish>();
  CLI::App& usage_command =
      *line.app.add_subcommand("usage", "Show what a tenant has used of each limit");
  usage_command.add_option(tenant_positional, used->tenant, "Slug or UUID")->required();
  runs(line, usage_command, used, usage);
}

}  // namespace sluice::ctl
