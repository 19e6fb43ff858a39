// SPDX-License-Identifier: Apache-2.0
#include <capnp/rpc-twoparty.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/protocol/transport/stream_spec.hpp"

namespace sluice {
namespace {

// KJ's interfaces have no virtual destructor.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

/// Answers each check with its own amount.
class EchoGateway final : public wire::Gateway::Server {
public:
  kj::Promise<void> check(CheckContext context) override {
    const auto checks = context.getParams().getChecks();
    auto decisions = context.getResults().initDecisions(checks.size());
    for (unsigned i = 0; i < checks.size(); ++i) {
      decisions[i].setUsed(checks[i].getAmount());
    }
    return kj::READY_NOW;
  }
};

/// One side of an RPC connection.
struct Vat {
  Vat(Loop& loop, boost::asio::ip::tcp::socket socket, capnp::rpc::twoparty::Side side)
      : stream{make_message_stream(loop, std::move(socket), {})}, network{*stream, side} {}
  kj::Own<capnp::MessageStream> stream;
  capnp::TwoPartyVatNetwork network;
};

/// A client and a server, both on one loop.
class RpcOverMessageStreams : public ::testing::Test {
public:
  ~RpcOverMessageStreams() noexcept override = default;

protected:
  using Tcp = boost::asio::ip::tcp;
  using Rpc = capnp::RpcSystem<capnp::rpc::twoparty::VatId>;

  RpcOverMessageStreams() {
    Tcp::acceptor acceptor{loop_.io(), {boost::asio::ip::address_v4::loopback(), 0}};
    Tcp::socket socket{loop_.io()};
    socket.connect(acceptor.local_endpoint());
    server_.emplace(loop_, acceptor.accept(), capnp::rpc::twoparty::Side::SERVER);
    server_rpc_.emplace(
        capnp::makeRpcServer(server_->network, capnp::Capability::Client{kj::heap<EchoGateway>()}));
    client_.emplace(loop_, std::move(socket), capnp::rpc::twoparty::Side::CLIENT);
    client_rpc_.emplace(capnp::makeRpcClient(client_->network));
  }

  wire::Gateway::Client gateway() {
    capnp::MallocMessageBuilder message{4};
    auto vat = message.getRoot<capnp::rpc::twoparty::VatId>();
    vat.setSide(capnp::rpc::twoparty::Side::SERVER);
    return client_rpc_->bootstrap(vat).castAs<wire::Gateway>();
  }

  /// Sends a call of these amounts; `echoed` grows by their sum.
  kj::Promise<void> send(wire::Gateway::Client& gateway, unsigned checks, std::uint64_t& echoed) {
    auto request = gateway.checkRequest();
    auto list = request.initChecks(checks);
    for (unsigned i = 0; i < checks; ++i) {
      list[i].setAmount(1);
    }
    return request.send()
        .then([&echoed](capnp::Response<wire::Gateway::CheckResults>&& results) {
          for (const auto decision : results.getDecisions()) {
            echoed += decision.getUsed();
          }
        })
        .eagerlyEvaluate([this](kj::Exception&& e) { failure_ = e.getDescription().cStr(); });
  }

  template <class Condition>
  [[nodiscard]] bool turn_until(Condition condition) {
    for (int i = 0; i < 100'000 && !condition(); ++i) {
      loop_.turn(std::chrono::nanoseconds{0}, std::chrono::milliseconds{10});
    }
    return condition();
  }

  Loop loop_;
  Loop::Scope scope_{loop_};
  std::optional<Vat> server_;
  std::optional<Rpc> server_rpc_;
  std::optional<Vat> client_;
  std::optional<Rpc> client_rpc_;
  std::string failure_;
};

TEST_F(RpcOverMessageStreams, AnswersManyCallsInFlight) {
  auto to = gateway();
  std::uint64_t echoed = 0;
  std::vector<kj::Promise<void>> calls;
  for (int i = 0; i < 200; ++i) {
    calls.push_back(send(to, 64, echoed));
  }
  EXPECT_TRUE(turn_until([&] { return echoed == 200 * 64; })) << failure_;
}

TEST_F(RpcOverMessageStreams, AnswersTheLargestCallOfTheProtocol) {
  auto to = gateway();
  std::uint64_t echoed = 0;
  const auto call = send(to, wire::CHECKS_PER_CALL_MAX, echoed);
  EXPECT_TRUE(turn_until([&] { return echoed == wire::CHECKS_PER_CALL_MAX; })) << failure_;
}

TEST_F(RpcOverMessageStreams, TellsTheCallerThatTheServerWentAway) {
  auto to = gateway();
  std::uint64_t echoed = 0;
  const auto warm = send(to, 1, echoed);
  ASSERT_TRUE(turn_until([&] { return echoed == 1; }));
  server_rpc_.reset();
  server_.reset();
  const auto call = send(to, 1, echoed);
  EXPECT_TRUE(turn_until([&] { return !failure_.empty(); }));
}

TEST_F(RpcOverMessageStreams, TheServerLearnsThatTheClientWentAway) {
  auto to = gateway();
  std::uint64_t echoed = 0;
  const auto call = send(to, 1, echoed);
  ASSERT_TRUE(turn_until([&] { return echoed == 1; }));
  bool gone = false;
  auto watching =
      server_->network.onDisconnect().then([&] { gone = true; }).eagerlyEvaluate(nullptr);
  client_rpc_.reset();
  client_.reset();
  EXPECT_TRUE(turn_until([&] { return gone; }));
}

TEST_F(RpcOverMessageStreams, ACallOverTheFrameBoundEndsTheConnectionAndSaysWhy) {
  auto to = gateway();
  std::uint64_t echoed = 0;
  const auto call = send(to, 100'000, echoed);
  ASSERT_TRUE(turn_until([&] { return !failure_.empty(); }));
  EXPECT_THAT(failure_, ::testing::HasSubstr("frame_bytes_max is 1048576"));
}

}  // namespace
}  // namespace sluice
