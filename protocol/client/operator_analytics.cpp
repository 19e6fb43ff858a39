// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about the history of usage.
#include "protocol/client/operator_client_impl.hpp"
#include "protocol/codec_analytics.hpp"

namespace sluice::client {

Result<Forecast> OperatorClient::forecast(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.forecastRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      [](auto& response) {
        return take<Forecast>(response.getAnswer(),
                              [](auto told) { return decode_forecast(told); });
      });
}

Result<TopTenants> OperatorClient::top_tenants(const TopQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.platform.topTenantsRequest();
        encode_top_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<TopTenants>(response.getAnswer(), [](auto told) { return decode_top(told); });
      });
}

Result<UnusualUsage> OperatorClient::unusual_usage(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.unusualUsageRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      [](auto& response) {
        return take<UnusualUsage>(response.getAnswer(),
                                  [](auto told) { return decode_unusual(told); });
      });
}

Result<UsageStatistics> OperatorClient::usage_statistics(const TenantRef& tenant,
                                                         const UsageQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.usageStatisticsRequest();
        encode_ref(tenant, request.initTenant());
        encode_statistics_asked(query, request);
        return request;
      },
      [](auto& response) {
        return take<UsageStatistics>(response.getAnswer(),
                                     [](auto told) { return decode_usage_statistics(told); });
      });
}

Result<UsageStatistics> OperatorClient::platform_statistics(const PlatformUsageQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.platform.platformStatisticsRequest();
        encode_platform_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<UsageStatistics>(response.getAnswer(),
                                     [](auto told) { return decode_usage_statistics(told); });
      });
}

}  // namespace sluice::client
