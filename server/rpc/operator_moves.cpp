// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_moves.hpp"

#include <optional>
#include <utility>

#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_move_tenant(
    Management& calls,
    capnp::CallContext<wire::Operator::MoveTenantParams, wire::Operator::MoveTenantResults>
        context) {
  const auto params = context.getParams();
  auto to = decode_placement(params.getTo(), "to");
  if (!to.ok()) {
    return answer_fault(context, to.fault());
  }
  const auto expected =
      params.getVersion() == 0 ? std::nullopt : std::optional(Version{params.getVersion()});
  const auto move = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
                     expected,
                     to = std::move(to).value()](TenantId id, Reply<TenantDefinition> reply) {
    engine.move(here, author, id, expected, to, std::move(reply));
  };
  return calls.ask_about<TenantDefinition>(params.getTenant(), move)
      .then([context](const Result<TenantDefinition>& tenant) mutable {
        write_answer(context.getResults().initAnswer(), tenant, encode_tenant);
      });
}

}  // namespace sluice
