// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "protocol/sluice.capnp.h"
#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// A capability that administers tenants: all that `access` allows of it, by the rules of
/// method_rules.hpp. It has no method of `Operator`: who asks it for one, whatever he takes it for,
/// is told that it is not there, and the observer and the audit are told of him.
///
/// Role       Asks the rules before every call; decodes, asks the engine, encodes; decides nothing.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     As those of `make_operator`; throws also for a method that it has not.
[[nodiscard]] wire::TenantAdmin::Client make_tenant_admin(std::shared_ptr<Service> service,
                                                          Access access, std::string peer);

}  // namespace sluice
