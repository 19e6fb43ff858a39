// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` that read the audit: of a tenant, or, for those who cover all, of
/// the platform.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  None.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A page of the store; to verify, all pages of the chain, one after the other.
[[nodiscard]] kj::Promise<void> answer_audit_trail(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::AuditTrailParams, wire::TenantAdmin::AuditTrailResults>
        context);
[[nodiscard]] kj::Promise<void> answer_verify_audit(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::VerifyAuditParams, wire::TenantAdmin::VerifyAuditResults>
        context);

}  // namespace sluice
