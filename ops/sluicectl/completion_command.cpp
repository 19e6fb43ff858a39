// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/completion.hpp"

namespace sluice::ctl {
namespace {

struct CompletionWish {
  Shell shell = Shell::bash;
};

}  // namespace

void add_completion_command(CommandLine& line) {
  auto wish = std::make_shared<CompletionWish>();
  CLI::App& command = *line.app.add_subcommand("completion", "Print a shell's completion script");
  const std::map<std::string, Shell> shells{
      {"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}};
  command.add_option("SHELL", wish->shell, "bash, zsh or fish")
      ->required()
      ->transform(CLI::CheckedTransformer(shells));
  runs(line, command, wish, [&line](Session& /*session*/, const CompletionWish& chosen) {
    std::string script = completion_script(line.app, chosen.shell);
    Json document{{"script", script}};
    return Report{std::move(document), std::move(script)};
  });
}

}  // namespace sluice::ctl
