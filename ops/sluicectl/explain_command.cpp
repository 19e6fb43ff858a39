// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/explanation_views.hpp"

namespace sluice::ctl {
namespace {

struct ExplainWish {
  std::string tenant;
  std::uint64_t decision = 0;
  std::size_t count_max = 10;
};

Report explain(Session& session, const ExplainWish& wish) {
  client::OperatorClient& management = session.link.management();
  ExplainedChecks checks;
  checks.tenant = answered(management.show(parse_tenant_ref(wish.tenant)));
  checks.explanations = answered(management.explain(
      checks.tenant.id, {.decision = DecisionId{wish.decision}, .count_max = wish.count_max}));
  return {document_of(checks, session.link), view_of(checks, session.link, session.style)};
}

}  // namespace

void add_explain_command(CommandLine& line) {
  auto wish = std::make_shared<ExplainWish>();
  CLI::App& command = *line.app.add_subcommand(
      "explain", "Show why recent checks were refused: every limit they met, with its numbers");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  auto* const decision =
      command
          .add_option("DECISION", wish->decision,
                      "Only this one; by default the latest that were refused by a limit, or that "
                      "asked by check --explain")
          ->check(CLI::PositiveNumber);
  command.add_option("--max", wish->count_max, "At most so many, the latest first")
      ->check(CLI::Range(std::size_t{1}, explanations_told_max))
      ->default_val(wish->count_max)
      ->excludes(decision);
  command.footer(
      "Some hundred are kept in memory, shared with other tenants, and not over a restart.\n"
      "Examples:\n"
      "  sluicectl explain acme\n"
      "  sluicectl explain acme 1099511627777");
  runs(line, command, wish, explain);
}

}  // namespace sluice::ctl
