// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` about alerts and their deliveries: of a tenant, or,
/// where none is named, of all, for which a credential must cover all.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A read of the store, or a commit.
[[nodiscard]] kj::Promise<void> answer_list_alerts(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListAlertsParams, wire::TenantAdmin::ListAlertsResults>
        context);
[[nodiscard]] kj::Promise<void> answer_alert_deliveries(
    Management& calls, capnp::CallContext<wire::TenantAdmin::AlertDeliveriesParams,
                                          wire::TenantAdmin::AlertDeliveriesResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_send_alert_again(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SendAlertAgainParams,
                                          wire::TenantAdmin::SendAlertAgainResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_test_webhook(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::TestWebhookParams, wire::TenantAdmin::TestWebhookResults>
        context);

[[nodiscard]] kj::Promise<void> answer_report_payment(
    Management& calls,
    capnp::CallContext<wire::Operator::ReportPaymentParams, wire::Operator::ReportPaymentResults>
        context);

}  // namespace sluice
