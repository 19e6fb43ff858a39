// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` that tell what tenants use, and what the store has. All answer
/// `not_found` for a tenant that does not exist; of one that was deleted nothing is left to tell.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  None.
/// Units      As on the wire.
/// Errors     Faults are answers. Throws for a call whose encoding is broken.
/// Cost       One query to the store; for `usage` the tenant's host is asked, too.
[[nodiscard]] kj::Promise<void> answer_usage(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::UsageParams, wire::TenantAdmin::UsageResults> context);
[[nodiscard]] kj::Promise<void> answer_history(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::HistoryParams, wire::TenantAdmin::HistoryResults>
        context);
[[nodiscard]] kj::Promise<void> answer_closed_windows(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ClosedWindowsParams,
                                          wire::TenantAdmin::ClosedWindowsResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_stored(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::StoredParams, wire::TenantAdmin::StoredResults> context);

}  // namespace sluice
