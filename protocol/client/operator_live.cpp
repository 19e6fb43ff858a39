// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about counters by label and what is open.
#include "protocol/client/operator_client_impl.hpp"
#include "protocol/codec_live.hpp"

namespace sluice::client {

Result<CounterPage> OperatorClient::counters(const TenantRef& tenant, const CounterQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listCountersRequest();
        encode_ref(tenant, request.initTenant());
        encode_counter_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<CounterPage>(response.getAnswer(),
                                 [](auto page) { return decode_counters(page); });
      });
}

Result<HoldPage> OperatorClient::holds(const TenantRef& tenant, const HoldQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listHoldsRequest();
        encode_ref(tenant, request.initTenant());
        encode_hold_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<HoldPage>(response.getAnswer(), [](auto page) { return decode_holds(page); });
      });
}

}  // namespace sluice::client
