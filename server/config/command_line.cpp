// SPDX-License-Identifier: Apache-2.0
#include "server/config/command_line.hpp"

#include <CLI/CLI.hpp>

namespace sluice {

Result<CommandLine> read_command_line(int argc, const char* const* argv) {
  // CLI11 knows the syntax of command lines. Its own reading of files and of the environment is
  // not used: there, the file would win over the environment, and a bad value would not say where
  // it came from.
  CLI::App app;
  CommandLine line;
  bool help = false;
  bool help_markdown = false;
  bool version = false;
  app.set_help_flag();
  app.add_flag("-h,--help", help);
  app.add_flag("--help-markdown", help_markdown);
  app.add_flag("--version", version);
  app.add_option("--" + std::string{config_option}, line.config);

  std::vector<std::optional<std::string>> values(options().size());
  for (std::size_t at = 0; at < options().size(); ++at) {
    app.add_option("--" + std::string{options()[at].name}, values[at]);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Fault{FaultCode::invalid_argument,
                 "command line: " + std::string{error.what()} + "; see --help"};
  }

  line.wish = help            ? CommandLine::Wish::help
              : help_markdown ? CommandLine::Wish::help_markdown
              : version       ? CommandLine::Wish::version
                              : CommandLine::Wish::serve;
  for (std::size_t at = 0; at < options().size(); ++at) {
    if (values[at]) {
      line.settings.push_back({std::string{options()[at].name}, *values[at], "the command line"});
    }
  }
  return line;
}

}  // namespace sluice
