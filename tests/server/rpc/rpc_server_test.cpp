// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "server/rpc/management.hpp"
#include "tests/server/rpc/rpc_server_fixture.hpp"

namespace sluice::testing {
namespace {

class Front : public RpcServerFixture {};

TEST_F(Front, TellsWhereEachShardsOwnerListens) {
  serve(2);
  RpcPeer peer(port());
  const auto entered = peer.enter();
  const auto welcome = entered->answer().getWelcome();
  EXPECT_EQ(std::string(welcome.getServer().cStr()), "sluiced/test");
  const auto shards = welcome.getShards();
  ASSERT_EQ(shards.getEndpoints().size(), 2u);
  EXPECT_EQ(shards.getEndpoints()[0].getPort(), port(0));
  EXPECT_EQ(shards.getEndpoints()[1].getPort(), port(1));
  EXPECT_EQ(std::string(shards.getEndpoints()[1].getHost().cStr()), "127.0.0.1");
  ASSERT_EQ(shards.getOwners().size(), engine->shards().raw());
  for (std::uint16_t shard = 0; shard < shards.getOwners().size(); ++shard) {
    EXPECT_EQ(shards.getOwners()[shard], engine->owner_of(ShardId{shard}).raw());
  }
}

TEST_F(Front, RefusesAProtocolThatItDoesNotSpeak) {
  serve();
  RpcPeer peer(port());
  auto request = peer.front().enterRequest();
  request.initHello().setProtocol(wire::PROTOCOL_VERSION + 1);
  EXPECT_NE(peer.ask(kj::mv(request))->refusal().find("hello.protocol"), std::string::npos);
}

TEST_F(Front, RefusesAClientNameThatIsTooLong) {
  serve();
  RpcPeer peer(port());
  auto request = peer.front().enterRequest();
  auto hello = request.initHello();
  hello.setProtocol(wire::PROTOCOL_VERSION);
  hello.setClient(std::string(101, 'x'));
  EXPECT_NE(peer.ask(kj::mv(request))->refusal().find("hello.client"), std::string::npos);
}

TEST_F(Front, LetsAConnectionEnterOnlyOnce) {
  serve();
  RpcPeer peer(port());
  ASSERT_FALSE(peer.enter()->refused());
  EXPECT_NE(peer.enter()->refusal().find("has entered already"), std::string::npos);
}

class Gateway : public RpcServerFixture {
protected:
  void SetUp() override {
    database.put(record(tenant(1), 10));
    serve(2);
  }

  /// In flight until the database lets go of the load.
  auto send_check_that_is_held(RpcPeer& peer, wire::Gateway::Client& gateway) {
    database.hold_next_load();
    auto asked = peer.send(checks(gateway, {tenant(1)}));
    peer.turn();
    EXPECT_TRUE(database.holds_a_load());
    return asked;
  }

  /// Asks by the second reactor until nobody is connected to the first; false after ten seconds.
  bool first_reactor_is_left() {
    RpcPeer onlooker(port(1));
    auto administration = onlooker.enter()->answer().getWelcome().getOperator();
    return becomes([&] {
      const auto asked = onlooker.ask(administration.statusRequest());
      return asked->answer().getStatus().getReactors()[0].getConnections() == 0;
    });
  }
};

TEST_F(Gateway, NamesTheFieldOfAMalformedCheckAndDecidesTheOthers) {
  RpcPeer peer(port());
  auto gateway = peer.enter()->answer().getWelcome().getGateway();
  const auto asked = peer.ask(checks(gateway, {tenant(1), TenantId{}, tenant(1)}));
  const auto decisions = asked->answer().getDecisions();
  ASSERT_EQ(decisions.size(), 3u);
  EXPECT_EQ(decisions[0].getOutcome(), wire::Outcome::ALLOWED);
  EXPECT_EQ(decisions[1].getOutcome(), wire::Outcome::INVALID);
  EXPECT_EQ(std::string(decisions[1].getProblem().cStr()),
            "checks[1].tenantHigh and tenantLow are both zero");
  EXPECT_EQ(decisions[2].getRemaining(), 8u);
}

TEST_F(Gateway, AnswersAnEmptyList) {
  RpcPeer peer(port());
  auto gateway = peer.enter()->answer().getWelcome().getGateway();
  EXPECT_EQ(peer.ask(checks(gateway, {}))->answer().getDecisions().size(), 0u);
}

TEST_F(Gateway, ThrowsForAListThatIsTooLongAndChargesNothingOfIt) {
  RpcPeer peer(port());
  auto gateway = peer.enter()->answer().getWelcome().getGateway();
  auto request = gateway.checkRequest();
  for (auto check : request.initChecks(wire::CHECKS_PER_CALL_MAX + 1)) {
    check.setTenantHigh(tenant(1).high);
    check.setTenantLow(tenant(1).low);
    check.setMeter(requests.raw());
    check.setAmount(1);
  }
  EXPECT_NE(peer.ask(kj::mv(request))->refusal().find("checks: at most 4096"), std::string::npos);
  EXPECT_EQ(used(tenant(1)), Amount{0});
}

TEST_F(Gateway, DecidesACheckWhoseConnectionHasVanished) {
  {
    RpcPeer peer(port());
    auto gateway = peer.enter()->answer().getWelcome().getGateway();
    const auto asked = send_check_that_is_held(peer, gateway);
  }
  ASSERT_TRUE(first_reactor_is_left());
  database.let_go_of_load();
  EXPECT_EQ(used(tenant(1)), Amount{1});
}

class Draining : public Gateway {
protected:
  /// Starts to drain and waits until new calls are refused.
  std::future<bool> drain(RpcPeer& peer, wire::Gateway::Client& gateway,
                          std::chrono::milliseconds patience) {
    auto drained =
        std::async(std::launch::async, [this, patience] { return rpc->drain(patience); });
    while (!peer.ask(checks(gateway, {}))->refused()) {
    }
    return drained;
  }
};

TEST_F(Draining, WaitsForTheCallsInFlightAndTheirAnswersArrive) {
  RpcPeer peer(port());
  auto gateway = peer.enter()->answer().getWelcome().getGateway();
  const auto asked = send_check_that_is_held(peer, gateway);
  auto drained = drain(peer, gateway, 10s);
  EXPECT_NE(peer.ask(checks(gateway, {tenant(1)}))->refusal().find("the server is stopping"),
            std::string::npos);
  EXPECT_FALSE(asked->ended());
  database.let_go_of_load();
  EXPECT_TRUE(wait(std::move(drained)));
  EXPECT_EQ(peer.wait(*asked).answer().getDecisions()[0].getOutcome(), wire::Outcome::ALLOWED);
}

TEST_F(Draining, GivesUpWhenItsPatienceEnds) {
  RpcPeer peer(port());
  auto gateway = peer.enter()->answer().getWelcome().getGateway();
  const auto asked = send_check_that_is_held(peer, gateway);
  EXPECT_FALSE(wait(drain(peer, gateway, 0ms)));
  rpc->close();
  EXPECT_NE(peer.wait(*asked).refusal(), "");
}

TEST_F(Draining, TakesNoFurtherConnections) {
  EXPECT_TRUE(rpc->drain(10s));
  EXPECT_ANY_THROW(RpcPeer{port()});
}

class Operator : public RpcServerFixture {};

TEST_F(Operator, RefusesMoreCallsAtOnceThanAConnectionMayHave) {
  serve();
  RpcPeer peer(port());
  auto administration = peer.enter()->answer().getWelcome().getOperator();
  std::vector<std::unique_ptr<Asked<wire::Operator::StatusResults>>> asked;
  for (std::size_t i = 0; i <= Management::calls_in_flight_max; ++i) {
    asked.push_back(peer.send(administration.statusRequest()));
  }
  for (const auto& each : asked) {
    peer.wait(*each);
  }
  EXPECT_FALSE(asked.front()->refused());
  EXPECT_NE(asked.back()->refusal().find("more than 64 management calls"), std::string::npos);
  EXPECT_FALSE(peer.ask(administration.statusRequest())->refused()) << "the others are done";
}

TEST_F(Operator, CutsAPageThatWouldNotFitIntoAFrameAndSaysSo) {
  for (std::uint64_t number = 1; number <= 500; ++number) {
    TenantRecord stored = record(tenant(number), 1);
    stored.definition.limits.assign(limits_per_tenant_max, total(1));
    database.put(stored);
  }
  serve();
  RpcPeer peer(port());
  auto administration = peer.enter()->answer().getWelcome().getOperator();
  auto request = administration.listTenantsRequest();
  request.setPageSize(500);
  const auto asked = peer.ask(kj::mv(request));
  const auto page = decode_page(asked->answer().getAnswer().getValue()).value();
  EXPECT_TRUE(page.more);
  EXPECT_GT(page.tenants.size(), 10u);
  EXPECT_LT(page.tenants.size(), 500u);
}

TEST_F(Operator, CountsTheConnectionsOfEachReactor) {
  serve(2);
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  tcp::socket second(io);
  tcp::socket third(io);
  for (tcp::socket* const socket : {&second, &third}) {
    socket->connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port(1)));
  }
  RpcPeer peer(port(0));
  auto administration = peer.enter()->answer().getWelcome().getOperator();
  EXPECT_TRUE(becomes([&] {
    const auto asked = peer.ask(administration.statusRequest());
    const auto status = decode_status(asked->answer().getStatus()).value();
    return status.reactors.at(0).connections == 1 && status.reactors.at(1).connections == 2;
  }));
}

TEST_F(Operator, ANameIsRefusedByTheFieldThatIsWrong) {
  serve();
  RpcPeer peer(port());
  auto administration = peer.enter()->answer().getWelcome().getOperator();
  auto request = administration.removeLimitRequest();
  request.initTenant().setSlug("acme");
  request.setName("\xff");
  const auto asked = peer.ask(kj::mv(request));
  EXPECT_EQ(decode_fault(asked->answer().getAnswer().getFault()),
            (Fault{FaultCode::invalid_argument, "name is not UTF-8"}));
}

TEST(Address, ThatIsTakenIsNamed) {
  boost::asio::io_context io;
  using boost::asio::ip::tcp;
  tcp::acceptor taken(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  Loop loop;
  ::sluice::Listener listener(loop, ConnectionBounds{});
  const auto bound =
      listener.bind(boost::asio::ip::address_v4::loopback(), taken.local_endpoint().port());
  ASSERT_FALSE(bound.ok());
  EXPECT_NE(bound.fault().context.find(std::to_string(taken.local_endpoint().port())),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::testing
