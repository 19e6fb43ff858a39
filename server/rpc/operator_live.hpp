// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` that tell which counters by label a tenant has now, and what is open.
/// They answer `not_found` for a tenant that does not exist.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  None.
/// Units      As on the wire.
/// Errors     Faults are answers. Throws for a call whose encoding is broken.
/// Cost       One message to the tenant's host, which looks at all that the tenant has for a page.
[[nodiscard]] kj::Promise<void> answer_list_counters(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ListCountersParams,
                                          wire::TenantAdmin::ListCountersResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_list_holds(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListHoldsParams, wire::TenantAdmin::ListHoldsResults>
        context);

}  // namespace sluice
