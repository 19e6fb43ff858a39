// SPDX-License-Identifier: Apache-2.0
// Goal    Whoever watches a server that takes long to start sees that it lives and is not ready.
// Method  The real server on a real PostgreSQL that says nothing for a while.

#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/http_peer.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::uint16_t http_port_in(const std::string& line) {
  const std::size_t key = line.find("http=");
  return static_cast<std::uint16_t>(std::stoi(line.substr(line.find(':', key) + 1)));
}

TEST(Startup, IsSeenFromTheFirstMomentOnThePortOfTheServer) {
  PostgresServer postgres;
  TemporaryDirectory directory;
  postgres.freeze();
  Process server{{program("sluiced"), "--listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0",
                  "--data-directory", directory.path() / "data", "--postgres",
                  postgres.conninfo()}};
  const std::string starting = server.wait_for_line("event=starting", 60s);
  ASSERT_NE(starting, "") << server.output();
  const std::uint16_t port = http_port_in(starting);
  EXPECT_EQ(HttpPeer(port).get("/healthz").status, 200);
  const HttpReply early = HttpPeer(port).get("/readyz");
  EXPECT_EQ(early.status, 503);
  EXPECT_EQ(json::parse(early.body)["error"]["details"]["recovery"], "not begun");
  EXPECT_EQ(HttpPeer(port).post("/v1/check", "{}").status, 503);

  postgres.thaw();
  const std::string ready = server.wait_for_line("event=ready", 60s);
  ASSERT_NE(ready, "") << server.output();
  EXPECT_EQ(http_port_in(ready), port);
  for (const char* const took : {" replay_ms=", " load_ms=", " start_ms="}) {
    EXPECT_NE(ready.find(took), std::string::npos) << ready;
  }
  const HttpReply late = HttpPeer(port).get("/readyz");
  EXPECT_EQ(late.status, 200);
  EXPECT_EQ(json::parse(late.body)["data"]["recovery"], "done");
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
}

}  // namespace
}  // namespace sluice::test
