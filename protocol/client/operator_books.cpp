// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about money.
#include "protocol/client/operator_client_impl.hpp"
#include "protocol/codec_books.hpp"

namespace sluice::client {

Result<StatementPage> OperatorClient::statements(const TenantRef& tenant,
                                                 const StatementQuery& query, bool running) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.sharingStatementsRequest();
        encode_ref(tenant, request.initTenant());
        encode_statements_asked({query, running}, request);
        return request;
      },
      [](auto& response) {
        return take<StatementPage>(response.getAnswer(),
                                   [](auto told) { return decode_statement_page(told); });
      });
}

Result<PayoutPage> OperatorClient::payouts(const TenantRef& tenant, const PayoutQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.sharingPayoutsRequest();
        encode_ref(tenant, request.initTenant());
        encode_payout_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<PayoutPage>(response.getAnswer(),
                                [](auto told) { return decode_payout_page(told); });
      });
}

Result<Payout> OperatorClient::mark_payout_paid(const TenantRef& tenant, const PayoutKey& key,
                                                std::string_view reference) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.markPayoutPaidRequest();
        encode_ref(tenant, request.initTenant());
        encode_payout_paid({key, std::string{reference}}, request);
        return request;
      },
      [](auto& response) {
        return take<Payout>(response.getAnswer(), [](auto told) { return decode_payout(told); });
      });
}

Result<SharingStatistics> OperatorClient::sharing_statistics(const TenantRef& tenant,
                                                             const SharingStatisticsQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.sharingStatisticsRequest();
        encode_ref(tenant, request.initTenant());
        encode_statistics_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<SharingStatistics>(response.getAnswer(),
                                       [](auto told) { return decode_sharing_statistics(told); });
      });
}

}  // namespace sluice::client
