// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "protocol/sluice.capnp.h"
#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// A capability that manages tenants, meters and keys, and tells how the server is: all that
/// `access` allows of it, by the rules of method_rules.hpp. What is refused is told the observer,
/// with `peer`.
///
/// Role       Asks the rules before every call; decodes, asks the engine, encodes; decides nothing.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     Faults are answers. Throws for a call whose encoding is broken, for too many calls at
///            once, and when the server is stopping.
[[nodiscard]] wire::Operator::Client make_operator(std::shared_ptr<Service> service, Access access,
                                                   std::string peer);

}  // namespace sluice
