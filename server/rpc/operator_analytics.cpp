// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_analytics.hpp"

#include <utility>

#include "protocol/codec_analytics.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_forecast(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ForecastParams, wire::TenantAdmin::ForecastResults>
        context) {
  const auto ask = [&engine = calls.engine(), here = calls.here()](TenantId id,
                                                                   Reply<Forecast> reply) {
    engine.forecast(here, id, std::move(reply));
  };
  return calls.ask_about<Forecast>(context.getParams().getTenant(), ask)
      .then([context](const Result<Forecast>& told) mutable {
        write_answer(context.getResults().initAnswer(), told, encode_forecast);
      });
}

kj::Promise<void> answer_top_tenants(
    Management& calls,
    capnp::CallContext<wire::Operator::TopTenantsParams, wire::Operator::TopTenantsResults>
        context) {
  const auto query = decode_top_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&](Reply<TopTenants> reply) {
    calls.engine().top_tenants(calls.here(), query.value(), std::move(reply));
  };
  return calls.ask<TopTenants>(ask).then(
      [context, by = query.value().by](const Result<TopTenants>& top) mutable {
        write_answer(context.getResults().initAnswer(), top,
                     [by](const TopTenants& told, wire::TopTenants::Builder out) {
                       encode_top(told, by, out);
                     });
      });
}

kj::Promise<void> answer_unusual_usage(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::UnusualUsageParams,
                                                          wire::TenantAdmin::UnusualUsageResults>
                                           context) {
  const auto ask = [&engine = calls.engine(), here = calls.here()](
                       TenantId id, const Reply<UnusualUsage>& reply) {
    engine.unusual_usage(here, id, reply);
  };
  return calls
      .ask_about<UnusualUsage>(context.getParams().getTenant(),
                               if_it_exists<UnusualUsage>(calls, ask))
      .then([context](const Result<UnusualUsage>& told) mutable {
        write_answer(context.getResults().initAnswer(), told, encode_unusual);
      });
}

kj::Promise<void> answer_usage_statistics(
    Management& calls, capnp::CallContext<wire::TenantAdmin::UsageStatisticsParams,
                                          wire::TenantAdmin::UsageStatisticsResults>
                           context) {
  const auto query = decode_statistics_asked(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                       TenantId id, const Reply<UsageStatistics>& reply) {
    UsageQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.usage_statistics(here, of_tenant, reply);
  };
  return calls
      .ask_about<UsageStatistics>(context.getParams().getTenant(),
                                  if_it_exists<UsageStatistics>(calls, ask))
      .then([context](const Result<UsageStatistics>& told) mutable {
        write_answer(context.getResults().initAnswer(), told, encode_usage_statistics);
      });
}

kj::Promise<void> answer_platform_statistics(
    Management& calls, capnp::CallContext<wire::Operator::PlatformStatisticsParams,
                                          wire::Operator::PlatformStatisticsResults>
                           context) {
  const auto query = decode_platform_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&](Reply<UsageStatistics> reply) {
    calls.engine().platform_usage(calls.here(), query.value(), std::move(reply));
  };
  return calls.ask<UsageStatistics>(ask).then(
      [context](const Result<UsageStatistics>& told) mutable {
        write_answer(context.getResults().initAnswer(), told, encode_usage_statistics);
      });
}

}  // namespace sluice
