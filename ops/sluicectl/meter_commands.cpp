// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct ListWish {};

struct DefineWish {
  std::string name;
  std::string unit;
};

Report list(Session& session, const ListWish& /*wish*/) {
  const MeterTable& meters = session.link.meters();
  Json all = Json::array();
  for (const Meter& meter : meters) {
    all.push_back(document_of(meter));
  }
  return {Json{{"meters", all}}, view_of(meters, session.style)};
}

Report define(Session& session, const DefineWish& wish) {
  const Meter meter = answered(session.link.management().define_meter(wish.name, wish.unit));
  return {document_of(meter), fmt::format("meter {} has id {}\n", meter.name, meter.id.raw())};
}

}  // namespace

void add_meter_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("meter", "List and define what can be counted");
  group.require_subcommand(1);
  runs(line, *group.add_subcommand("list", "List the server's meters"),
       std::make_shared<ListWish>(), list);

  auto defined = std::make_shared<DefineWish>();
  CLI::App& define_command = *group.add_subcommand("define", "Define a meter; it is for ever");
  define_command.add_option("NAME", defined->name, "a-z, then a-z, 0-9 and _")->required();
  define_command
      .add_option("--unit", defined->unit,
                  "What an amount of 1 is; bytes and seconds "
                  "also take units such as 1GB and 10h")
      ->required();
  runs(line, define_command, defined, define);
}

}  // namespace sluice::ctl
