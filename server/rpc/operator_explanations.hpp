// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The method of `TenantAdmin` that tells why recent checks were decided so. It answers `not_found`
/// for a tenant that does not exist.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  None.
/// Units      As on the wire.
/// Errors     Faults are answers. Throws for a call whose encoding is broken.
/// Cost       A look-up of the tenant, and one message to its host.
[[nodiscard]] kj::Promise<void> answer_explanations(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ExplainParams, wire::TenantAdmin::ExplainResults>
        context);

}  // namespace sluice
