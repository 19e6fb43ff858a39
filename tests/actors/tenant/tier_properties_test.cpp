// SPDX-License-Identifier: Apache-2.0
// Goal    Whatever is done to a tenant's tier in whatever order, it has what its tier has; its own
//         limits are as it left them; and no limit ever gets an id that another one had.
// Method  RapidCheck draws changes of tier, edits of the catalogue, and limits put by hand and
//         removed; after each of them the tenant is compared with the catalogue and with a map of
//         its own limits.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace sluice {
namespace {

const std::vector<std::string> limit_names{"a", "b", "c", "d"};
const std::vector<std::string> tier_names{"low", "middle", "high"};

rc::Gen<Limit> limits_named(const std::string& name) {
  return rc::gen::exec([name] {
    Limit limit = window(*rc::gen::inRange<std::uint64_t>(0, 100),
                         *rc::gen::element(Period::day, Period::month),
                         MeterId{*rc::gen::inRange<std::uint16_t>(1, 3)});
    limit.name = name;
    return limit;
  });
}

Tier tier_named(std::size_t place) {
  Tier tier{.name = tier_names[place], .rank = static_cast<std::uint16_t>(place)};
  for (const std::string& name : limit_names) {
    if (*rc::gen::arbitrary<bool>()) {
      tier.limits.push_back(*limits_named(name));
    }
  }
  return tier;
}

/// The same but for what only a tenant's limit has.
bool is_made_of(Limit limit, Limit pattern) {
  limit.id = pattern.id = LimitId{};
  limit.origin = pattern.origin = Origin::own;
  return limit == pattern;
}

/// What an id stands for as long as it is in use.
using Meanings = std::map<std::uint32_t, Limit>;

void check_ids(const TenantDefinition& tenant, Meanings& meanings) {
  LimitId before{};
  for (const Limit& limit : tenant.limits) {
    RC_ASSERT(before < limit.id && limit.id <= tenant.last_limit_id);
    before = limit.id;
    const auto [known, is_new] = meanings.emplace(limit.id.raw(), limit);
    RC_ASSERT(is_new ||
              (known->second.name == limit.name && counts_the_same(known->second, limit)));
  }
}

RC_GTEST_PROP(TierProperties, ATenantHasWhatItsTierHasAndItsOwn, ()) {
  TierCatalogue tiers{tier_named(0), tier_named(1), tier_named(2)};
  TenantDefinition draft = definition();
  draft.tier = "low";
  TenantDefinition tenant = found(draft, default_meters(), noon, tiers).value();
  std::map<std::string, Limit> own;
  Meanings meanings;
  for (int steps = *rc::gen::inRange(1, 25); steps > 0; --steps) {
    Change change = ApplyTier{};
    const std::string name = *rc::gen::elementOf(limit_names);
    bool follows = true;  // Whether the tenant has all of its tier afterwards.
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        change = ChangeTier{*rc::gen::elementOf(tier_names)};
        break;
      case 1:
        change = PutLimit{*limits_named(name)};
        own[name] = std::get<PutLimit>(change).limit;
        break;
      case 2:
        change = RemoveLimit{name};
        follows = false;
        break;
      default:
        tiers[*rc::gen::inRange<std::size_t>(0, 3)] = tier_named(0);
        tiers[0].name = "low";
        tiers[1].name = "middle";
        tiers[2].name = "high";
        break;
    }
    const LimitId last = tenant.last_limit_id;
    const auto result =
        amend(tenant, Amendment{tenant.id, {}, change}, default_meters(), noon, tiers);
    if (!follows) {
      own.erase(name);
    }
    if (!result.ok()) {
      RC_ASSERT(result.fault().code == FaultCode::not_found);
      continue;
    }
    tenant = result.value();
    RC_ASSERT(tenant.last_limit_id >= last);
    check_ids(tenant, meanings);
    for (const auto& [own_name, limit] : own) {
      const auto there = std::ranges::find(tenant.limits, own_name, &Limit::name);
      RC_ASSERT(there != tenant.limits.end() && there->origin == Origin::own);
      RC_ASSERT(is_made_of(*there, limit));
    }
    if (std::holds_alternative<ApplyTier>(change) || std::holds_alternative<ChangeTier>(change)) {
      std::size_t taken = 0;
      for (const Limit& pattern : find_tier(tiers, tenant.tier)->limits) {
        if (!own.contains(pattern.name)) {
          const auto there = std::ranges::find(tenant.limits, pattern.name, &Limit::name);
          RC_ASSERT(there != tenant.limits.end() && there->origin == Origin::tier);
          RC_ASSERT(is_made_of(*there, pattern));
          ++taken;
        }
      }
      RC_ASSERT(tenant.limits.size() == own.size() + taken);
    }
  }
}

}  // namespace
}  // namespace sluice
