// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "actors/runtime/engine.hpp"
#include "protocol/codec.hpp"
#include "server/rpc/answer.hpp"
#include "server/rpc/management.hpp"

namespace sluice {

/// A continuation that writes the tenant as the answer.
template <class Context>
auto write_tenant(Context context) {
  return [context](const Result<TenantDefinition>& tenant) mutable {
    write_answer(context.getResults().initAnswer(), tenant, encode_tenant);
  };
}

/// Makes the change that was read of the parameters, if it could be read, and answers with the
/// tenant as it is then, or with why not.
template <class Context, class Decoded>
[[nodiscard]] kj::Promise<void> answer_amended(Management& calls, Context context,
                                               Result<Decoded> change) {
  if (!change.ok()) {
    return answer_fault(context, change.fault());
  }
  const std::uint64_t version = context.getParams().getVersion();
  const auto expected = version == 0 ? std::nullopt : std::optional(Version{version});
  auto ask = [&calls, expected, change = Change{std::move(change).value()}](
                 TenantId id, Reply<TenantDefinition> reply) {
    calls.engine().amend(calls.here(), calls.author(), Amendment{id, expected, change},
                         std::move(reply));
  };
  return calls.ask_about<TenantDefinition>(context.getParams().getTenant(), std::move(ask))
      .then(write_tenant(context));
}

}  // namespace sluice
