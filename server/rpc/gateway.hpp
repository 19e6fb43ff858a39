// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// Answers checks.
///
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     Throws for a call that is malformed as a whole, or when the server is stopping.
class GatewayService final : public wire::Gateway::Server {
public:
  explicit GatewayService(std::shared_ptr<Service> service) : service_(std::move(service)) {}

protected:
  kj::Promise<void> check(CheckContext context) override;
  kj::Promise<void> meters(MetersContext context) override;

private:
  std::shared_ptr<Service> service_;
};

}  // namespace sluice
