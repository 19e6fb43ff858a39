// SPDX-License-Identifier: Apache-2.0
#include "server/http/lobby.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "tests/support/http_peer.hpp"

namespace sluice::http {
namespace {

using nlohmann::json;
using test::HttpPeer;
using test::HttpReply;

class StillClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override { return {}; }
};

class LobbySpec : public ::testing::Test {
protected:
  static json details_of(const HttpReply& reply) {
    return json::parse(reply.body).at("error").at("details");
  }
  HttpPeer visitor() { return HttpPeer(lobby->port()); }

  Observer deaf;
  StillClock clock;
  CountingObserver counts{deaf};
  std::unique_ptr<Lobby> lobby = Lobby::open({}, counts, clock).value();
};

TEST_F(LobbySpec, IsAliveButNotReady) {
  HttpPeer peer = visitor();
  EXPECT_EQ(peer.get("/healthz").status, 200);
  const HttpReply reply = peer.get("/readyz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(details_of(reply)["ready"], false);
  EXPECT_EQ(details_of(reply)["recovery"], "not begun");
}

TEST_F(LobbySpec, TellsHowFarTheJournalsWereRead) {
  counts.recovering(30, 100);
  const json details = details_of(visitor().get("/readyz"));
  EXPECT_EQ(details["recovery"], "running");
  EXPECT_EQ(details["recovered_bytes"], 30);
  EXPECT_EQ(details["recovered_bytes_total"], 100);
}

TEST_F(LobbySpec, LetsEverybodyElseComeAgain) {
  const HttpReply reply = visitor().post("/v1/check", "{}");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("retry-after"), "1");
}

TEST_F(LobbySpec, SharesItsPortWithTheServerAndNobodyElse) {
  EXPECT_FALSE(Lobby::open({.port = lobby->port()}, counts, clock).ok());
}

TEST_F(LobbySpec, EndsItsConnectionsWhenItCloses) {
  HttpPeer peer = visitor();
  EXPECT_EQ(peer.get("/healthz").status, 200);
  lobby->close();
  EXPECT_TRUE(peer.closed_within(std::chrono::seconds{20}));
}

TEST(LobbyWithoutAHostSpec, IsNone) {
  Observer deaf;
  StillClock clock;
  CountingObserver counts{deaf};
  EXPECT_EQ(Lobby::open({.host = ""}, counts, clock).value(), nullptr);
}

}  // namespace
}  // namespace sluice::http
