// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/asking.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/entry_id_text.hpp"

namespace sluice::ctl {
namespace {

/// Of any of the four commands; each has the options that its mode needs.
struct ReservationWish {
  std::string tenant;
  std::vector<std::string> charges;
  std::string id;
  std::string ttl;
  std::vector<std::string> labels;
  ResourceWish resource;
};

Report reserve(Session& session, const ReservationWish& wish) {
  AskedCheck asked;
  asked.mode = Mode::reserve;
  asked.id = id_from(wish.id);
  asked.ttl = ttl_from(wish.ttl);
  asked.labels = labels_from(wish.labels);
  asked.use = use_from(wish.resource, session.link);
  for (const std::string& text : wish.charges) {
    asked.charges.push_back(charge_from(text, session.link));
  }
  return ask(session, wish.tenant, std::move(asked));
}

Report go_on(Mode mode, Session& session, const ReservationWish& wish) {
  AskedCheck asked;
  asked.mode = mode;
  asked.id = accept(parse_entry_id(wish.id), "--id");
  if (mode == Mode::extend) {
    asked.ttl = ttl_from(wish.ttl);
  }
  for (const std::string& text : wish.charges) {
    asked.charges.push_back(used_from(text, session.link));
  }
  return ask(session, wish.tenant, std::move(asked));
}

Report extend(Session& session, const ReservationWish& wish) {
  return go_on(Mode::extend, session, wish);
}

Report commit(Session& session, const ReservationWish& wish) {
  return go_on(Mode::commit, session, wish);
}

Report cancel(Session& session, const ReservationWish& wish) {
  return go_on(Mode::cancel, session, wish);
}

CLI::App& add_command(CommandLine& line, ReservationWish& wish, const char* name,
                      const char* description) {
  CLI::App& command = *line.app.add_subcommand(name, description);
  command.add_option(tenant_positional, wish.tenant, "Slug or UUID")->required();
  return command;
}

CLI::Option& add_charges(CLI::App& command, ReservationWish& wish, const char* description) {
  return *command.add_option("METER", wish.charges, description)
              ->expected(1, static_cast<int>(charges_per_check_max));
}

CLI::Option& add_id(CLI::App& command, ReservationWish& wish, const char* description) {
  return *command.add_option("--id", wish.id, description)->type_name("UUID");
}

void add_ttl(CLI::App& command, ReservationWish& wish, const char* description) {
  command.add_option("--ttl", wish.ttl, description)->type_name("DURATION");
}

void add_reserve(CommandLine& line) {
  auto wish = std::make_shared<ReservationWish>();
  CLI::App& command = add_command(line, *wish, "reserve", "Hold an estimate until it is settled");
  add_charges(command, *wish, "METER or METER=AMOUNT; all or nothing").required();
  add_id(command, *wish, "Of the reservation; by default a random one");
  add_ttl(
      command, *wish,
      "For how long it is held unless it is extended, 1ms to 7d; by default as long as a limit on "
      "what is in flight says");
  add_labels(command, wish->labels, "Of the request, such as user=42; may be repeated");
  add_resource(command, wish->resource, "What it is for of what others share, such as model:gpt-x");
  command.footer(
      "Example:\n"
      "  sluicectl reserve acme api_requests llm_tokens=4k --ttl 30s --label user=42");
  runs(line, command, wish, reserve);
}

void add_extend(CommandLine& line) {
  auto wish = std::make_shared<ReservationWish>();
  CLI::App& command =
      add_command(line, *wish, "extend", "Keep a reservation, and say what was used so far");
  add_charges(command, *wish, "METER=USED so far; counts if the reservation ends by itself");
  add_id(command, *wish, "Of the reservation").required();
  add_ttl(command, *wish,
          "For how long it is held from now on, 1ms to 7d; by default as for reserve");
  runs(line, command, wish, extend);
}

void add_commit(CommandLine& line) {
  auto wish = std::make_shared<ReservationWish>();
  CLI::App& command =
      add_command(line, *wish, "commit", "Settle a reservation at what was really used");
  add_charges(command, *wish, "METER=USED in all; a meter that is left out was used as held");
  add_id(command, *wish, "Of the reservation").required();
  runs(line, command, wish, commit);
}

void add_cancel(CommandLine& line) {
  auto wish = std::make_shared<ReservationWish>();
  CLI::App& command = add_command(line, *wish, "cancel", "Give all of a reservation back");
  add_id(command, *wish, "Of the reservation").required();
  runs(line, command, wish, cancel);
}

}  // namespace

void add_reservation_commands(CommandLine& line) {
  add_reserve(line);
  add_extend(line);
  add_commit(line);
  add_cancel(line);
}

}  // namespace sluice::ctl
