// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/gateway.hpp"

#include <utility>

#include "protocol/codec.hpp"
#include "server/rpc/check_call.hpp"

namespace sluice {

namespace {

class GatewayService final : public wire::Gateway::Server {
public:
  explicit GatewayService(std::shared_ptr<Service> service) : service_(std::move(service)) {}

protected:
  kj::Promise<void> check(CheckContext context) override {
    if (service_->stopping) {
      return going_away();
    }
    return reading([&] { return CheckCall::run(service_, context); });
  }

  kj::Promise<void> meters(MetersContext context) override {
    const auto meters = service_->engine().meters();
    encode_meters(*meters, context.getResults().initMeters(static_cast<unsigned>(meters->size())));
    return kj::READY_NOW;
  }

private:
  std::shared_ptr<Service> service_;
};

}  // namespace

wire::Gateway::Client make_gateway(std::shared_ptr<Service> service) {
  return kj::heap<GatewayService>(std::move(service));
}

}  // namespace sluice
