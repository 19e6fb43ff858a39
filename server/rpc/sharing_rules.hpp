// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"

namespace sluice {

/// What both fronts ask of sharing before and behind the engine. From memory.

/// The wish with the tenant that is named, and may be written for, as its owner. A fault if it
/// names another one itself, whose audit hears that somebody tried.
[[nodiscard]] inline Result<PolicyWish> owned_by(Engine& engine, ReactorIndex here,
                                                 const Author& author, TenantId owner,
                                                 PolicyWish wish) {
  if (wish.policy.owner != TenantId{} && wish.policy.owner != owner) {
    engine.record_denial(here, author, wish.policy.owner, "policy.put", Refusal::foreign_tenant);
    return Fault{FaultCode::invalid_argument,
                 "policy.owner: is the tenant that is asked about, and cannot be another one"};
  }
  wish.policy.owner = owner;
  return wish;
}

/// Whether it would divide revenue otherwise than it is divided now, which no owner decides alone.
/// If not, it keeps what there is when it is written, which the platform may change meanwhile.
[[nodiscard]] inline bool changes_revenue(const Engine& engine, PolicyWish& wish) {
  const auto policy = engine.find_policy(wish.policy.id);
  const RevenueShare now = policy == nullptr ? RevenueShare{} : policy->revenue;
  wish.keeps_revenue = wish.keeps_revenue || wish.policy.revenue == now;
  return !wish.keeps_revenue;
}

/// The address of who asks, of its address and port.
[[nodiscard]] inline std::optional<PeerAddress> address_of(std::string_view peer) {
  std::string_view host = peer.substr(0, peer.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  return parse_peer_address(host);
}

/// The policy as the tenant may see it: all of its own, less of another's. One that is not for it
/// is not there, and its owner's audit hears that somebody asked. From memory.
[[nodiscard]] inline Result<SharingPolicy> policy_for(Engine& engine, ReactorIndex here,
                                                      const Author& author, TenantId tenant,
                                                      PolicyId id) {
  const auto policy = engine.find_policy(id);
  if (policy == nullptr) {
    return no_policy(id);
  }
  if (policy->owner == tenant) {
    return *policy;
  }
  if (is_visible(*policy, tenant)) {
    return shown_to_others(*policy);
  }
  engine.record_denial(here, author, policy->owner, "policy.show", Refusal::foreign_tenant);
  return no_policy(id);
}

}  // namespace sluice
