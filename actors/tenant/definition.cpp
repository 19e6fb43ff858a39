// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/definition.hpp"

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/text.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t name_characters_max = 200;
constexpr std::size_t slug_bytes_min = 3;
constexpr std::size_t slug_bytes_max = 63;
constexpr std::size_t tier_bytes_max = 32;
constexpr std::size_t region_bytes_max = 32;

Fault wrong(std::string context) {
  return Fault{FaultCode::invalid_argument, std::move(context)};
}

bool is_currency(const std::string& text) {
  return text.size() == 3 &&
         std::ranges::all_of(text, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

Result<Done> validate_billing(const Billing& billing) {
  struct Field {
    const char* name;
    const std::string& text;
    std::size_t characters_max;
  };
  for (const Field& field :
       {Field{"company", billing.company, 200}, Field{"address", billing.address, 250},
        Field{"tax_id", billing.tax_id, 64}}) {
    const Objection objection =
        field.text.empty() ? std::nullopt : object_to_prose(field.text, field.characters_max);
    if (objection) {
      return wrong("billing." + std::string{field.name} + ": " + std::string{*objection} +
                   " (up to " + std::to_string(field.characters_max) + " characters)");
    }
  }
  if (!billing.email.empty() && !is_email(billing.email)) {
    return wrong("billing.email: is not an address such as name@example.com");
  }
  return Done{};
}

Result<Done> validate_tenant_fields(const TenantDefinition& definition) {
  if (definition.id == TenantId{}) {
    return wrong("id: must not be the nil UUID");
  }
  if (const Objection objection = object_to_prose(definition.name, name_characters_max)) {
    return wrong("name: " + std::string{*objection} + " (1 to 200 characters)");
  }
  const std::string& slug = definition.slug;
  if (slug.size() < slug_bytes_min || slug.size() > slug_bytes_max ||
      !is_spelt_in(slug, {.extra = "-"})) {
    return wrong("slug: must match [a-z0-9-]{3,63}");
  }
  const std::string& tier = definition.tier;
  if (tier.empty() || tier.size() > tier_bytes_max || !is_spelt_in(tier, {.extra = "_-"})) {
    return wrong("tier: must match [a-z0-9_-]{1,32}");
  }
  const auto calendar = Calendar::of(definition.timezone, definition.billing_anchor_day);
  if (!calendar.ok()) {
    return calendar.fault();
  }
  const std::string& region = definition.region;
  if (region.size() > region_bytes_max || !is_spelt_in(region, {.extra = "-"})) {
    return wrong("region: must match [a-z0-9-]{1,32}, or be empty");
  }
  if (!is_currency(definition.currency)) {
    return wrong("currency: must match [A-Z]{3}");
  }
  return validate_billing(definition.billing);
}

Result<Done> validate_limits(const std::vector<Limit>& limits, const MeterTable& meters) {
  if (limits.size() > limits_per_tenant_max) {
    return Fault{FaultCode::limit_exceeded, "limits: more than limits_per_tenant_max (64)"};
  }
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const std::string path = "limits[" + std::to_string(i) + "]";
    if (auto checked = validate_limit(limits[i], path, meters); !checked.ok()) {
      return checked;
    }
    const auto before = limits.begin() + static_cast<std::ptrdiff_t>(i);
    const auto same_name = [&](const Limit& other) { return other.name == limits[i].name; };
    if (std::any_of(limits.begin(), before, same_name)) {
      return wrong(path + ".name: \"" + limits[i].name + "\" is used twice");
    }
  }
  const auto is_per_label = [](const Limit& limit) { return !limit.per.empty(); };
  if (std::ranges::count_if(limits, is_per_label) >
      static_cast<std::ptrdiff_t>(limits_per_label_max)) {
    return Fault{FaultCode::limit_exceeded, "limits: more than limits_per_label_max (8) per label"};
  }
  return Done{};
}

std::vector<Limit>::iterator find_by_name(std::vector<Limit>& limits, const std::string& name) {
  return std::find_if(limits.begin(), limits.end(),
                      [&](const Limit& limit) { return limit.name == name; });
}

/// Whether what was counted for one limit says anything for the other.
bool counts_the_same(const Limit& a, const Limit& b) {
  return a.meter == b.meter && a.per == b.per && measure_the_same(a.rule, b.rule);
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
    definition.tier = edit.tier.value_or(definition.tier);
    definition.timezone = edit.timezone.value_or(definition.timezone);
    definition.billing_anchor_day = edit.billing_anchor_day.value_or(definition.billing_anchor_day);
    definition.region = edit.region.value_or(definition.region);
    definition.currency = edit.currency.value_or(definition.currency);
    Billing& billing = definition.billing;
    billing.company = edit.company.value_or(billing.company);
    billing.email = edit.email.value_or(billing.email);
    billing.address = edit.address.value_or(billing.address);
    billing.tax_id = edit.tax_id.value_or(billing.tax_id);
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
};

}  // namespace

Result<Done> validate(const TenantDefinition& definition, const MeterTable& meters) {
  if (auto checked = validate_tenant_fields(definition); !checked.ok()) {
    return checked;
  }
  return validate_limits(definition.limits, meters);
}

Result<TenantDefinition> found(TenantDefinition draft, const MeterTable& meters, WallTime now) {
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
  draft.life = begin_life(draft.life.trial_days, now);
  draft.membership = {};
  draft.created_at = now;
  draft.updated_at = now;
  draft.version = Version{1};
  draft.last_limit_id = LimitId{};
  for (Limit& limit : draft.limits) {
    draft.last_limit_id = LimitId{draft.last_limit_id.raw() + 1};
    limit.id = draft.last_limit_id;
  }
  return draft;
}

Result<TenantDefinition> amend(TenantDefinition current, const Amendment& amendment,
                               const MeterTable& meters, WallTime now) {
  SLUICE_INVARIANT(amendment.tenant == current.id);
  if (amendment.expected && *amendment.expected != current.version) {
    return Fault{FaultCode::conflict,
                 "version: expected " + std::to_string(amendment.expected->raw()) +
                     ", but the tenant is at " + std::to_string(current.version.raw())};
  }
  for (Limit& limit : current.limits) {
    if (limit.instead && limit.instead->expires_at <= now) {
      limit.instead.reset();  // It is over.
    }
  }
  if (auto done = std::visit(Amender{current, meters, now}, amendment.change); !done.ok()) {
    return done.fault();
  }
  if (auto checked = validate(current, meters); !checked.ok()) {
    return checked.fault();
  }
  current.version = Version{current.version.raw() + 1};
  current.updated_at = now;
  return current;
}

std::optional<WallTime> next_due(const TenantDefinition& definition) {
  return due_at(definition.life);
}

}  // namespace sluice
