// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/asking.hpp"
#include "ops/sluicectl/command_line.hpp"

namespace sluice::ctl {
namespace {

struct LeaseWish {
  std::string tenant;
  std::string charge;
  std::string id;
  std::string want;
  std::string ttl;
  std::vector<std::string> labels;
};

Report lease(Session& session, const LeaseWish& wish) {
  AskedCheck asked;
  asked.mode = Mode::lease;
  asked.id = id_from(wish.id);
  asked.ttl = ttl_from(wish.ttl);
  asked.labels = labels_from(wish.labels);
  const bool reports = wish.charge.find('=') != std::string::npos;
  asked.charges.push_back(charge_from(wish.charge, session.link));
  if (!reports) {
    asked.charges.front().amount = Amount{};
  }
  const Meter meter = session.link.meter(asked.charges.front().meter);
  asked.want = accept(parse_amount(wish.want, amount_unit_of(meter)), "--want");
  return ask(session, wish.tenant, std::move(asked));
}

}  // namespace

void add_lease_command(CommandLine& line) {
  auto wish = std::make_shared<LeaseWish>();
  CLI::App& command = *line.app.add_subcommand(
      "lease", "Take a slice out to spend it without asking, or renew one");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command
      .add_option("METER", wish->charge,
                  "METER, or METER=USED to say how much of the lease was spent so far, in all")
      ->required();
  command.add_option("--id", wish->id, "Of the lease; by default a random one, for a new lease")
      ->type_name("UUID");
  command
      .add_option("--want", wish->want,
                  "Take, or fill up to, so much at most; it may be less, down to nothing")
      ->type_name("AMOUNT")
      ->required();
  command.add_option("--ttl", wish->ttl, "For how long, unless it is renewed; 1ms to 7d")
      ->type_name("DURATION")
      ->required();
  add_labels(command, wish->labels, "Of what is spent of it; a renewal goes by the first ones");
  command.footer(
      "Examples:\n"
      "  sluicectl lease acme llm_tokens --want 10k --ttl 30s\n"
      "  sluicectl lease acme llm_tokens=7k --want 10k --ttl 30s --id UUID\n"
      "  sluicectl commit acme llm_tokens=9k --id UUID");
  runs(line, command, wish, lease);
}

}  // namespace sluice::ctl
