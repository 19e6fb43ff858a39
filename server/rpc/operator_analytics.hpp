// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` about the history of usage: of a tenant, or of all.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       Reads of the store by a thread that does nothing else.
[[nodiscard]] kj::Promise<void> answer_forecast(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ForecastParams, wire::TenantAdmin::ForecastResults>
        context);
[[nodiscard]] kj::Promise<void> answer_top_tenants(
    Management& calls,
    capnp::CallContext<wire::Operator::TopTenantsParams, wire::Operator::TopTenantsResults>
        context);
[[nodiscard]] kj::Promise<void> answer_unusual_usage(
    Management& calls, capnp::CallContext<wire::TenantAdmin::UnusualUsageParams,
                                          wire::TenantAdmin::UnusualUsageResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_usage_statistics(
    Management& calls, capnp::CallContext<wire::TenantAdmin::UsageStatisticsParams,
                                          wire::TenantAdmin::UsageStatisticsResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_platform_statistics(
    Management& calls, capnp::CallContext<wire::Operator::PlatformStatisticsParams,
                                          wire::Operator::PlatformStatisticsResults>
                           context);

}  // namespace sluice
