// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_live.hpp"

#include <utility>

#include "protocol/codec_live.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_list_counters(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::ListCountersParams,
                                                          wire::TenantAdmin::ListCountersResults>
                                           context) {
  const auto query = decode_counter_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                       TenantId id, Reply<CounterPage> reply) {
    CounterQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.counters(here, std::move(of_tenant), std::move(reply));
  };
  return calls.ask_about<CounterPage>(context.getParams().getTenant(), ask)
      .then([context](const Result<CounterPage>& page) mutable {
        write_answer(context.getResults().initAnswer(), page, encode_counters);
      });
}

kj::Promise<void> answer_list_holds(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListHoldsParams, wire::TenantAdmin::ListHoldsResults>
        context) {
  const auto query = decode_hold_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                       TenantId id, Reply<HoldPage> reply) {
    HoldQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.holds(here, std::move(of_tenant), std::move(reply));
  };
  return calls.ask_about<HoldPage>(context.getParams().getTenant(), ask)
      .then([context](const Result<HoldPage>& page) mutable {
        write_answer(context.getResults().initAnswer(), page, encode_holds);
      });
}

}  // namespace sluice
