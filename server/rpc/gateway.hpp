// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sluice.capnp.h"
#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// A capability that answers checks; those of tenants that `access` does not cover are
/// `access_denied`.
///
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     Throws for a call that is malformed as a whole, when the server is stopping, and once
///            the credential is not good any more.
[[nodiscard]] wire::Gateway::Client make_gateway(std::shared_ptr<Service> service, Access access);

}  // namespace sluice
