// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/gateway.hpp"

#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_sharing.hpp"
#include "protocol/codec_use.hpp"
#include "server/rpc/answer.hpp"
#include "server/rpc/check_call.hpp"

namespace sluice {

namespace {

class GatewayService final : public wire::Gateway::Server {
public:
  GatewayService(std::shared_ptr<Service> service, Access access)
      : service_(std::move(service)), access_(std::move(access)) {}

protected:
  kj::Promise<void> check(CheckContext context) override {
    if (service_->stopping) {
      return going_away();
    }
    if (is_over()) {
      return unauthenticated(no_longer_good());
    }
    return reading([&] { return CheckCall::run(service_, access_, context); });
  }

  kj::Promise<void> meters(MetersContext context) override {
    if (is_over()) {
      return unauthenticated(no_longer_good());
    }
    const auto meters = service_->engine().meters();
    encode_meters(*meters, context.getResults().initMeters(static_cast<unsigned>(meters->size())));
    return kj::READY_NOW;
  }

  kj::Promise<void> resolveHost(ResolveHostContext context) override {
    if (is_over()) {
      return unauthenticated(no_longer_good());
    }
    return reading([&]() -> kj::Promise<void> {
      const auto host = decode_text(context.getParams().getHost(), "host");
      if (!host.ok()) {
        return answer_fault(context, host.fault());
      }
      const auto tenant = service_->engine().tenant_at(host.value());
      const auto found = tenant && access_.covers(*tenant)
                             ? Result<TenantId>{*tenant}
                             : Fault{FaultCode::not_found, "host: it is nobody's domain"};
      write_answer(context.getResults().initAnswer(), found, encode_id);
      return kj::READY_NOW;
    });
  }

  kj::Promise<void> resolveResource(ResolveResourceContext context) override {
    if (is_over()) {
      return unauthenticated(no_longer_good());
    }
    return reading([&]() -> kj::Promise<void> {
      const auto resource = decode_resource(context.getParams());
      if (!resource.ok()) {
        return answer_fault(context, resource.fault());
      }
      const auto policy = service_->engine().find_resource(resource.value());
      const auto found = policy ? Result<PolicyId>{*policy}
                                : Fault{FaultCode::not_found,
                                        "resource: nobody shares " + to_string(resource.value())};
      write_answer(context.getResults().initAnswer(), found,
                   [](PolicyId id, wire::SharingUuid::Builder out) { encode_uuid(id, out); });
      return kj::READY_NOW;
    });
  }

private:
  /// Reads the clock only for those who have a credential.
  [[nodiscard]] bool is_over() const {
    return access_.principal() != nullptr && !access_.stands(service_->wall());
  }

  std::shared_ptr<Service> service_;
  Access access_;
};

}  // namespace

wire::Gateway::Client make_gateway(std::shared_ptr<Service> service, Access access) {
  return kj::heap<GatewayService>(std::move(service), std::move(access));
}

}  // namespace sluice
