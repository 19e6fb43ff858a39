// SPDX-License-Identifier: Apache-2.0
// Goal    No example of the pages on HTTP does anything else than they say, and the walk through
//         the management API leaves out nothing that is served.
// Method  Each line of a `console` block that begins with "$ " is run by a shell against a real
//         server whose clock stands still; what follows must be what it prints, letter by letter,
//         but for "...", which is whatever a command prints that works. What is served is asked of
//         the server.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/docs/examples.hpp"
#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/shipped.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

struct Serving {
  TemporaryDirectory directory;
  ServerProcess server{
      directory.path() / "data",
      {"--simulated-time", "2025-06-10T12:00:00Z", "--http-listen", "127.0.0.1:0"}};
};

class HttpPageSpec : protected Serving, public testing::TestWithParam<const char*> {};
class ApiWalk : protected Serving, public testing::Test {};

TEST_P(HttpPageSpec, ShowsWhatIsAnswered) {
  const std::vector<std::string> environment{"SLUICE_SERVER=127.0.0.1:" +
                                             std::to_string(server.port())};
  const auto examples = examples_of(GetParam());
  EXPECT_FALSE(examples.empty());
  for (const Example& example : examples) {
    std::string command = example.command;
    replace_all(command, "127.0.0.1:7480", "127.0.0.1:" + std::to_string(server.http_port()));
    replace_all(command, "sluicectl ", program("sluicectl") + " ");
    Finished finished = run({"/bin/bash", "-c", command}, environment);
    EXPECT_EQ(finished.exit_code, 0) << example.command << ": " << finished.output;
    if (example.output != "...\n") {
      replace_all(finished.output, "\r", "");
      EXPECT_EQ(finished.output, example.output) << GetParam() << ":" << example.line;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Docs, HttpPageSpec, testing::Values("http.md", "api_walk.md"),
                         [](const auto& page) {
                           const std::string name = page.param;
                           return name.substr(0, name.find('.'));
                         });

/// Whether a command asks for a path of this form by this method.
bool asks_for(const std::string& command, const std::string& method, std::string path) {
  path = std::regex_replace(path, std::regex{R"(\{[^}]*\})"}, R"([^/?'" ]+)");
  const std::regex calls{R"(curl ([^|;)]*)http://127\.0\.0\.1:7480)" + path +
                         R"(([?'" ][^|;]*|;|$))"};
  for (std::sregex_iterator call{command.begin(), command.end(), calls}, end; call != end; ++call) {
    const std::string words = (*call)[1].str() + (*call)[2].str();
    std::smatch said;
    const std::string by = std::regex_search(words, said, std::regex{"-X ([A-Z]+)"}) ? said[1].str()
                           : words.find(" -d ") != words.npos                        ? "POST"
                                                                                     : "GET";
    if (by == method) {
      return true;
    }
  }
  return false;
}

TEST_F(ApiWalk, AsksForEveryPathOfTheManagement) {
  HttpPeer peer(server.http_port());
  const auto served = nlohmann::json::parse(peer.get("/openapi.json").body);
  const auto examples = examples_of("api_walk.md");
  for (const auto& [path, operations] : served["paths"].items()) {
    if (!path.starts_with("/api/v1/") || path.starts_with("/api/v1/operator/")) {
      continue;
    }
    for (const auto& [named, operation] : operations.items()) {
      std::string method = named;
      std::ranges::transform(method, method.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      EXPECT_TRUE(std::ranges::any_of(examples,
                                      [&, &path = path](const Example& example) {
                                        return asks_for(example.command, method, path);
                                      }))
          << "the walk does not ask for " << method << " " << path;
    }
  }
}

}  // namespace
}  // namespace sluice::test
