// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about customisations and domains.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

void Engine::customisation(ReactorIndex here, TenantId tenant, Reply<Customised> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), ShowCustomisation{tenant, std::move(*caller)});
  }
}

void Engine::customise(ReactorIndex here, Author author, CustomisationWish wish,
                       Reply<Customised> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   Customise{std::move(author), std::move(wish), std::move(*caller)});
  }
}

std::optional<TenantId> Engine::tenant_at(std::string_view host) const {
  return impl_->hosts_by_name().find(host_named(host));
}

}  // namespace sluice
