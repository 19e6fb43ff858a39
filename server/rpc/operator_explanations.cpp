// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_explanations.hpp"

#include <vector>

#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_explanations(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ExplainParams, wire::TenantAdmin::ExplainResults>
        context) {
  using Explanations = std::vector<Explanation>;
  const auto query = decode_explanation_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                       TenantId id, const Reply<Explanations>& reply) {
    ExplanationQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.explanations(here, of_tenant, reply);
  };
  return calls
      .ask_about<Explanations>(context.getParams().getTenant(),
                               if_it_exists<Explanations>(calls, ask))
      .then([context](const Result<Explanations>& explanations) mutable {
        write_answer(context.getResults().initAnswer(), explanations, encode_explanations);
      });
}

}  // namespace sluice
