// SPDX-License-Identifier: Apache-2.0
// How the catalogue of tiers is changed, and what that makes of tenants.
#include <algorithm>
#include <utility>

#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/audit_drafts.hpp"
#include "actors/tenant/member_change.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

namespace {

Fault no_tier(const std::string& name) {
  return Fault{FaultCode::not_found, "tier: there is no tier \"" + name + "\""};
}

/// Whether its tier gave it nothing else than it had.
bool has_the_same(const TenantDefinition& before, const TenantDefinition& after) {
  return before.limits == after.limits;
}

}  // namespace

std::vector<ExceededLimit> StoreWriter::exceeded_under(const TenantDefinition& after,
                                                       const TenantRecord& record) const {
  auto plan = shared_.plans->plan_of(after);
  if (!plan.ok()) {
    return {};  // It was checked: this machine lacks the time zone, and whoever loads it says so.
  }
  const Now now = shared_.surroundings.clock->now();
  Tenant tenant{after.id,          std::move(plan).value(), record.counters,
                record.open_usage, record.entries,          now};
  tenant.seat({users_in(*shared_.meters->table()), after.membership.members});
  return exceeded(tenant.usage(now));
}

Result<Tier> StoreWriter::put_tier(Author author, Tier tier, std::optional<Version> expected) {
  for (Limit& limit : tier.limits) {
    limit.id = LimitId{};
    limit.origin = Origin::tier;
  }
  if (const auto valid = validate_tier(tier, *shared_.meters->table()); !valid.ok()) {
    return valid.fault();
  }
  const auto catalogue = shared_.tiers->catalogue();
  const Tier* const before = find_tier(*catalogue, tier.name);
  const Version version = before == nullptr ? Version{} : before->version;
  if (expected && *expected != version) {
    return Fault{FaultCode::conflict, "version: expected " + std::to_string(expected->raw()) +
                                          ", but the tier is at " + std::to_string(version.raw())};
  }
  tier.version = Version{version.raw() + 1};
  const auto published = publish_tiers(
      store_->put_tier(deed_of(audit_of_tier(before, &tier), std::move(author)), tier));
  return published.ok() ? Result<Tier>{std::move(tier)} : published.fault();
}

Result<Tier> StoreWriter::remove_tier(Author author, const std::string& name) {
  const auto catalogue = shared_.tiers->catalogue();
  const Tier* const tier = find_tier(*catalogue, name);
  if (tier == nullptr) {
    return no_tier(name);
  }
  TenantQuery of_it;
  of_it.tier = name;
  of_it.page_size = 1;
  const auto tenants = store_->list(of_it);
  if (!tenants.ok()) {
    return tenants.fault();
  }
  if (!tenants.value().tenants.empty()) {
    return Fault{FaultCode::conflict,
                 "tier: there are tenants of it, such as " + tenants.value().tenants.front().slug};
  }
  const auto published = publish_tiers(
      store_->remove_tier(deed_of(audit_of_tier(tier, nullptr), std::move(author)), name));
  return published.ok() ? Result<Tier>{*tier} : published.fault();
}

// Read back rather than edited, so that a change whose commit was in doubt is not lost.
Result<Done> StoreWriter::publish_tiers(const Result<Done>& written) {
  if (!written.ok() && written.fault().code != FaultCode::outcome_unknown) {
    return written;
  }
  auto tiers = store_->tiers();
  if (!tiers.ok()) {
    return written.ok() ? Fault{FaultCode::outcome_unknown, tiers.fault().context}
                        : written.fault();
  }
  shared_.tiers->publish(std::move(tiers).value());
  return written;
}

Result<TierApplied> StoreWriter::apply_tier(const ApplyTierTo& wish) {
  clear_doubts();
  if (find_tier(*shared_.tiers->catalogue(), wish.query.tier) == nullptr) {
    return no_tier(wish.query.tier);
  }
  TenantQuery of_it;
  of_it.tier = wish.query.tier;
  of_it.after = wish.query.after;
  of_it.page_size = wish.query.page_size;
  const auto page = store_->list(of_it);
  if (!page.ok()) {
    return page.fault();
  }
  TierApplied applied;
  applied.more = page.value().more;
  for (const TenantDefinition& tenant : page.value().tenants) {
    applied.last = tenant.id;
    const Amendment amendment{tenant.id, tenant.version, ApplyTier{}};
    const auto wanted =
        sluice::amend(tenant, amendment, *shared_.meters->table(),
                      shared_.surroundings.clock->now().wall, *shared_.tiers->catalogue());
    if (!wanted.ok()) {
      applied.refused.push_back(tenant.id);
      continue;
    }
    if (has_the_same(tenant, wanted.value())) {
      ++applied.unchanged;
      continue;
    }
    auto change = amend(wish.author, amendment);
    const auto fault = change.ok() ? std::nullopt : std::optional{change.fault()};
    conclude("apply_tier", tenant.id, std::move(change), wish.host_of(tenant.id), std::nullopt);
    if (fault) {
      return *fault;  // Those before have it; asked again, they are passed over.
    }
    ++applied.changed;
  }
  return applied;
}

}  // namespace sluice
