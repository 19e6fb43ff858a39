// SPDX-License-Identifier: Apache-2.0
// Where the rows of a tenant are.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {

Placement placement_from(const std::string& text, const std::string& option) {
  auto placement = parse_placement(text);
  if (!placement) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument,
                        option + ": must be shared, dedicated_schema or dedicated_instance=NAME"}};
  }
  return *std::move(placement);
}

namespace {

constexpr std::chrono::seconds looks_every{1};

struct MoveWish {
  std::string tenant;
  std::string to;
  std::optional<std::uint64_t> expected;
  unsigned wait_seconds = 600;
};

/// A move may take longer than a call; then it goes on in the server.
Result<TenantDefinition> wait_until_there(Session& session, const MoveWish& wish,
                                          const Placement& to, const Fault& unknown) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{wish.wait_seconds};
  while (std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(looks_every);
    auto shown = session.link.management().show(parse_tenant_ref(wish.tenant));
    if (!shown.ok() || shown.value().placement == to) {
      return shown;
    }
  }
  return unknown;
}

Report move(Session& session, const MoveWish& wish) {
  const Placement to = placement_from(wish.to, "--to");
  const auto expected =
      wish.expected ? std::optional{Version{*wish.expected}} : std::optional<Version>{};
  auto moved = session.link.management().move(parse_tenant_ref(wish.tenant), expected, to);
  if (!moved.ok() && moved.fault().code == FaultCode::outcome_unknown) {
    moved = wait_until_there(session, wish, to, moved.fault());
  }
  return tenant_report(answered(std::move(moved)), session);
}

}  // namespace

void add_move_command(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<MoveWish>();
  CLI::App& command = *group.add_subcommand(
      "move", "Bring the rows of a tenant to another place, while it goes on");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command
      .add_option("--to", wish->to,
                  "shared (among others), dedicated_schema (tables of its own), or "
                  "dedicated_instance=NAME (another database, of sluiced's --instances)")
      ->required()
      ->type_name("PLACE");
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  command.add_option("--wait", wish->wait_seconds, "Seconds to wait for the end of a long move")
      ->default_val(wish->wait_seconds);
  runs(line, command, wish, move);
}

}  // namespace sluice::ctl
