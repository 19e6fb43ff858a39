// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` about what tenants customise, and their domains. All
/// answer with all of it as it is then.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit; for `showCustomisation` a read of the store.
[[nodiscard]] kj::Promise<void> answer_show_customisation(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ShowCustomisationParams,
                                          wire::TenantAdmin::ShowCustomisationResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_put_customisation(
    Management& calls, capnp::CallContext<wire::TenantAdmin::PutCustomisationParams,
                                          wire::TenantAdmin::PutCustomisationResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_add_domain(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::AddDomainParams, wire::TenantAdmin::AddDomainResults>
        context);
[[nodiscard]] kj::Promise<void> answer_verify_domain(
    Management& calls,
    capnp::CallContext<wire::Operator::VerifyDomainParams, wire::Operator::VerifyDomainResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_domain(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RemoveDomainParams,
                                          wire::TenantAdmin::RemoveDomainResults>
                           context);

}  // namespace sluice
