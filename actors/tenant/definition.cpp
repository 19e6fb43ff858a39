// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/definition.hpp"

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/sharing/compliance.hpp"
#include "actors/tenant/tenant_tier.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

Fault wrong(std::string context) {
  return Fault{FaultCode::invalid_argument, std::move(context)};
}

std::vector<Limit>::iterator find_by_name(std::vector<Limit>& limits, const std::string& name) {
  return std::find_if(limits.begin(), limits.end(),
                      [&](const Limit& limit) { return limit.name == name; });
}

Result<Done> check_expiry(const Limit& limit, WallTime now, const std::string& path) {
  if (limit.instead && limit.instead->expires_at <= now) {
    return wrong(path + "instead.expires_at: must lie ahead");
  }
  return Done{};
}

/// Carries out one change on a definition; the result is not yet checked as a whole.
struct Amender {
  TenantDefinition& definition;
  const MeterTable& meters;
  const TierCatalogue& tiers;
  WallTime now;

  Result<Done> operator()(const PutLimit& put) const {
    // Checked here too, so that a fault names the field as the caller knows it.
    if (auto checked = validate_limit(put.limit, "limit", meters); !checked.ok()) {
      return checked;
    }
    if (auto checked = check_expiry(put.limit, now, "limit."); !checked.ok()) {
      return checked;
    }
    auto& limits = definition.limits;
    const auto found = find_by_name(limits, put.limit.name);
    if (found != limits.end() && counts_the_same(*found, put.limit)) {
      const LimitId id = found->id;
      auto instead = put.limit.instead ? put.limit.instead : std::move(found->instead);
      *found = put.limit;
      found->id = id;
      found->instead = std::move(instead);
      found->origin = Origin::own;
      return Done{};
    }
    if (definition.last_limit_id.raw() == std::numeric_limits<std::uint32_t>::max()) {
      return Fault{FaultCode::limit_exceeded, "limit.id: this tenant has used up all limit ids"};
    }
    if (found != limits.end()) {
      limits.erase(found);
    }
    definition.last_limit_id = LimitId{definition.last_limit_id.raw() + 1};
    limits.push_back(put.limit);
    limits.back().id = definition.last_limit_id;
    limits.back().origin = Origin::own;
    return Done{};
  }

  Result<Done> operator()(const RemoveLimit& remove) const {
    const auto found = find_by_name(definition.limits, remove.name);
    if (found == definition.limits.end()) {
      return Fault{FaultCode::not_found, "name: there is no limit of this name"};
    }
    definition.limits.erase(found);
    return Done{};
  }

  Result<Done> operator()(const PutOverride& put) const {
    const auto found = find_by_name(definition.limits, put.name);
    if (found == definition.limits.end()) {
      return Fault{FaultCode::not_found, "name: there is no limit of this name"};
    }
    found->instead = put.instead;
    if (auto checked = check_expiry(*found, now, ""); !checked.ok()) {
      return checked;
    }
    const auto checked = validate_limit(*found, "limit", meters);
    if (checked.ok()) {
      return Done{};
    }
    // The field as the caller knows it; what is around the override was right before.
    constexpr std::string_view around = "limit.";
    return Fault{checked.fault().code, checked.fault().context.substr(around.size())};
  }

  Result<Done> operator()(const RemoveOverride& remove) const {
    const auto found = find_by_name(definition.limits, remove.name);
    if (found == definition.limits.end() || !found->instead) {
      return Fault{FaultCode::not_found, "name: there is no override of a limit of this name"};
    }
    found->instead.reset();
    return Done{};
  }

  Result<Done> operator()(const EditTenant& edit) const {
    definition.name = edit.name.value_or(definition.name);
    definition.slug = edit.slug.value_or(definition.slug);
    definition.timezone = edit.timezone.value_or(definition.timezone);
    definition.billing_anchor_day = edit.billing_anchor_day.value_or(definition.billing_anchor_day);
    definition.region = edit.region.value_or(definition.region);
    definition.currency = edit.currency.value_or(definition.currency);
    definition.compliance = in_order(edit.compliance.value_or(definition.compliance));
    definition.settings = edit.settings.value_or(definition.settings);
    Billing& billing = definition.billing;
    billing.company = edit.company.value_or(billing.company);
    billing.email = edit.email.value_or(billing.email);
    billing.address = edit.address.value_or(billing.address);
    billing.tax_id = edit.tax_id.value_or(billing.tax_id);
    if (edit.tier && *edit.tier != definition.tier) {
      definition.pending_tier.reset();
      return move_to(*edit.tier, find_tier(tiers, *edit.tier));
    }
    return Done{};
  }

  Result<Done> operator()(const LifeEvent& event) const {
    auto life = after(definition.life, event, now);
    if (!life.ok()) {
      return life.fault();
    }
    definition.life = std::move(life).value();
    return Done{};
  }

  Result<Done> operator()(const ChangeTier& wish) const {
    const Tier* const to = find_tier(tiers, wish.tier);
    if (to == nullptr) {
      return Fault{FaultCode::not_found, "tier: there is no tier \"" + wish.tier + "\""};
    }
    const Tier* const from = find_tier(tiers, definition.tier);
    const bool higher = rises(from, *to);
    if ((wish.move == TierMove::down && higher) ||
        (wish.move == TierMove::up && from != nullptr && to->rank < from->rank)) {
      return Fault{FaultCode::conflict, "tier: " + to->name + " ranks " +
                                            (higher ? "above " : "below ") + definition.tier};
    }
    if (!wish.at_period_end) {
      definition.pending_tier.reset();
      return move_to(to->name, to);
    }
    TenantDefinition then = definition;
    if (auto taken = take_tier(then, to->name, to); !taken.ok()) {
      return taken;
    }
    const auto calendar = Calendar::of(definition.timezone, definition.billing_anchor_day);
    if (!calendar.ok()) {
      return calendar.fault();
    }
    definition.pending_tier =
        PendingTier{to->name, calendar.value().window_at(Period::month, now).end};
    return validate(then, meters);
  }

  Result<Done> operator()(const ApplyTier& /*wish*/) const {
    const Tier* const tier = find_tier(tiers, definition.tier);
    if (tier == nullptr) {
      return Fault{FaultCode::not_found, "tier: there is no tier \"" + definition.tier + "\""};
    }
    return take_tier(definition, tier->name, tier);
  }

  Result<Done> operator()(const TakePendingTier& /*event*/) const {
    if (!definition.pending_tier || definition.pending_tier->at > now) {
      return Fault{FaultCode::conflict, "tier: no change of tier is due"};
    }
    const Tier* const to = find_tier(tiers, definition.pending_tier->tier);
    definition.pending_tier.reset();
    TenantDefinition then = definition;
    const Amender on_trial{then, meters, tiers, now};
    if (to != nullptr && on_trial.move_to(to->name, to).ok() && validate(then, meters).ok()) {
      definition = std::move(then);
    }
    return Done{};
  }

  Result<Done> operator()(const SetFeature& set) const {
    put_feature(definition.features, set.feature);
    return Done{};
  }

  Result<Done> operator()(const ClearFeature& clear) const {
    if (!erase_feature(definition.features, clear.name)) {
      return Fault{FaultCode::not_found, "name: the tenant has no value of its own for this"};
    }
    return Done{};
  }

  Result<Done> operator()(const MoveRows& move) const {
    if (auto allowed = check_placement(definition, move.to, tiers); !allowed.ok()) {
      return allowed;
    }
    if (move.to == definition.placement) {
      return Fault{FaultCode::conflict, "isolation: the tenant is " + to_string(move.to)};
    }
    definition.placement = move.to;
    return Done{};
  }

  static bool rises(const Tier* from, const Tier& to) {
    return from == nullptr || to.rank > from->rank;
  }

  /// `to` is null if it is a mere label.
  Result<Done> move_to(const std::string& name, const Tier* to) const {
    if (to != nullptr && rises(find_tier(tiers, definition.tier), *to)) {
      // Of what is not on trial, or no longer, it makes nothing.
      if (auto life = after(definition.life, Convert{}, now); life.ok()) {
        definition.life = std::move(life).value();
      }
    }
    return take_tier(definition, name, to);
  }
};

}  // namespace

Result<TenantDefinition> found(TenantDefinition draft, const MeterTable& meters, WallTime now,
                               const TierCatalogue& tiers) {
  draft.compliance = in_order(std::move(draft.compliance));
  if (auto checked = validate(draft, meters); !checked.ok()) {
    return checked.fault();
  }
  for (std::size_t i = 0; i < draft.limits.size(); ++i) {
    const std::string path = "limits[" + std::to_string(i) + "].";
    if (auto checked = check_expiry(draft.limits[i], now, path); !checked.ok()) {
      return checked.fault();
    }
  }
  if (draft.life.trial_days.raw() > trial_days_max) {
    return wrong("trial_days: must be 0 to " + std::to_string(trial_days_max));
  }
  if (auto allowed = check_placement(draft, draft.placement, tiers); !allowed.ok()) {
    return allowed.fault();
  }
  draft.life = begin_life(draft.life.trial_days, now);
  draft.membership = {};
  draft.shares.clear();
  draft.created_at = now;
  draft.updated_at = now;
  draft.version = Version{1};
  draft.last_limit_id = LimitId{};
  for (Limit& limit : draft.limits) {
    draft.last_limit_id = LimitId{draft.last_limit_id.raw() + 1};
    limit.id = draft.last_limit_id;
    limit.origin = Origin::own;
  }
  draft.pending_tier.reset();
  const std::string tier = draft.tier;
  if (auto taken = take_tier(draft, tier, find_tier(tiers, tier)); !taken.ok()) {
    return taken.fault();
  }
  // The tier brought limits and features along.
  if (auto checked = validate(draft, meters); !checked.ok()) {
    return checked.fault();
  }
  return draft;
}

Result<TenantDefinition> amend(TenantDefinition current, const Amendment& amendment,
                               const MeterTable& meters, WallTime now, const TierCatalogue& tiers) {
  SLUICE_INVARIANT(amendment.tenant == current.id);
  if (auto same = check_version(current, amendment.expected); !same.ok()) {
    return same.fault();
  }
  for (Limit& limit : current.limits) {
    if (limit.instead && limit.instead->expires_at <= now) {
      limit.instead.reset();  // It is over.
    }
  }
  if (auto done = std::visit(Amender{current, meters, tiers, now}, amendment.change); !done.ok()) {
    return done.fault();
  }
  if (auto checked = validate(current, meters); !checked.ok()) {
    return checked.fault();
  }
  current.version = Version{current.version.raw() + 1};
  current.updated_at = now;
  return current;
}

Result<Done> check_version(const TenantDefinition& current, std::optional<Version> expected) {
  if (expected && *expected != current.version) {
    return Fault{FaultCode::conflict, "version: expected " + std::to_string(expected->raw()) +
                                          ", but the tenant is at " +
                                          std::to_string(current.version.raw())};
  }
  return Done{};
}

std::optional<WallTime> next_due(const TenantDefinition& definition) {
  const auto life = due_at(definition.life);
  if (!definition.pending_tier || definition.life.status == TenantStatus::deactivated) {
    return life;
  }
  return std::min(life.value_or(wall_time_never), definition.pending_tier->at);
}

}  // namespace sluice
