// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The method of `TenantAdmin` that applies a limit to the past.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  None.
/// Units      As on the wire.
/// Errors     Faults are answers. Throws for a call whose encoding is broken.
/// Cost       On this thread that of the codec; the past is read and judged on a reader's thread.
[[nodiscard]] kj::Promise<void> answer_what_if(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::WhatIfParams, wire::TenantAdmin::WhatIfResults> context);

}  // namespace sluice
