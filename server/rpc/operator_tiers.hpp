// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` about tiers, and which features a tenant has.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit; of `applyTier` one for each tenant that changes.
[[nodiscard]] kj::Promise<void> answer_list_tiers(
    Management& calls,
    capnp::CallContext<wire::Operator::ListTiersParams, wire::Operator::ListTiersResults> context);
[[nodiscard]] kj::Promise<void> answer_put_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::PutTierParams, wire::Operator::PutTierResults> context);
[[nodiscard]] kj::Promise<void> answer_remove_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::RemoveTierParams, wire::Operator::RemoveTierResults>
        context);
[[nodiscard]] kj::Promise<void> answer_change_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::ChangeTierParams, wire::Operator::ChangeTierResults>
        context);
[[nodiscard]] kj::Promise<void> answer_apply_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::ApplyTierParams, wire::Operator::ApplyTierResults> context);
[[nodiscard]] kj::Promise<void> answer_features(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::FeaturesParams, wire::TenantAdmin::FeaturesResults>
        context);

}  // namespace sluice
