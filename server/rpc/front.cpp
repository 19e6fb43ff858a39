// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/front.hpp"

#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "server/rpc/access.hpp"
#include "server/rpc/gateway.hpp"
#include "server/rpc/operator_service.hpp"
#include "server/rpc/tenant_admin_service.hpp"

namespace sluice {

namespace {

constexpr std::size_t client_bytes_max = 100;

class FrontService final : public wire::Front::Server {
public:
  FrontService(std::shared_ptr<Service> service, std::shared_ptr<ClientSession> session)
      : service_(std::move(service)), session_(std::move(session)) {}

protected:
  kj::Promise<void> enter(EnterContext context) override;

private:
  [[nodiscard]] Result<Access> identify(wire::Hello::Reader hello);
  void welcome(const Access& access, wire::Welcome::Builder out);
  void encode_shards(wire::ShardMap::Builder out);

  std::shared_ptr<Service> service_;
  std::shared_ptr<ClientSession> session_;
};

kj::Promise<void> FrontService::enter(EnterContext context) {
  return reading([&]() -> kj::Promise<void> {
    if (service_->stopping) {
      return going_away();
    }
    const auto hello = context.getParams().getHello();
    if (hello.getProtocol() != wire::PROTOCOL_VERSION) {
      return refusal(kj::Exception::Type::FAILED, "hello.protocol: the server speaks version " +
                                                      std::to_string(wire::PROTOCOL_VERSION) +
                                                      ", not " +
                                                      std::to_string(hello.getProtocol()));
    }
    const auto client = decode_text(hello.getClient(), "hello.client", client_bytes_max);
    if (!client.ok()) {
      return refusal(kj::Exception::Type::FAILED, client.fault().context);
    }
    if (session_->entered) {
      return refusal(kj::Exception::Type::FAILED, "the connection has entered already");
    }
    const auto access = identify(hello);
    if (!access.ok()) {
      return unauthenticated(access.fault());
    }
    session_->entered = true;
    service_->environment->observer.client_entered(session_->peer, client.value());
    welcome(access.value(), context.getResults().initWelcome());
    return kj::READY_NOW;
  });
}

Result<Access> FrontService::identify(wire::Hello::Reader hello) {
  auth::Authenticator* const authenticator = service_->environment->doorkeepers.authenticator;
  if (authenticator == nullptr) {
    return Access{session_->peer};
  }
  const auto credential = decode_text(hello.getCredential(), "hello.credential",
                                      auth::Authenticator::credential_bytes_max);
  if (!credential.ok()) {
    return credential.fault();
  }
  auto principal = authenticator->authenticate(credential.value(), session_->address);
  if (!principal.ok()) {
    return principal.fault();
  }
  return Access{std::move(principal).value(), session_->peer};
}

void FrontService::welcome(const Access& access, wire::Welcome::Builder out) {
  out.setProtocol(wire::PROTOCOL_VERSION);
  out.setServer(service_->environment->server);
  const auto meters = service_->engine().meters();
  encode_meters(*meters, out.initMeters(static_cast<unsigned>(meters->size())));
  encode_shards(out.initShards());
  if (access.may_spend()) {
    out.setGateway(make_gateway(service_, access));
  }
  if (access.is_operator()) {
    auto administration = make_operator(service_, access, session_->peer);
    out.setOperator(administration);
    out.setTenantAdmin(administration);
  } else if (access.may_manage()) {
    out.setTenantAdmin(make_tenant_admin(service_, access, session_->peer));
  }
}

void FrontService::encode_shards(wire::ShardMap::Builder out) {
  const auto& ports = service_->environment->ports;
  auto endpoints = out.initEndpoints(static_cast<unsigned>(ports.size()));
  for (unsigned i = 0; i < ports.size(); ++i) {
    endpoints[i].setHost(session_->local_host);
    endpoints[i].setPort(ports[i]);
  }
  const std::uint16_t shards = service_->engine().shards().raw();
  auto owners = out.initOwners(shards);
  for (std::uint16_t shard = 0; shard < shards; ++shard) {
    owners.set(shard, service_->engine().owner_of(ShardId{shard}).raw());
  }
}

}  // namespace

wire::Front::Client make_front(std::shared_ptr<Service> service,
                               std::shared_ptr<ClientSession> session) {
  return kj::heap<FrontService>(std::move(service), std::move(session));
}

}  // namespace sluice
