// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// A capability that manages tenants and meters, and tells how the server is.
///
/// Role       Decodes, asks the engine, encodes; decides nothing.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     Faults are answers. Throws for a call whose encoding is broken, for too many calls at
///            once, and when the server is stopping.
[[nodiscard]] wire::Operator::Client make_operator(std::shared_ptr<Service> service);

}  // namespace sluice
