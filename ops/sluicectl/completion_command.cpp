// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/completion.hpp"

namespace sluice::ctl {
namespace {

void add_shell(CommandLine& line, CLI::App& group, const std::string& name, Shell shell) {
  auto wish = std::make_shared<Shell>(shell);
  runs(line, *group.add_subcommand(name, "For " + name), wish,
       [&line](Session& /*session*/, Shell chosen) {
         std::string script = completion_script(line.app, chosen);
         Json document{{"script", script}};
         return Report{std::move(document), std::move(script)};
       });
}

}  // namespace

void add_completion_command(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("completion", "Print a shell's completion script");
  group.require_subcommand(1);
  add_shell(line, group, "bash", Shell::bash);
  add_shell(line, group, "zsh", Shell::zsh);
  add_shell(line, group, "fish", Shell::fish);
}

}  // namespace sluice::ctl
