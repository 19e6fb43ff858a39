// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/protocol/client/asking.hpp"

namespace sluice::client {
namespace {

/// Two endpoints of one server; the first owns the even shards of eight, the second the odd ones.
struct TwoEndpoints {
  TwoEndpoints() {
    const std::vector<std::uint16_t> ports{first.port(), second.port()};
    const std::vector<std::uint16_t> owners{0, 1, 0, 1, 0, 1, 0, 1};
    first.tell({.endpoints = ports, .owners = owners});
    second.tell({.endpoints = ports, .owners = owners});
  }
  StandIn first;
  StandIn second;
};

bool odd_shard(TenantId id) {
  return shard_of(id, ShardCount{8}).raw() % 2 == 1;
}

void ask_many(Client& client) {
  const Charge charge{MeterId{1}, Amount{1}};
  std::vector<Check> checks;
  for (std::uint64_t number = 1; number <= 200; ++number) {
    checks.push_back(Check{tenant(number), {&charge, 1}, Mode::normal});
  }
  for (const Answer& answer : client.check(checks)) {
    ASSERT_EQ(answer.decision.outcome, Outcome::allowed);
  }
}

void expect_only(const StandIn& server, bool odd) {
  EXPECT_FALSE(server.calls().empty());
  for (const auto& call : server.calls()) {
    for (const TenantId id : call) {
      EXPECT_EQ(odd_shard(id), odd) << to_string(id);
    }
  }
}

TEST(ClientRouting, EachEndpointSeesJustItsOwnShards) {
  TwoEndpoints server;
  const auto client = open(server.first);
  ask_many(*client);
  expect_only(server.first, false);
  expect_only(server.second, true);
}

TEST(ClientRouting, TheWayInIsNotDialledTwice) {
  TwoEndpoints server;
  const auto client = open(server.first);
  EXPECT_EQ(server.first.connections(), 1U);
  EXPECT_EQ(server.second.connections(), 1U);
}

TEST(ClientRouting, WithoutAMapEverythingGoesTheWayIn) {
  StandIn server;
  const auto client = open(server);
  ask_many(*client);
  EXPECT_FALSE(server.calls().empty());
}

TEST(ClientRouting, ChecksOfAnEndpointThatIsAwayGoThroughAnother) {
  TwoEndpoints server;
  server.second.stop();
  const auto client = open(server.first);
  ask_many(*client);
  EXPECT_TRUE(server.second.calls().empty());
}

TEST(ClientRouting, AnEndpointThatComesBackGetsItsShardsAgain) {
  TwoEndpoints server;
  server.second.stop();
  const auto client = open(server.first);
  server.second.start();
  while (server.second.calls().empty()) {
    ask_many(*client);
  }
  expect_only(server.second, true);
}

TEST(ClientRouting, AServerThatCameBackWithAnotherMapIsAskedByThatMap) {
  TwoEndpoints server;
  const auto client = open(server.first);
  ask_many(*client);
  server.second.stop();
  server.first.stop();
  const std::vector<std::uint16_t> alone{server.first.port()};
  server.first.tell({.endpoints = alone, .owners = {0, 0}});
  server.first.start();
  server.first.await_connections(2);
  const auto before = server.second.calls().size();
  ask_many(*client);
  server.second.start();
  ask_many(*client);
  EXPECT_EQ(server.second.calls().size(), before);
}

TEST(ClientRouting, AMapThatPointsNowhereKeepsTheClientOut) {
  StandIn server({.endpoints = {0}, .owners = {0, 3}});
  const auto client = Client::open(options_for(server));
  ASSERT_FALSE(client.ok());
  EXPECT_NE(client.fault().context.find("shard map"), std::string::npos) << client.fault().context;
}

}  // namespace
}  // namespace sluice::client
