// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_what_if.hpp"

#include <optional>
#include <utility>

#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_what_if(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::WhatIfParams, wire::TenantAdmin::WhatIfResults> context) {
  auto query = decode_what_if_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&engine = calls.engine(), here = calls.here(),
                    query = std::move(query).value()](std::optional<TenantId> tenant,
                                                      Reply<WhatIfPage> reply) {
    WhatIfQuery of_tenant = query;
    of_tenant.tenant = tenant;
    engine.what_if(here, std::move(of_tenant), std::move(reply));
  };
  auto page = context.getParams().hasTenant()
                  ? calls.ask_about<WhatIfPage>(context.getParams().getTenant(), ask)
                  : calls.ask_about_all<WhatIfPage>(
                        [&ask](Reply<WhatIfPage> reply) { ask(std::nullopt, std::move(reply)); });
  return page.then([context](const Result<WhatIfPage>& found) mutable {
    write_answer(context.getResults().initAnswer(), found, encode_what_if_page);
  });
}

}  // namespace sluice
