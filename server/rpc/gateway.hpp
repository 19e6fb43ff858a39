// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// A capability that answers checks.
///
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     Throws for a call that is malformed as a whole, or when the server is stopping.
[[nodiscard]] wire::Gateway::Client make_gateway(std::shared_ptr<Service> service);

}  // namespace sluice
