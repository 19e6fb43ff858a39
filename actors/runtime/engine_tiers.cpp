// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about tiers.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

std::shared_ptr<const TierCatalogue> Engine::tiers() const {
  return impl_->tiers().catalogue();
}

void Engine::put_tier(ReactorIndex here, Author author, Tier tier, std::optional<Version> expected,
                      Reply<Tier> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   PutTier{std::move(author), std::move(tier), expected, std::move(*caller)});
  }
}

void Engine::remove_tier(ReactorIndex here, Author author, std::string name, Reply<Tier> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   RemoveTier{std::move(author), std::move(name), std::move(*caller)});
  }
}

void Engine::apply_tier(ReactorIndex here, Author author, TierApplyQuery query,
                        Reply<TierApplied> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    if (query.page_size < 1 || query.page_size > tier_apply_max) {
      return caller->answer(Fault{FaultCode::invalid_argument, "page_size: must be from 1 to " +
                                                                   std::to_string(tier_apply_max)});
    }
    caf::anon_send(impl_->writer(), ApplyTierTo{std::move(author), std::move(query),
                                                [impl = impl_.get()](TenantId tenant) {
                                                  return impl->host_of(tenant);
                                                },
                                                std::move(*caller)});
  }
}

void Engine::change_tier(ReactorIndex here, Author author, TenantId tenant,
                         std::optional<Version> expected, ChangeTier change,
                         Reply<TierChanged> reply) {
  const auto then_look = [this, here, reply = std::move(reply)](Result<TenantDefinition> amended) {
    if (!amended.ok()) {
      return reply(amended.fault());
    }
    const TenantId id = amended.value().id;
    usage(here, id, [reply, moved = std::move(amended).value()](Result<TenantUsage> usage) {
      if (!usage.ok()) {
        return reply(Fault{FaultCode::outcome_unknown,
                           "the tier was changed, but what the tenant "
                           "exceeds is not known: " +
                               usage.fault().context});
      }
      reply(TierChanged{moved, exceeded(usage.value().limits)});
    });
  };
  amend(here, std::move(author), Amendment{tenant, expected, std::move(change)}, then_look);
}

}  // namespace sluice
