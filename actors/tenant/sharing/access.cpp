// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/access.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/audit_sharing.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {

namespace {

constexpr std::size_t sharing_text_characters_max = 500;

Fault wrong_access(std::string context) {
  return Fault{FaultCode::invalid_argument, std::move(context)};
}

Result<Done> check_words(std::string_view field, const std::string& text) {
  const Objection objection =
      text.empty() ? std::nullopt : object_to_prose(text, sharing_text_characters_max);
  return objection ? Result<Done>{wrong_access(std::string{field}
                                                   .append(": ")
                                                   .append(*objection)
                                                   .append(" (up to 500 characters)"))}
                   : Done{};
}

Result<Done> must_be(const SharingRequest& request, SharingState state) {
  if (request.state == state) {
    return Done{};
  }
  return Fault{FaultCode::conflict, std::string{"state: the request is "}
                                        .append(to_string(request.state))
                                        .append(", not ")
                                        .append(to_string(state))};
}

/// What is given, if `from` covers it.
Result<SharePermissions> part_of(SharePermissions from, SharePermissions wished,
                                 std::string_view whose) {
  if (wished.none()) {
    return from;
  }
  if (!from.cover(wished)) {
    return wrong_access(
        std::string{"permissions: "}.append(whose).append(" is ").append(to_string(from)));
  }
  return wished;
}

void grow(TenantDefinition& definition, WallTime now) {
  definition.version = Version{definition.version.raw() + 1};
  definition.updated_at = now;
}

Result<TenantDefinition> with_grant(TenantDefinition consumer, const SharingRequest& request,
                                    WallTime now) {
  std::vector<SharingGrant>& shares = consumer.shares;
  if (shares.size() >= sharing_grants_per_tenant_max) {
    return Fault{FaultCode::limit_exceeded,
                 "sharing_grants_per_tenant_max: the consumer holds 1000 grants already"};
  }
  SharingGrant grant{request.id, request.policy,    request.owner, request.permissions,
                     now,        request.expires_at};
  shares.insert(std::ranges::upper_bound(shares, grant.id, {}, &SharingGrant::id),
                std::move(grant));
  grow(consumer, now);
  return consumer;
}

/// The step of a request from the state it was in.
AccessStep step_to(SharingRequest after, std::optional<SharingState> from,
                   const SharingRequest* before, TenantId actor) {
  AccessStep step;
  step.audit = audit_of_access(before, after, actor);
  step.change.requests.push_back({after, from});
  step.after = std::move(after);
  return step;
}

/// Takes the grant away, if the consumer has it.
void take_grant(AccessStep& step, const TenantDefinition& consumer, WallTime now) {
  TenantDefinition without = consumer;
  if (std::erase_if(without.shares,
                    [&](const SharingGrant& grant) { return grant.id == step.after.id; }) > 0) {
    grow(without, now);
    step.change.consumers.push_back(std::move(without));
  }
}

/// The consumer has the grant from now on, if so many may.
Result<AccessStep> approved(const SharingRequest* before, SharingRequest after,
                            const SharingPolicy& policy, const TenantDefinition& consumer,
                            TenantId actor, WallTime now) {
  after.state = SharingState::approved;
  after.decided_at = now;
  auto granted = with_grant(consumer, after, now);
  if (!granted.ok()) {
    return granted.fault();
  }
  AccessStep step =
      step_to(std::move(after), before == nullptr ? std::nullopt : std::optional{before->state},
              before, actor);
  step.change.consumers.push_back(std::move(granted).value());
  step.change.grants_max = policy.max_consumers;
  return step;
}

/// When access ended that nobody took away: whenever the rows follow.
WallTime end_of(const SharingRequest& request, const SharingPolicy* policy, WallTime now) {
  WallTime end = std::min(now, request.expires_at.value_or(now));
  if (policy != nullptr) {
    end = std::min(end, policy->expires_at.value_or(now));
  }
  return std::max(end, request.decided_at.value_or(end));
}

AccessStep ended(const SharingRequest& request, const TenantDefinition& consumer,
                 SharingState state, std::string_view reason, TenantId actor, WallTime at,
                 WallTime now) {
  SharingRequest after = request;
  after.state = state;
  after.ended_at = at;
  if (!reason.empty()) {
    after.reason = std::string{reason};
  }
  AccessStep step = step_to(std::move(after), request.state, &request, actor);
  take_grant(step, consumer, now);
  return step;
}

AccessStep closed(const SharingRequest& request, SharingState state, std::string_view reason,
                  TenantId actor, WallTime now) {
  SharingRequest after = request;
  after.state = state;
  after.reason = std::string{reason};
  after.decided_at = now;
  return step_to(std::move(after), request.state, &request, actor);
}

/// One step of a request that is there, wished by one of its two parties.
struct Decider {
  const SharingRequest& request;
  const SharingPolicy* policy;
  const TenantDefinition& consumer;
  const TierCatalogue& tiers;
  WallTime now;

  Result<AccessStep> operator()(const RequestAccess& wish) const { return no_request(wish.id); }

  Result<AccessStep> operator()(const ApproveAccess& wish) const {
    if (auto state = must_be(request, SharingState::pending); !state.ok()) {
      return state.fault();
    }
    if (policy == nullptr) {
      return Fault{FaultCode::conflict, "policy: it is gone"};
    }
    if (auto allowed = may_request(*policy, consumer, tiers, now); !allowed.ok()) {
      // To the owner, who knows his policy, it is no secret why.
      return allowed.fault().code == FaultCode::not_found
                 ? Fault{FaultCode::conflict, "consumer: the policy is not there for this tenant"}
                 : allowed.fault();
    }
    if (wish.expires_at && *wish.expires_at <= now) {
      return wrong_access("expires_at: has passed");
    }
    if (auto words = check_words("reason", wish.reason); !words.ok()) {
      return words.fault();
    }
    auto asked = part_of(request.permissions, wish.permissions, "what was asked for");
    if (!asked.ok()) {
      return asked.fault();
    }
    auto given = part_of(policy->permissions, asked.value(), "what the policy gives");
    if (!given.ok()) {
      return given.fault();
    }
    SharingRequest after = request;
    after.permissions = given.value();
    after.expires_at = wish.expires_at;
    after.reason = wish.reason;
    return approved(&request, std::move(after), *policy, consumer, wish.owner, now);
  }

  Result<AccessStep> operator()(const RejectAccess& wish) const {
    if (auto state = must_be(request, SharingState::pending); !state.ok()) {
      return state.fault();
    }
    auto words = check_words("reason", wish.reason);
    return words.ok() ? Result<AccessStep>{closed(request, SharingState::rejected, wish.reason,
                                                  wish.owner, now)}
                      : words.fault();
  }

  Result<AccessStep> operator()(const WithdrawAccess& wish) const {
    auto state = must_be(request, SharingState::pending);
    return state.ok() ? Result<AccessStep>{closed(request, SharingState::withdrawn, "",
                                                  wish.consumer, now)}
                      : state.fault();
  }

  Result<AccessStep> operator()(const RevokeAccess& wish) const {
    if (auto state = must_be(request, SharingState::approved); !state.ok()) {
      return state.fault();
    }
    auto words = check_words("reason", wish.reason);
    return words.ok() ? Result<AccessStep>{ended(request, consumer, SharingState::revoked,
                                                 wish.reason, wish.owner, now, now)}
                      : words.fault();
  }
};

/// What is asked of the moment, and of those who meet, but not when the owner approves.
Result<Done> may_ask_now(const AccessParties& parties, const RequestAccess& wish,
                         const TierCatalogue& tiers, WallTime now) {
  const SharingPolicy& policy = *parties.policy;
  if (!parties.owner.may_spend(now)) {
    return Fault{FaultCode::conflict, "owner: the tenant is not active"};
  }
  if (wish.occasion != AccessOccasion::request &&
      (parties.was_revoked || policy.visibility != Visibility::everyone)) {
    return Fault{FaultCode::conflict, "policy: to use it takes a request that the owner approves"};
  }
  if (wish.occasion != AccessOccasion::request) {
    return Done{};  // Whoever asks has looked at the use that it is.
  }
  return meets_conditions_of_use(policy, {.at = now, .peer = wish.peer ? &*wish.peer : nullptr},
                                 tiers);
}

struct ActorOf {
  AccessActor operator()(const RequestAccess& wish) const {
    return {wish.consumer, SharingSide::consumer};
  }
  AccessActor operator()(const ApproveAccess& wish) const {
    return {wish.owner, SharingSide::owner};
  }
  AccessActor operator()(const RejectAccess& wish) const {
    return {wish.owner, SharingSide::owner};
  }
  AccessActor operator()(const WithdrawAccess& wish) const {
    return {wish.consumer, SharingSide::consumer};
  }
  AccessActor operator()(const RevokeAccess& wish) const {
    return {wish.owner, SharingSide::owner};
  }
};

}  // namespace

AccessActor actor_of(const AccessWish& wish) {
  return std::visit(ActorOf{}, wish);
}

Result<AccessStep> request_access(const AccessParties& parties, const RequestAccess& wish,
                                  const TierCatalogue& tiers, WallTime now) {
  const SharingPolicy* const policy = parties.policy;
  const TenantDefinition& consumer = parties.consumer;
  SLUICE_INVARIANT(consumer.id == wish.consumer);
  if (policy == nullptr || policy->id != wish.policy) {
    return no_policy(wish.policy);
  }
  if (auto allowed = may_request(*policy, consumer, tiers, now); !allowed.ok()) {
    return allowed.fault();
  }
  if (auto may = may_ask_now(parties, wish, tiers, now); !may.ok()) {
    return may.fault();
  }
  if (auto words = check_words("message", wish.message); !words.ok()) {
    return words.fault();
  }
  auto asked = part_of(policy->permissions, wish.permissions, "what the policy gives");
  if (!asked.ok()) {
    return asked.fault();
  }
  SharingRequest request;
  request.id = wish.id;
  request.policy = policy->id;
  request.owner = policy->owner;
  request.consumer = consumer.id;
  request.permissions = asked.value();
  request.message = wish.message;
  request.created_at = now;
  return approves_at_once(*policy) && !parties.was_revoked
             ? approved(nullptr, std::move(request), *policy, consumer, consumer.id, now)
             : step_to(std::move(request), std::nullopt, nullptr, consumer.id);
}

Result<AccessStep> decide_access(const SharingRequest& request, const SharingPolicy* policy,
                                 const TenantDefinition& consumer, const AccessWish& wish,
                                 const TierCatalogue& tiers, WallTime now) {
  const AccessActor actor = actor_of(wish);
  const TenantId party = actor.side == SharingSide::owner ? request.owner : request.consumer;
  if (actor.tenant != party) {
    return no_request(request.id);
  }
  SLUICE_INVARIANT(consumer.id == request.consumer);
  SLUICE_INVARIANT(policy == nullptr || policy->id == request.policy);
  return std::visit(Decider{request, policy, consumer, tiers, now}, wish);
}

Result<AccessStep> expire_access(const SharingRequest& request, const SharingPolicy* policy,
                                 const TenantDefinition& consumer, WallTime now) {
  if (auto state = must_be(request, SharingState::approved); !state.ok()) {
    return state.fault();
  }
  const bool own_end = request.expires_at && *request.expires_at <= now;
  if (!own_end && policy != nullptr && !has_expired(*policy, now)) {
    return Fault{FaultCode::conflict, "expires_at: it has not passed"};
  }
  return ended(request, consumer, SharingState::expired, "", TenantId{},
               end_of(request, policy, now), now);
}

AccessStep end_access(const SharingRequest& request, const TenantDefinition& consumer,
                      std::string_view reason, WallTime now) {
  return request.state == SharingState::approved
             ? ended(request, consumer, SharingState::revoked, reason, request.owner, now, now)
             : closed(request, SharingState::rejected, reason, request.owner, now);
}

void join(AccessStep& all, AccessStep one) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(all.change.requests, one.change.requests);
  append(all.change.consumers, one.change.consumers);
  append(all.audit, one.audit);
}

Fault no_request(SharingId id) {
  return Fault{FaultCode::not_found, "there is no request " + to_string(id)};
}

}  // namespace sluice
