// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The method of `TenantAdmin` that looks ahead at when a window starts again.
///
/// Role       Decode, ask the engine for the tenant, read the calendar, encode; called within
///            `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  None.
/// Units      As on the wire.
/// Errors     Faults are answers. Throws for a call whose encoding is broken.
/// Cost       A look-up of the tenant, and about a microsecond for each reset.
[[nodiscard]] kj::Promise<void> answer_resets(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ResetsParams, wire::TenantAdmin::ResetsResults> context);

}  // namespace sluice
