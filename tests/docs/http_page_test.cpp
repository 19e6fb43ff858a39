// SPDX-License-Identifier: Apache-2.0
// Goal    No example of docs/http.md does anything else than the page says.
// Method  Each line of a `console` block that begins with "$ " is run by a shell against a real
//         server whose clock stands still; what follows must be what it prints, letter by letter,
//         but for "...", which is whatever a command prints that works.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/docs/examples.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

TEST(HttpPageSpec, ShowsWhatIsAnswered) {
  const TemporaryDirectory directory;
  ServerProcess server(directory.path() / "data", {"--simulated-time", "2025-06-10T12:00:00Z",
                                                   "--http-listen", "127.0.0.1:0"});
  const std::vector<std::string> environment{"SLUICE_SERVER=127.0.0.1:" +
                                             std::to_string(server.port())};
  const auto examples = examples_of("http.md");
  EXPECT_FALSE(examples.empty());
  for (const Example& example : examples) {
    std::string command = example.command;
    replace_all(command, "127.0.0.1:7480", "127.0.0.1:" + std::to_string(server.http_port()));
    replace_all(command, "sluicectl ", program("sluicectl") + " ");
    Finished finished = run({"/bin/bash", "-c", command}, environment);
    EXPECT_EQ(finished.exit_code, 0) << example.command << ": " << finished.output;
    if (example.output != "...\n") {
      replace_all(finished.output, "\r", "");
      EXPECT_EQ(finished.output, example.output) << "http.md:" << example.line;
    }
  }
}

}  // namespace
}  // namespace sluice::test
