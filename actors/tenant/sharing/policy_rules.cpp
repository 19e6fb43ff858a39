// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/policy_rules.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/conditions.hpp"
#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "actors/tenant/sharing/verdict.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {

namespace {

constexpr std::size_t resource_id_bytes_max = 200;
constexpr std::size_t policy_title_characters_max = 200;
constexpr std::uint8_t permission_bits_all = 0x3F;

/// Keeps the first thing that is wrong.
class PolicyFindings {
public:
  void require(bool holds, std::string_view field, std::string_view what) {
    if (!holds && !fault_) {
      fault_ = Fault{FaultCode::invalid_argument,
                     std::string{"policy."}.append(field).append(": ").append(what)};
    }
  }
  void add(const Result<Done>& checked) {
    if (!checked.ok() && !fault_) {
      fault_ = checked.fault();
    }
  }
  [[nodiscard]] Result<Done> result() const { return fault_ ? Result<Done>{*fault_} : Done{}; }

private:
  std::optional<Fault> fault_;
};

/// A fault that names a field of a part of a policy, as one of the policy.
Result<Done> within_policy(const Result<Done>& checked) {
  return checked.ok() ? checked : Fault{checked.fault().code, "policy." + checked.fault().context};
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void check_tenants(PolicyFindings& found, const SharingPolicy& policy, std::string_view field,
                   const std::vector<TenantId>& tenants) {
  found.require(tenants.size() <= policy_tenants_max, field, "has more than 1000 tenants");
  found.require(!std::ranges::binary_search(tenants, TenantId{}), field, "has the nil UUID");
  found.require(!std::ranges::binary_search(tenants, policy.owner), field, "has its owner");
}

void check_terms(PolicyFindings& found, const SharingPolicy& policy) {
  found.add(check_conditions(policy.conditions));
  found.add(within_policy(validate_pricing(policy.pricing)));
  found.add(within_policy(validate_revenue(policy.revenue)));
  found.require(!policy.max_consumers ||
                    (*policy.max_consumers >= 1 && *policy.max_consumers <= max_consumers_max),
                "max_consumers", "must be 1 to 100000");
}

/// At least as many bytes as a policy takes as JSON.
std::size_t stored_bytes_of(const SharingPolicy& policy) {
  constexpr std::size_t frame = 1024;
  constexpr std::size_t id_bytes = 39;
  constexpr std::size_t row_frame = 96;
  std::size_t bytes = frame + id_bytes * (policy.allow.size() + policy.block.size()) +
                      row_frame * policy.pricing.bands.size();
  for (const SharingCondition& condition : policy.conditions) {
    bytes += row_frame;
    for (const std::string& value : condition.values) {
      bytes += 2 * value.size() + 3;
    }
  }
  return bytes;
}

std::vector<TenantId> each_once(std::vector<TenantId> tenants) {
  std::ranges::sort(tenants);
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  return tenants;
}

}  // namespace

bool is_resource_id(std::string_view id) {
  static constexpr std::string_view others = "._:/@-";
  return !id.empty() && id.size() <= resource_id_bytes_max && is_letter_or_digit(id.front()) &&
         std::ranges::all_of(
             id, [](char c) { return is_letter_or_digit(c) || others.find(c) != others.npos; });
}

Result<Done> validate(const SharingPolicy& policy) {
  PolicyFindings found;
  found.require(policy.id != PolicyId{}, "id", "must not be the nil UUID");
  found.require(policy.owner != TenantId{}, "owner", "must not be the nil UUID");
  found.require(is_resource_id(policy.resource.id), "resource.id",
                "must match [A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}");
  const Objection objection = policy.title.empty()
                                  ? std::nullopt
                                  : object_to_prose(policy.title, policy_title_characters_max);
  found.require(!objection, "title",
                std::string{objection.value_or("")}.append(" (up to 200 characters)"));
  found.require(!policy.permissions.none(), "permissions", "must be at least one");
  found.require(policy.permissions.bits() <= permission_bits_all, "permissions",
                "has one that there is not");
  check_tenants(found, policy, "allow", policy.allow);
  check_tenants(found, policy, "block", policy.block);
  check_terms(found, policy);
  found.require(stored_bytes_of(policy) <= policy_bytes_max, "allow",
                "is too much together with the rest: it must fit into 65536 bytes");
  return found.result();
}

Result<SharingPolicy> put_policy(const SharingPolicy* stored, PolicyWish wish, PolicyId fresh,
                                 WallTime now) {
  SharingPolicy policy = std::move(wish.policy);
  const bool is_new = policy.id == PolicyId{};
  if (!is_new && (stored == nullptr || stored->id != policy.id || stored->owner != policy.owner)) {
    return no_policy(policy.id);
  }
  const Version current = is_new ? Version{} : stored->version;
  if (wish.expected && *wish.expected != current) {
    return Fault{FaultCode::conflict, "version: expected " + std::to_string(wish.expected->raw()) +
                                          ", but the policy is at " +
                                          std::to_string(current.raw())};
  }
  if (!is_new && stored->resource != policy.resource) {
    return Fault{FaultCode::invalid_argument,
                 "policy.resource: a policy stands for its resource, which cannot be another one"};
  }
  const bool same_currency = !is_new && stored->pricing.currency == policy.pricing.currency;
  if (!same_currency && !is_listed_currency(policy.pricing.currency)) {
    return Fault{FaultCode::invalid_argument,
                 "policy.pricing.currency: must be one of ISO 4217, as in USD"};
  }
  const bool same_end = !is_new && stored->expires_at == policy.expires_at;
  if (has_expired(policy, now) && !same_end) {
    return Fault{FaultCode::invalid_argument, "policy.expires_at: has passed"};
  }
  if (!is_new) {
    const auto change = within_policy(validate_pricing_change(stored->pricing, policy.pricing));
    if (!change.ok()) {
      return change.fault();
    }
  }
  if (wish.keeps_revenue) {
    policy.revenue = is_new ? RevenueShare{} : stored->revenue;
  }
  policy.id = is_new ? fresh : policy.id;
  policy.allow = each_once(std::move(policy.allow));
  policy.block = each_once(std::move(policy.block));
  policy.created_at = is_new ? now : stored->created_at;
  // Terms go by it, and the last ones hold: it never goes back, though the clock may.
  policy.updated_at = is_new ? now : std::max(now, stored->updated_at);
  policy.version = Version{current.raw() + 1};
  if (auto checked = validate(policy); !checked.ok()) {
    return checked.fault();
  }
  return policy;
}

bool blocks(const SharingPolicy& policy, TenantId tenant) {
  return std::ranges::binary_search(policy.block, tenant);
}

bool is_visible(const SharingPolicy& policy, TenantId tenant) {
  if (blocks(policy, tenant)) {
    return false;
  }
  switch (policy.visibility) {
    case Visibility::owner:
      return false;
    case Visibility::allowed:
      return std::ranges::binary_search(policy.allow, tenant);
    case Visibility::marketplace:
    case Visibility::everyone:
      return true;
  }
  invariant_broken("a visibility", __FILE__, __LINE__);
}

bool has_expired(const SharingPolicy& policy, WallTime now) {
  return policy.expires_at && *policy.expires_at <= now;
}

bool approves_at_once(const SharingPolicy& policy) {
  return !policy.requires_approval || policy.visibility == Visibility::everyone;
}

Result<Done> may_request(const SharingPolicy& policy, const TenantDefinition& consumer,
                         const TierCatalogue& tiers, WallTime now) {
  if (policy.owner == consumer.id) {
    return Fault{FaultCode::conflict, "consumer: the tenant owns what it asks for"};
  }
  if (!is_visible(policy, consumer.id)) {
    return no_policy(policy.id);
  }
  if (!Standing{consumer.life}.may_spend(now)) {
    return Fault{FaultCode::conflict, "consumer: the tenant is not active"};
  }
  if (has_expired(policy, now)) {
    return Fault{FaultCode::conflict, "policy: it has expired"};
  }
  const auto conditions = ReadyConditions::of(policy.conditions, tiers);
  if (!conditions.ok()) {
    return conditions.fault();
  }
  const ShareVerdict verdict = conditions.value().verdict_of_consumer(facts_of(consumer));
  if (verdict != ShareVerdict::admitted) {
    return Fault{FaultCode::conflict,
                 std::string{to_string(verdict)}.append(": the consumer does not meet it")};
  }
  return Done{};
}

Result<Done> meets_conditions_of_use(const SharingPolicy& policy, UseFacts use,
                                     const TierCatalogue& tiers) {
  const auto conditions = ReadyConditions::of(policy.conditions, tiers);
  if (!conditions.ok()) {
    return conditions.fault();
  }
  use.cost_micros = cost_of(policy.pricing, use.units);
  const ShareVerdict verdict = conditions.value().verdict_of_use(use);
  if (verdict != ShareVerdict::admitted) {
    return Fault{FaultCode::conflict,
                 std::string{to_string(verdict)}.append(": it does not hold here and now")};
  }
  return Done{};
}

SharingPolicy shown_to_others(SharingPolicy policy) {
  policy.allow.clear();
  policy.block.clear();
  policy.revenue = {};
  return policy;
}

Fault no_policy(PolicyId id) {
  return Fault{FaultCode::not_found, "there is no policy " + to_string(id)};
}

}  // namespace sluice
