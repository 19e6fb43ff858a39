// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"

namespace {

using namespace sluice::ctl;

Style style_of_stdout() {
  Style style;
  const char* const no_colour = std::getenv("NO_COLOR");
  style.colour = isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
  return style;
}

void print(const Report& report, bool json) {
  if (json && !report.document.is_null()) {
    // What is stored may come from elsewhere; a byte that is not UTF-8 must not stop the output.
    std::cout << report.document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  } else if (!json) {
    std::cout << report.text;
  }
}

ExitCode run(const CommandLine& line) {
  try {
    ServerAddress address;
    if (!line.server.empty()) {
      address = accept(parse_server_address(line.server), "--server");
    }
    ServerLink link{address};
    Session session{link, style_of_stdout(), line.json};
    const Report report = line.chosen(session);
    print(report, line.json);
    return report.exit;
  } catch (const Failure& failure) {
    std::cerr << "sluicectl: " << failure.fault.context << '\n';
    print({document_of(failure), ""}, line.json);
    return failure.exit;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool help = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
    line.app.exit(error);
    return static_cast<int>(help ? ExitCode::ok : ExitCode::bad_usage);
  }
  return static_cast<int>(run(line));
}
