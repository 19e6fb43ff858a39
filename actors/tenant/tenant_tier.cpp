// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/tenant_tier.hpp"

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/limit_rules.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace sluice {
namespace {

/// Keeps what holds instead of the limit for a while. A limit that throttles needs a soft limit: of
/// an override that has none it is the same share as of the limit.
void inherit_override(Limit& limit, std::optional<Override> instead) {
  limit.instead = std::move(instead);
  if (!limit.instead || limit.instead->soft_limit || limit.enforcement != Enforcement::throttle) {
    return;
  }
  const auto size = size_of(limit.instead->rule);
  const auto usual = size_of(limit.rule);
  if (size && usual && limit.soft_limit) {
    limit.instead->soft_limit = Amount{
        static_cast<std::uint64_t>(Parts{size->raw()} * limit.soft_limit->raw() / usual->raw())};
  }
}

}  // namespace

Result<Done> take_tier(TenantDefinition& definition, std::string name, const Tier* tier) {
  std::vector<Limit>& limits = definition.limits;
  const auto foreign = std::stable_partition(
      limits.begin(), limits.end(), [](const Limit& limit) { return limit.origin == Origin::own; });
  std::vector<Limit> before{std::move_iterator{foreign}, std::move_iterator{limits.end()}};
  limits.erase(foreign, limits.end());
  definition.tier = std::move(name);
  if (tier == nullptr) {
    return Done{};
  }
  for (Limit limit : tier->limits) {
    if (std::ranges::find(limits, limit.name, &Limit::name) != limits.end()) {
      continue;
    }
    limit.origin = Origin::tier;
    const auto same = std::ranges::find(before, limit.name, &Limit::name);
    if (same != before.end() && counts_the_same(*same, limit)) {
      limit.id = same->id;
      inherit_override(limit, std::move(same->instead));
    } else if (definition.last_limit_id.raw() == std::numeric_limits<std::uint32_t>::max()) {
      return Fault{FaultCode::limit_exceeded, "limit.id: this tenant has used up all limit ids"};
    } else {
      definition.last_limit_id = LimitId{definition.last_limit_id.raw() + 1};
      limit.id = definition.last_limit_id;
    }
    limits.push_back(std::move(limit));
  }
  std::ranges::sort(limits, {}, &Limit::id);
  return Done{};
}

bool takes_tier(const Change& change) {
  if (const auto* const edit = std::get_if<EditTenant>(&change)) {
    return edit->tier.has_value();
  }
  if (const auto* const wish = std::get_if<ChangeTier>(&change)) {
    return !wish->at_period_end;
  }
  return std::holds_alternative<ApplyTier>(change) ||
         std::holds_alternative<TakePendingTier>(change);
}

Features features_of(const TenantDefinition& definition, const TierCatalogue& tiers) {
  const Tier* const tier = find_tier(tiers, definition.tier);
  return overlaid(tier == nullptr ? Features{} : tier->features, definition.features);
}

TenantFeatures tell_features(const TenantDefinition& definition, const TierCatalogue& tiers) {
  TenantFeatures told{definition.tier, features_of(definition, tiers), {}};
  for (const Feature& feature : definition.features) {
    told.own.push_back(feature.name);
  }
  return told;
}

bool has_feature(const TenantDefinition& definition, const TierCatalogue& tiers,
                 std::string_view name) {
  const Feature* feature = find_feature(definition.features, name);
  const Tier* const tier = find_tier(tiers, definition.tier);
  if (feature == nullptr && tier != nullptr) {
    feature = find_feature(tier->features, name);
  }
  return feature != nullptr && is_on(feature->value);
}

Result<Done> require_feature(const TenantDefinition& definition, const TierCatalogue& tiers,
                             std::string_view name) {
  if (has_feature(definition, tiers, name)) {
    return Done{};
  }
  std::string having;
  for (const Tier& tier : tiers) {
    const Feature* const feature = find_feature(tier.features, name);
    if (feature != nullptr && is_on(feature->value)) {
      having += (having.empty() ? "" : ", ") + tier.name;
    }
  }
  return Fault{FaultCode::permission_denied,
               "feature: this tenant has not \"" + std::string{name} + "\"; " +
                   (having.empty() ? "no tier has it" : "tiers that have it: " + having)};
}

Result<Done> check_placement(const TenantDefinition& definition, const Placement& to,
                             const TierCatalogue& tiers) {
  if (auto checked = validate(to); !checked.ok()) {
    return checked;
  }
  return to.isolation == Isolation::shared ? Result<Done>{Done{}}
                                           : require_feature(definition, tiers, isolation_feature);
}

std::vector<ExceededLimit> exceeded(const std::vector<LimitUsage>& usage) {
  std::vector<ExceededLimit> over;
  for (const LimitUsage& each : usage) {
    const bool refills = std::holds_alternative<RateRule>(each.limit.rule) ||
                         std::holds_alternative<CreditRule>(each.limit.rule);
    const Amount used = each.reading.used + each.reading.held;
    if (!refills && !each.limit.shadow && each.reading.size && used > *each.reading.size) {
      over.push_back({each.limit.name, *each.reading.size, used});
    }
  }
  return over;
}

}  // namespace sluice
