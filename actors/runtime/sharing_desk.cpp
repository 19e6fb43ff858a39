// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/sharing_desk.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "actors/tenant/sharing/audit_sharing.hpp"
#include "actors/tenant/sharing/conditions.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"

namespace sluice {

namespace {

constexpr std::string_view policy_gone = "the policy was removed";
constexpr std::string_view consumer_gone = "the consumer was purged";

SharingId id_in(const AccessWish& wish) {
  return std::visit([](const auto& what) { return what.id; }, wish);
}

bool is_unknown(const Fault& fault) {
  return fault.code == FaultCode::outcome_unknown;
}

}  // namespace

// --------------------------------------------------------------------------------------- policies

Result<SharingPolicy> SharingDesk::put_policy(const Author& author, const PolicyWish& wish,
                                              PolicyId fresh) {
  std::optional<SharingPolicy> stored;
  if (wish.policy.id != PolicyId{}) {
    auto found = owned_policy(author, wish.policy.owner, wish.policy.id, "policy.put");
    if (!found.ok()) {
      return found.fault();
    }
    stored = std::move(found).value();
  }
  const SharingPolicy* const before = stored ? &*stored : nullptr;
  auto put = sluice::put_policy(before, wish, fresh, surroundings_.wall());
  if (!put.ok()) {
    return put.fault();
  }
  const SharingPolicy& policy = put.value();
  if (auto checked = check(policy); !checked.ok()) {
    return checked.fault();
  }
  const auto owner = read(policy.owner);
  auto terms = read_terms(policy.id);
  if (!owner.ok() || !terms.ok()) {
    return owner.ok() ? terms.fault() : owner.fault();
  }
  const auto written = store_.change_sharing(
      deed_of({audit_of_policy(before, &policy)}, author, policy.owner), {.put = policy});
  if (!written.ok()) {
    if (is_unknown(written.fault())) {
      doubtful_.insert(policy.id);
    }
    return written.fault();
  }
  surroundings_.owns(owner.value());
  surroundings_.publish(policy, terms_after(std::move(terms).value(), policy));
  return put;
}

// What the rest of the server knows.
Result<Done> SharingDesk::check(const SharingPolicy& policy) const {
  if (policy.pricing.meter && policy.pricing.meter->raw() > surroundings_.meters().raw()) {
    return Fault{FaultCode::invalid_argument, "policy.pricing.meter: there is no such meter"};
  }
  return check_tiers(policy.conditions, *surroundings_.catalogue());
}

Result<std::optional<SharingPolicy>> SharingDesk::owned_policy(const Author& author, TenantId owner,
                                                               PolicyId id,
                                                               std::string_view tried) {
  auto found = store_.policy(id);
  if (found.ok() && found.value() && found.value()->owner != owner) {
    surroundings_.deny(author, found.value()->owner, tried);
    return std::optional<SharingPolicy>{};
  }
  return found;
}

Result<SharingDesk::Removal> SharingDesk::remove_policy(const Author& author, TenantId owner,
                                                        PolicyId id) {
  auto found = owned_policy(author, owner, id, "policy.remove");
  if (!found.ok()) {
    return found.fault();
  }
  if (!found.value()) {
    return no_policy(id);
  }
  const auto gone = remove_some(author, *found.value());
  return gone.ok() ? Result<Removal>{Removal{*std::move(found).value(), gone.value()}}
                   : gone.fault();
}

Result<bool> SharingDesk::remove_some(const Author& author, const SharingPolicy& policy) {
  const WallTime now = surroundings_.wall();
  const auto open = store_.sharing_requests({.tenant = policy.owner,
                                             .side = SharingSide::owner,
                                             .policy = policy.id,
                                             .open = true,
                                             .page_size = requests_at_once_max});
  if (!open.ok()) {
    return open.fault();
  }
  AccessStep step;
  for (const SharingRequest& request : open.value().requests) {
    const auto consumer = read(request.consumer);
    if (!consumer.ok()) {
      return consumer.fault();
    }
    join(step, end_access(request, consumer.value(), policy_gone, now));
  }
  const bool last = !open.value().more;
  if (last) {
    step.change.removed = policy.id;
    step.audit.push_back(audit_of_policy(&policy, nullptr));
  } else if (!has_expired(policy, now)) {
    SharingPolicy ending = policy;
    ending.expires_at = now;
    ending.updated_at = std::max(now, policy.updated_at);
    ending.version = Version{policy.version.raw() + 1};
    step.audit.push_back(audit_of_policy(&policy, &ending));
    step.change.put = std::move(ending);
  }
  const auto written = write(author, policy.owner, step);
  if (!written.ok()) {
    if (is_unknown(written.fault())) {
      doubtful_.insert(policy.id);
    }
    return written.fault();
  }
  if (last) {
    surroundings_.forget(policy.id);
  } else if (step.change.put) {
    surroundings_.publish(*step.change.put, {});  // It admits nothing, so it has no price.
  }
  return last;
}

Result<Done> SharingDesk::remove_policies(const Author& author, std::span<const PolicyId> ids) {
  for (const PolicyId id : ids) {
    bool gone = false;
    while (!gone) {
      const auto policy = store_.policy(id);
      if (!policy.ok()) {
        return policy.fault();
      }
      if (!policy.value()) {
        surroundings_.forget(id);
        break;
      }
      const auto some = remove_some(author, *policy.value());
      if (!some.ok()) {
        return some.fault();
      }
      gone = some.value();
    }
  }
  return Done{};
}

// ----------------------------------------------------------------------------------------- access

Result<AccessStep> SharingDesk::change_access(const Author& author, const AccessWish& wish) {
  auto step = step_of(author, wish);
  if (!step.ok()) {
    return step;
  }
  const auto* const asked = std::get_if<RequestAccess>(&wish);
  if (asked != nullptr && asked->occasion == AccessOccasion::peek) {
    return step;
  }
  const auto written = write(author, actor_of(wish).tenant, step.value());
  return written.ok() ? std::move(step) : Result<AccessStep>{written.fault()};
}

Result<AccessStep> SharingDesk::step_of(const Author& author, const AccessWish& wish) {
  if (const auto* const asked = std::get_if<RequestAccess>(&wish)) {
    return request(author, *asked);
  }
  const auto request = store_.sharing_request(id_in(wish));
  if (!request.ok()) {
    return request.fault();
  }
  if (!request.value()) {
    return no_request(id_in(wish));
  }
  const auto consumer = read(request.value()->consumer);
  const auto policy = store_.policy(request.value()->policy);
  if (!consumer.ok() || !policy.ok()) {
    return consumer.ok() ? policy.fault() : consumer.fault();
  }
  auto step =
      decide_access(*request.value(), policy.value() ? &*policy.value() : nullptr, consumer.value(),
                    wish, *surroundings_.catalogue(), surroundings_.wall());
  if (!step.ok() && step.fault().code == FaultCode::not_found) {
    surroundings_.deny(author, request.value()->owner, "access.decide");
  }
  return step;
}

Result<AccessStep> SharingDesk::request(const Author& author, const RequestAccess& wish) {
  const auto policy = store_.policy(wish.policy);
  if (!policy.ok()) {
    return policy.fault();
  }
  if (!policy.value()) {
    return no_policy(wish.policy);
  }
  auto step = request(*policy.value(), wish);
  if (!step.ok() && step.fault() == no_policy(wish.policy)) {
    surroundings_.deny(author, policy.value()->owner, "access.request");
  }
  return step;
}

Result<AccessStep> SharingDesk::request(const SharingPolicy& policy, const RequestAccess& wish) {
  const auto consumer = read(wish.consumer);
  const auto owner = read(policy.owner);
  if (!consumer.ok() || !owner.ok()) {
    return consumer.ok() ? owner.fault() : consumer.fault();
  }
  const auto was_revoked = store_.was_revoked(policy.id, wish.consumer);
  if (!was_revoked.ok()) {
    return was_revoked.fault();
  }
  return request_access({.policy = &policy,
                         .consumer = consumer.value(),
                         .owner = Standing{owner.value().life},
                         .was_revoked = was_revoked.value()},
                        wish, *surroundings_.catalogue(), surroundings_.wall());
}

// Its definition grows once for all that end together.
Result<Done> SharingDesk::end_access_of(const Author& author, TenantId consumer) {
  for (bool more = true; more;) {
    const auto before = read(consumer);
    const auto open = store_.sharing_requests({.tenant = consumer,
                                               .side = SharingSide::consumer,
                                               .open = true,
                                               .page_size = requests_at_once_max});
    if (!before.ok() || !open.ok()) {
      return before.ok() ? open.fault() : before.fault();
    }
    AccessStep all;
    TenantDefinition after = before.value();
    for (const SharingRequest& request : open.value().requests) {
      AccessStep step = end_access(request, after, consumer_gone, surroundings_.wall());
      if (!step.change.consumers.empty()) {
        after = std::move(step.change.consumers.front());
        step.change.consumers.clear();
      }
      join(all, std::move(step));
    }
    if (after.version != before.value().version) {
      after.version = Version{before.value().version.raw() + 1};
      all.change.consumers.push_back(std::move(after));
    }
    more = open.value().more;
    if (all.change.requests.empty()) {
      return Done{};
    }
    if (const auto written = write(author, consumer, all); !written.ok()) {
      return written;
    }
  }
  return Done{};
}

Result<Done> SharingDesk::write(const Author& author, TenantId actor, AccessStep& step) {
  const auto written =
      store_.change_sharing(deed_of(std::move(step.audit), author, actor), step.change);
  if (written.ok()) {
    for (const RequestStep& made : step.change.requests) {
      surroundings_.access_changed(made.request);
    }
  }
  for (const TenantDefinition& consumer : step.change.consumers) {
    if (written.ok()) {
      surroundings_.put_in_force(consumer);
    } else if (is_unknown(written.fault())) {
      surroundings_.doubt(consumer.id);
    }
  }
  return written;
}

// ---------------------------------------------------------------------------------------- helpers

void SharingDesk::clear_doubts() {
  while (!doubtful_.empty()) {
    const PolicyId id = *doubtful_.begin();
    const auto stored = store_.policy(id);
    auto terms = read_terms(id);
    if (!stored.ok() || !terms.ok()) {
      return;  // Still away; the next message tries again.
    }
    if (stored.value()) {
      surroundings_.publish(*stored.value(), std::move(terms).value());
    } else {
      surroundings_.forget(id);
    }
    doubtful_.erase(id);
  }
}

Result<TenantDefinition> SharingDesk::read(TenantId id) {
  auto found = store_.definitions(std::span{&id, 1});
  if (!found.ok()) {
    return found.fault();
  }
  if (found.value().empty()) {
    return Fault{FaultCode::not_found, "tenant " + to_string(id) + " does not exist"};
  }
  return std::move(found.value().front());
}

Result<std::vector<SharingTerms>> SharingDesk::read_terms(PolicyId id) {
  return store_.sharing_terms(std::span{&id, 1});
}

SharedDeed SharingDesk::deed_of(std::vector<AuditDraft> audit, const Author& author,
                                TenantId actor) const {
  const WallTime now = surroundings_.wall();
  for (AuditDraft& event : audit) {
    event.at = now;
    event.author = author_for(author, actor, event.tenant);
  }
  return {epoch_, std::move(audit)};
}

}  // namespace sluice
