// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/tier.hpp"

#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/text.hpp"

#include <algorithm>
#include <tuple>

namespace sluice {
namespace {

constexpr std::size_t name_bytes_max = 32;
constexpr std::size_t sla_characters_max = 200;

Fault wrong(std::string context) {
  return Fault{FaultCode::invalid_argument, std::move(context)};
}

}  // namespace

bool is_tier_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && is_spelt_in(name, {.extra = "_-"});
}

const Tier* find_tier(const TierCatalogue& tiers, std::string_view name) {
  const auto found = std::ranges::find(tiers, name, &Tier::name);
  return found == tiers.end() ? nullptr : &*found;
}

bool comes_before(const Tier& a, const Tier& b) {
  return std::tie(a.rank, a.name) < std::tie(b.rank, b.name);
}

Result<Done> validate_tier(const Tier& tier, const MeterTable& meters) {
  if (!is_tier_name(tier.name)) {
    return wrong("tier.name: must match [a-z0-9_-]{1,32}");
  }
  if (tier.limits.size() > limits_per_tenant_max) {
    return Fault{FaultCode::limit_exceeded, "tier.limits: more than limits_per_tenant_max (64)"};
  }
  for (std::size_t i = 0; i < tier.limits.size(); ++i) {
    const Limit& limit = tier.limits[i];
    const std::string path = "tier.limits[" + std::to_string(i) + "]";
    if (auto checked = validate_limit(limit, path, meters); !checked.ok()) {
      return checked;
    }
    if (limit.instead) {
      return wrong(path + ".instead: a tier has no overrides");
    }
    const auto before = tier.limits.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::ranges::find(tier.limits.begin(), before, limit.name, &Limit::name) != before) {
      return wrong(path + ".name: \"" + limit.name + "\" is used twice");
    }
  }
  if (auto checked = validate_features(tier.features, "tier.features"); !checked.ok()) {
    return checked;
  }
  if (!tier.sla.empty() && object_to_prose(tier.sla, sla_characters_max)) {
    return wrong("tier.sla: must be UTF-8 without control characters, up to 200 characters");
  }
  return Done{};
}

}  // namespace sluice
