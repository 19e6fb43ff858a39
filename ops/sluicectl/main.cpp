// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

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
  } else if (!json || report.is_document) {
    std::cout << report.text;
    if (!report.note.empty()) {
      std::cerr << "sluicectl: " << report.note << '\n';
    }
  }
}

ExitCode fail(const Failure& failure, bool json) {
  std::cerr << "sluicectl: " << failure.fault.context << '\n';
  print({document_of(failure), ""}, json);
  return failure.exit;
}

/// The file that was named wins over the environment.
Login login_of(const CommandLine& line) {
  Login login = line.login;
  const char* const credential = std::getenv("SLUICE_CREDENTIAL");
  if (login.credential.file.empty() && credential != nullptr) {
    login.credential.text = credential;
  }
  return login;
}

ExitCode run(const CommandLine& line) {
  try {
    ServerAddress address;
    if (!line.server.empty()) {
      address = accept(parse_server_address(line.server), "--server");
    }
    ServerLink link{address, login_of(line)};
    Session session{link, style_of_stdout(), line.json};
    const Report report = line.chosen(session);
    print(report, line.json);
    return report.exit;
  } catch (const Failure& failure) {
    return fail(failure, line.json);
  }
}

/// Help and version also arrive as errors.
ExitCode explain(const CommandLine& line, const CLI::ParseError& error, bool json) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    line.app.exit(error);
    return ExitCode::ok;
  }
  const auto unknown = line.app.remaining(true);
  const bool misspelt = error.get_name() == "RequiredError" && !unknown.empty();
  const std::string problem =
      misspelt ? fmt::format("there is no command '{}'", unknown.front()) : error.what();
  return fail({ExitCode::bad_usage,
               {sluice::FaultCode::invalid_argument, problem + "; see sluicectl --help"}},
              json);
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool json = std::find(argv, argv + argc, std::string_view{"--json"}) != argv + argc;
    return static_cast<int>(explain(line, error, json));
  }
  return static_cast<int>(run(line));
}
