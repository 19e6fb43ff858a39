// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/gateway.hpp"

#include "protocol/codec.hpp"
#include "server/rpc/check_call.hpp"

namespace sluice {

kj::Promise<void> GatewayService::check(CheckContext context) {
  if (service_->stopping) {
    return going_away();
  }
  return reading([&] { return CheckCall::run(service_, context); });
}

kj::Promise<void> GatewayService::meters(MetersContext context) {
  const auto meters = service_->engine().meters();
  encode_meters(*meters, context.getResults().initMeters(static_cast<unsigned>(meters->size())));
  return kj::READY_NOW;
}

}  // namespace sluice
