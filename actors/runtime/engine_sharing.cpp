// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about sharing.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

namespace {

/// A UUIDv7 of any kind.
template <class Id>
Id fresh_id(const Clock& clock, std::mt19937_64& random) {
  const TenantId made = make_tenant_id(clock.now().wall, random(), random());
  return Id{made.high, made.low};
}

}  // namespace

void Engine::put_policy(ReactorIndex here, Author author, PolicyWish wish,
                        Reply<SharingPolicy> reply) {
  const auto fresh = fresh_id<PolicyId>(impl_->clock(), impl_->desk(here).random);
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   PutPolicy{std::move(author), std::move(wish), fresh, std::move(*caller)});
  }
}

void Engine::remove_policy(ReactorIndex here, Author author, TenantId owner, PolicyId policy,
                           Reply<SharingPolicy> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   RemovePolicy{std::move(author), owner, policy, std::move(*caller)});
  }
}

void Engine::policies(ReactorIndex here, PolicyQuery query, Reply<PolicyPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    if (query.page_size < 1 || query.page_size > page_size_max) {
      return caller->answer(Fault{FaultCode::invalid_argument, "page_size: must be 1 to 1000"});
    }
    caf::anon_send(impl_->next_reader(here),
                   TellPolicies{std::move(query), impl_->clock().now().wall, std::move(*caller)});
  }
}

std::shared_ptr<const SharingPolicy> Engine::find_policy(PolicyId id) const {
  return impl_->resources().find(id);
}

std::optional<PolicyId> Engine::find_resource(const Resource& resource) const {
  return impl_->resources().find(resource);
}

void Engine::change_access(ReactorIndex here, Author author, AccessWish wish,
                           Reply<SharingRequest> reply) {
  if (auto* const asked = std::get_if<RequestAccess>(&wish)) {
    if (asked->id == SharingId{}) {
      asked->id = fresh_id<SharingId>(impl_->clock(), impl_->desk(here).random);
    }
  }
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   ChangeAccess{std::move(author), std::move(wish), std::move(*caller)});
  }
}

void Engine::access(ReactorIndex here, SharingQuery query, Reply<SharingPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellAccess{std::move(query), std::move(*caller)});
  }
}

}  // namespace sluice
