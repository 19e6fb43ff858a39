// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/session.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cctype>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/transport/message_stream.hpp"

namespace sluice::client {

namespace asio = boost::asio;
using asio::ip::tcp;
using capnp::rpc::twoparty::Side;
using capnp::rpc::twoparty::VatId;

class Wire {
public:
  Wire(Loop& loop, tcp::socket socket, const Introduction& as)
      : stream_(make_message_stream(
            loop, std::move(socket), StreamBounds{},
            as.tls.context ? TlsSession::calling(as.tls, as.server_name) : nullptr)),
        network_(*stream_, Side::CLIENT, reader_options()),
        rpc_(capnp::makeRpcClient(network_)) {}

  [[nodiscard]] kj::Promise<void> lost() { return network_.onDisconnect(); }

  [[nodiscard]] wire::Front::Client bootstrap() {
    capnp::MallocMessageBuilder message;
    auto vat = message.initRoot<VatId>();
    vat.setSide(Side::SERVER);
    return rpc_.bootstrap(vat).castAs<wire::Front>();
  }

private:
  static capnp::ReaderOptions reader_options() {
    capnp::ReaderOptions options;
    // A frame may be read a few times over, but not without end.
    options.traversalLimitInWords = 4 * wire::FRAME_BYTES_MAX / sizeof(capnp::word);
    return options;
  }

  kj::Own<capnp::MessageStream> stream_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<VatId> rpc_;
};

namespace {

constexpr std::size_t endpoints_max = 1024;
constexpr std::size_t hello_bytes_max = 100;

using Socket = std::unique_ptr<tcp::socket>;

/// One try to connect; shared by its handlers, so that it may be given up while they wait.
struct Attempt {
  Attempt(asio::io_context& io, kj::Own<kj::PromiseFulfiller<Socket>> to)
      : resolver(io), socket(io), fulfiller(std::move(to)) {}

  void settle(const boost::system::error_code& error) {
    if (error) {
      fulfiller->reject(kj::Exception(kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__,
                                      kj::str(error.message())));
    } else {
      fulfiller->fulfill(std::make_unique<tcp::socket>(std::move(socket)));
    }
  }

  tcp::resolver resolver;
  tcp::socket socket;
  kj::Own<kj::PromiseFulfiller<Socket>> fulfiller;
};

kj::Promise<Socket> connect(Loop& loop, const Address& address) {
  auto promise = kj::newPromiseAndFulfiller<Socket>();
  auto attempt = std::make_shared<Attempt>(loop.io(), kj::mv(promise.fulfiller));
  boost::system::error_code not_a_number;
  const auto number = asio::ip::make_address(address.host, not_a_number);
  if (!not_a_number) {
    attempt->socket.async_connect(tcp::endpoint(number, address.port),
                                  [attempt](const auto& error) { attempt->settle(error); });
  } else {
    attempt->resolver.async_resolve(
        address.host, std::to_string(address.port),
        [attempt](const auto& error, const tcp::resolver::results_type& results) {
          if (error) {
            return attempt->settle(error);
          }
          asio::async_connect(attempt->socket, results,
                              [attempt](const auto& failed, auto) { attempt->settle(failed); });
        });
  }
  return promise.promise.attach(kj::defer([attempt] {
    boost::system::error_code ignored;
    attempt->resolver.cancel();
    attempt->socket.close(ignored);
  }));
}

Address peer_of(const tcp::socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? Address{} : Address{endpoint.address().to_string(), endpoint.port()};
}

Result<ShardMap> decode_shards(wire::ShardMap::Reader in) {
  ShardMap map;
  const auto endpoints = in.getEndpoints();
  const auto owners = in.getOwners();
  if (endpoints.size() > endpoints_max || owners.size() > UINT16_MAX) {
    return Fault{FaultCode::unavailable, "its shard map is too long"};
  }
  for (const auto endpoint : endpoints) {
    auto host = decode_text(endpoint.getHost(), "shards.endpoints.host");
    if (!host.ok()) {
      return host.fault();
    }
    map.endpoints.push_back(Address{std::move(host).value(), endpoint.getPort()});
  }
  map.owners.reserve(owners.size());
  for (const std::uint16_t owner : owners) {
    if (owner >= map.endpoints.size()) {
      return Fault{FaultCode::unavailable, "its shard map names an endpoint that is not there"};
    }
    map.owners.push_back(owner);
  }
  return map;
}

constexpr std::string_view permission_denied = "permission denied: ";
constexpr std::string_view unauthenticated = "unauthenticated: ";

/// What the server did not hand out: every call fails.
template <class Interface>
typename Interface::Client withheld(std::string_view verb) {
  return capnp::Capability::Client(
             kj::Exception(kj::Exception::Type::FAILED, __FILE__, __LINE__,
                           kj::str(std::string{permission_denied}.c_str(),
                                   "the credential may not ", std::string{verb}.c_str())))
      .castAs<Interface>();
}

/// Fills in what `session` does not know yet.
Result<Done> take_welcome(Session& session, wire::Welcome::Reader welcome) {
  if (welcome.getProtocol() != wire::PROTOCOL_VERSION) {
    return Fault{FaultCode::unavailable, "it speaks protocol " +
                                             std::to_string(welcome.getProtocol()) + ", not " +
                                             std::to_string(wire::PROTOCOL_VERSION)};
  }
  auto server = decode_text(welcome.getServer(), "server");
  auto meters = decode_meters(welcome.getMeters());
  auto shards = decode_shards(welcome.getShards());
  if (!server.ok() || !meters.ok() || !shards.ok()) {
    return !server.ok() ? server.fault() : !meters.ok() ? meters.fault() : shards.fault();
  }
  session.server = std::move(server).value();
  session.meters = std::move(meters).value();
  session.shards = std::move(shards).value();
  for (Address& endpoint : session.shards.endpoints) {
    // A server that listens everywhere cannot know by which name it is reached.
    if (endpoint.host.empty() || endpoint.host == "0.0.0.0" || endpoint.host == "::") {
      endpoint.host = session.dialled.host;
    }
  }
  session.may_spend = welcome.hasGateway();
  session.gateway = welcome.hasGateway() ? welcome.getGateway() : withheld<wire::Gateway>("spend");
  session.admin = welcome.hasTenantAdmin() ? welcome.getTenantAdmin()
                                           : withheld<wire::TenantAdmin>("manage anything");
  session.platform = welcome.hasOperator() ? welcome.getOperator()
                                           : withheld<wire::Operator>("do what only operators do");
  return Done{};
}

Fault cannot_reach(const Address& address, const std::string& why) {
  return Fault{FaultCode::unavailable,
               "cannot reach sluiced at " + to_string(address) + ": " + why};
}

using Dialled = Result<std::unique_ptr<Session>>;

kj::Promise<Dialled> enter(Loop& loop, tcp::socket socket, const Address& address,
                           const Introduction& as) {
  const auto credential = current(as.credential);
  if (!credential.ok()) {
    return Dialled(credential.fault());
  }
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const Address peer = peer_of(socket);
  auto wire = std::make_shared<Wire>(loop, std::move(socket), as);
  auto request = wire->bootstrap().enterRequest();
  request.initHello().setProtocol(wire::PROTOCOL_VERSION);
  request.getHello().setClient(as.name.substr(0, hello_bytes_max));
  request.getHello().setCredential(credential.value());
  auto answer = request.send();
  auto session = std::make_unique<Session>(
      Session{std::move(wire), address, peer, {}, {}, {}, nullptr, nullptr, nullptr, false});
  return answer.then([session = std::move(session)](auto&& response) mutable -> Dialled {
    const auto taken = take_welcome(*session, response.getWelcome());
    if (!taken.ok()) {
      return cannot_reach(session->dialled, taken.fault().context);
    }
    return std::move(session);
  });
}

}  // namespace

std::string to_string(const Address& address) {
  const bool literal = address.host.find(':') != std::string::npos;
  return (literal ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

kj::Promise<void> lost(const Session& session) {
  return session.wire->lost();
}

kj::Promise<Dialled> dial(Loop& loop, Address address, const Introduction& as) {
  return connect(loop, address)
      .then([&loop, address, as](Socket socket) {
        return enter(loop, std::move(*socket), address, as);
      })
      .then([](Dialled&& dialled) { return std::move(dialled); },
            [address](kj::Exception&& exception) -> Dialled {
              const std::string reason = reason_of(exception);
              if (const auto code = refusal_code(reason)) {
                return Fault{*code, "sluiced at " + to_string(address) + " refuses: " + reason};
              }
              return cannot_reach(address, reason);
            });
}

std::optional<FaultCode> refusal_code(std::string_view reason) {
  return reason.starts_with(unauthenticated)     ? std::optional(FaultCode::unauthenticated)
         : reason.starts_with(permission_denied) ? std::optional(FaultCode::permission_denied)
                                                 : std::nullopt;
}

std::string reason_of(const kj::Exception& exception) {
  std::string reason = exception.getDescription().cStr();
  constexpr std::string_view remote = "remote exception: ";
  if (reason.starts_with(remote)) {
    return reason.substr(remote.size());
  }
  if (!reason.empty()) {
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  }
  return reason;
}

}  // namespace sluice::client
