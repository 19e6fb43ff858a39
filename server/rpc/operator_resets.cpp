// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_resets.hpp"

#include <string>
#include <utility>

#include "actors/tenant/resets.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_resets(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ResetsParams, wire::TenantAdmin::ResetsResults> context) {
  auto limit = decode_text(context.getParams().getLimit(), "limit");
  if (!limit.ok()) {
    return answer_fault(context, limit.fault());
  }
  const auto show = [&calls](TenantId id, Reply<TenantDefinition> reply) {
    calls.engine().show(calls.here(), id, std::move(reply));
  };
  return calls.ask_about<TenantDefinition>(context.getParams().getTenant(), show)
      .then([&calls, context,
             name = std::move(limit).value()](const Result<TenantDefinition>& tenant) mutable {
        const auto preview =
            tenant.ok() ? next_resets(tenant.value(), name, calls.environment().clock.now().wall,
                                      context.getParams().getCount())
                        : Result<ResetPreview>(tenant.fault());
        write_answer(context.getResults().initAnswer(), preview, encode_resets);
      });
}

}  // namespace sluice
