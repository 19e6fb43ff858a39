// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The method of `Operator` about where the rows of a tenant are.
///
/// Role       Decodes, asks the engine, encodes; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       As long as the history of the tenant is large.
[[nodiscard]] kj::Promise<void> answer_move_tenant(
    Management& calls,
    capnp::CallContext<wire::Operator::MoveTenantParams, wire::Operator::MoveTenantResults>
        context);

}  // namespace sluice
