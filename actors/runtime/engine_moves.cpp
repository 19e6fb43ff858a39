// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about where the rows of tenants are.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

void Engine::move(ReactorIndex here, Author author, TenantId tenant,
                  std::optional<Version> expected, Placement to, Reply<TenantDefinition> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), Move{std::move(author), tenant, expected, std::move(to),
                                         impl_->host_of(tenant), std::move(*caller)});
  }
}

}  // namespace sluice
