// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` about what is owed for shared resources.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers. A page that does not fit into a frame is cut, and says so.
/// Cost       A read of the store; marking a payout a commit.
[[nodiscard]] kj::Promise<void> answer_sharing_statements(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SharingStatementsParams,
                                          wire::TenantAdmin::SharingStatementsResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_sharing_payouts(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SharingPayoutsParams,
                                          wire::TenantAdmin::SharingPayoutsResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_mark_payout_paid(
    Management& calls,
    capnp::CallContext<wire::Operator::MarkPayoutPaidParams, wire::Operator::MarkPayoutPaidResults>
        context);
[[nodiscard]] kj::Promise<void> answer_sharing_statistics(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SharingStatisticsParams,
                                          wire::TenantAdmin::SharingStatisticsResults>
                           context);

}  // namespace sluice
