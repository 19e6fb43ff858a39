// SPDX-License-Identifier: Apache-2.0
#include <capnp/rpc-twoparty.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <list>
#include <memory>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/meter.hpp"
#include "protocol/codec.hpp"
#include "protocol/sluice.capnp.h"
#include "protocol/transport/loop.hpp"
#include "protocol/transport/message_stream.hpp"

// What the messages alone cost: a server on the same transport and schema that answers every check
// with the same decision, all of whose numbers are set, and looks at nothing.

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

constexpr std::uint16_t shard_count = 256;

// The generated server classes have no virtual destructor; KJ deletes each by its real type.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

class EchoGateway final : public wire::Gateway::Server {
protected:
  kj::Promise<void> check(CheckContext context) override {
    const unsigned count = context.getParams().getChecks().size();
    const auto words = capnp::sizeInWords<wire::Gateway::CheckResults>() + 1 +
                       count * capnp::sizeInWords<wire::Decision>();
    auto results = context.initResults(capnp::MessageSize{words, 0});
    auto decisions = results.initDecisions(count);
    const std::int64_t now = std::chrono::system_clock::now().time_since_epoch().count();
    for (wire::Decision::Builder decision : decisions) {
      decision.setOutcome(wire::Outcome::ALLOWED);
      decision.setMeter(1);
      decision.setLimit(1);
      decision.setSize(1'000'000);
      decision.setUsed(1);
      decision.setRemaining(999'999);
      decision.setResetsAtNs(now);
    }
    results.setNowNs(now);
    return kj::READY_NOW;
  }
};

class EchoOperator final : public wire::Operator::Server {};

class EchoFront final : public wire::Front::Server {
public:
  explicit EchoFront(std::uint16_t port) : port_(port) {}

protected:
  kj::Promise<void> enter(EnterContext context) override {
    auto welcome = context.getResults().initWelcome();
    welcome.setProtocol(wire::PROTOCOL_VERSION);
    welcome.setServer("echo");
    const MeterTable& meters = default_meters();
    encode_meters(meters, welcome.initMeters(static_cast<unsigned>(meters.size())));
    auto endpoints = welcome.initShards().initEndpoints(1);
    endpoints[0].setHost("127.0.0.1");
    endpoints[0].setPort(port_);
    welcome.getShards().initOwners(shard_count);
    welcome.setGateway(kj::heap<EchoGateway>());
    wire::Operator::Client administration = kj::heap<EchoOperator>();
    welcome.setOperator(administration);
    welcome.setTenantAdmin(administration);
    return kj::READY_NOW;
  }

private:
  std::uint16_t port_;
};

/// One connection and everything that lives on it.
struct Peer {
  Peer(Loop& loop, tcp::socket socket, wire::Front::Client front)
      : stream(make_message_stream(loop, std::move(socket), StreamBounds{})),
        network(*stream, capnp::rpc::twoparty::Side::SERVER),
        rpc(capnp::makeRpcServer(network, kj::mv(front))) {}

  kj::Own<capnp::MessageStream> stream;
  capnp::TwoPartyVatNetwork network;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc;
};

class EchoServer {
public:
  EchoServer(Loop& loop, std::uint16_t port)
      : loop_(loop),
        acceptor_(loop.io(), tcp::endpoint{boost::asio::ip::address_v4::loopback(), port}),
        signals_(loop.io(), SIGINT, SIGTERM),
        front_(kj::heap<EchoFront>(acceptor_.local_endpoint().port())) {
    signals_.async_wait([this](const auto&, int) { stopping_ = true; });
    accept();
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void serve() {
    while (!stopping_) {
      loop_.turn(50us, 1s);
    }
  }

private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (!error) {
        socket.set_option(tcp::no_delay{true});
        peers_.push_back(kj::heap<Peer>(loop_, std::move(socket), front_));
      }
      accept();
    });
  }

  Loop& loop_;
  tcp::acceptor acceptor_;
  boost::asio::signal_set signals_;
  wire::Front::Client front_;
  // Kept until the end: a run opens a handful of connections.
  std::list<kj::Own<Peer>> peers_;
  bool stopping_ = false;
};

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{"Answers every check with the same decision: what the messages alone cost."};
  std::uint16_t port = 0;
  app.add_option("--port", port, "On the loopback; 0 takes any")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  sluice::Loop loop;
  const sluice::Loop::Scope scope{loop};
  sluice::bench::EchoServer server{loop, port};
  fmt::print("echo-server listens on port {}\n", server.port());
  std::fflush(stdout);
  server.serve();
  return 0;
}
