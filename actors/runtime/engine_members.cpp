// SPDX-License-Identifier: Apache-2.0
// Members of tenants: who they are and what becomes of them.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine.hpp"
#include "actors/runtime/engine_impl.hpp"

namespace sluice {

// Who is added takes his place at the tenant's host first, where checks look at it; then the
// store's writer makes him a member.
void Engine::change_members(ReactorIndex here, Author author, MemberWish wish,
                            Reply<MemberAnswer> reply) {
  const auto told = std::make_shared<std::optional<Member>>();
  Reply<TenantDefinition> tell = [told, reply = std::move(reply)](Result<TenantDefinition> tenant) {
    reply(tenant.ok() ? Result<MemberAnswer>{MemberAnswer{std::move(tenant).value(), *told}}
                      : tenant.fault());
  };
  auto caller = impl_->admit(here, std::move(tell));
  if (!caller) {
    return;
  }
  const TenantId tenant = wish.tenant;
  const ShardHostActor& host = impl_->host_of(tenant);
  const bool adds = std::holds_alternative<AddMember>(wish.event);
  ChangeMembers change{std::move(author),  std::move(wish), host, told,
                       std::move(*caller), adds ? 1U : 0U};
  if (!adds) {
    caf::anon_send(impl_->writer(), std::move(change));
    return;
  }
  caf::anon_send(host, TakeSeat{tenant, [writer = impl_->writer(), change](Result<Done> taken) {
                                  if (!taken.ok()) {
                                    return change.caller.answer(taken.fault());
                                  }
                                  caf::anon_send(writer, change);
                                }});
}

void Engine::members(ReactorIndex here, MemberQuery query, Reply<MemberPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellMembers{std::move(query), std::move(*caller)});
  }
}

void Engine::tenants_of(ReactorIndex here, TenantsOfQuery query, Reply<TenantsOfPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellTenantsOf{std::move(query), std::move(*caller)});
  }
}

void Engine::permissions(ReactorIndex here, TenantId tenant, std::string user_id,
                         Reply<PermissionSet> reply) {
  if (const auto known = impl_->members().find(tenant, user_id)) {
    return reply(*known);
  }
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here),
                   TellPermissions{tenant, std::move(user_id), std::move(*caller)});
  }
}

}  // namespace sluice
