// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/asked_check.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct CheckWish {
  std::string tenant;
  std::vector<std::string> charges;
  std::string mode = "normal";
};

struct UsageWish {
  std::string tenant;
};

/// `METER` or `METER=AMOUNT`; without an amount, one unit.
Charge charge_from(const std::string& text, ServerLink& link) {
  const std::size_t equals = text.find('=');
  const Meter meter = link.meter(text.substr(0, equals), "METER");
  if (equals == std::string::npos) {
    return Charge{meter.id, Amount{1}};
  }
  return Charge{meter.id,
                accept(parse_amount(text.substr(equals + 1), amount_unit_of(meter)), meter.name)};
}

/// An id that no tenant has is still asked about: "unknown tenant" is an answer to a check. A slug
/// that nobody has cannot be asked about.
void find_tenant(const std::string& text, ServerLink& link, AskedCheck& asked) {
  const client::TenantRef ref = parse_tenant_ref(text);
  auto found = link.management().show(ref);
  if (!found.ok() && found.fault().code == FaultCode::not_found) {
    if (const TenantId* const id = std::get_if<TenantId>(&ref)) {
      asked.tenant_id = *id;
      return;
    }
  }
  asked.tenant = answered(std::move(found));
  asked.tenant_id = asked.tenant->id;
}

Report check(Session& session, const CheckWish& wish) {
  AskedCheck asked;
  for (const std::string& text : wish.charges) {
    asked.charges.push_back(charge_from(text, session.link));
  }
  asked.mode = mode_from(wish.mode).value_or(Mode::normal);
  find_tenant(wish.tenant, session.link, asked);
  asked.answer = session.link.gateway().check(Check{asked.tenant_id, asked.charges, asked.mode});
  return {document_of(asked, session.link), view_of(asked, session.link, session.style),
          exit_of(asked.answer.decision.outcome)};
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
      ->required()
      ->expected(1, static_cast<int>(charges_per_check_max));
  auto* const mode =
      command
          .add_option("--mode", wish->mode,
                      "best-effort takes of one METER what there is; record counts what already "
                      "happened; release gives back to gauges")
          ->check(CLI::IsMember(mode_names()))
          ->default_val(wish->mode);
  command
      .add_flag_callback(
          "--peek", [wish] { wish->mode = "peek"; }, "Only ask: --mode peek")
      ->excludes(mode);
  command.footer(
      "Examples:\n"
      "  sluicectl check acme api_requests\n"
      "  sluicectl check acme api_requests llm_tokens=1.2k --peek\n"
      "  sluicectl check acme llm_tokens=50k --mode best-effort\n"
      "  sluicectl check acme storage_bytes=2GB --mode release");
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
