// SPDX-License-Identifier: Apache-2.0
#include "tests/server/rpc/rpc_peer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <utility>

#include "protocol/transport/message_stream.hpp"

namespace sluice::testing {

namespace {

namespace twoparty = capnp::rpc::twoparty;
using boost::asio::ip::tcp;

tcp::socket connected(Loop& loop, std::uint16_t port) {
  tcp::socket socket(loop.io());
  socket.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port));
  return socket;
}

wire::Front::Client bootstrap(capnp::RpcSystem<twoparty::VatId>& rpc) {
  capnp::MallocMessageBuilder message;
  auto server = message.initRoot<twoparty::VatId>();
  server.setSide(twoparty::Side::SERVER);
  return rpc.bootstrap(server).castAs<wire::Front>();
}

}  // namespace

RpcPeer::RpcPeer(std::uint16_t port)
    : scope_(loop_),
      stream_(make_message_stream(loop_, connected(loop_, port), StreamBounds{})),
      network_(*stream_, twoparty::Side::CLIENT),
      rpc_(capnp::makeRpcClient(network_)),
      front_(bootstrap(rpc_)) {}

std::unique_ptr<Asked<wire::Front::EnterResults>> RpcPeer::enter(const std::string& credential) {
  auto request = front_.enterRequest();
  request.initHello().setProtocol(wire::PROTOCOL_VERSION);
  request.getHello().setCredential(credential);
  return ask(kj::mv(request));
}

}  // namespace sluice::testing
