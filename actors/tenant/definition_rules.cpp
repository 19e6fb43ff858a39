// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/calendar.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/settings.hpp"
#include "actors/tenant/sharing/compliance.hpp"
#include "actors/tenant/text.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t name_characters_max = 200;
constexpr std::size_t slug_bytes_min = 3;
constexpr std::size_t slug_bytes_max = 63;
constexpr std::size_t region_bytes_max = 32;

Fault wrong_field(std::string context) {
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
      return wrong_field("billing." + std::string{field.name} + ": " + std::string{*objection} +
                         " (up to " + std::to_string(field.characters_max) + " characters)");
    }
  }
  if (!billing.email.empty() && !is_email(billing.email)) {
    return wrong_field("billing.email: is not an address such as name@example.com");
  }
  return Done{};
}

Result<Done> validate_tenant_fields(const TenantDefinition& definition) {
  if (definition.id == TenantId{}) {
    return wrong_field("id: must not be the nil UUID");
  }
  if (const Objection objection = object_to_prose(definition.name, name_characters_max)) {
    return wrong_field("name: " + std::string{*objection} + " (1 to 200 characters)");
  }
  const std::string& slug = definition.slug;
  if (slug.size() < slug_bytes_min || slug.size() > slug_bytes_max ||
      !is_spelt_in(slug, {.extra = "-"})) {
    return wrong_field("slug: must match [a-z0-9-]{3,63}");
  }
  if (!is_tier_name(definition.tier)) {
    return wrong_field("tier: must match [a-z0-9_-]{1,32}");
  }
  const auto calendar = Calendar::of(definition.timezone, definition.billing_anchor_day);
  if (!calendar.ok()) {
    return calendar.fault();
  }
  const std::string& region = definition.region;
  if (region.size() > region_bytes_max || !is_spelt_in(region, {.extra = "-"})) {
    return wrong_field("region: must match [a-z0-9-]{1,32}, or be empty");
  }
  if (!is_currency(definition.currency)) {
    return wrong_field("currency: must match [A-Z]{3}");
  }
  if (auto checked = validate_compliance(definition.compliance); !checked.ok()) {
    return checked;
  }
  if (const Objection objection = object_to_settings(definition.settings)) {
    return wrong_field("settings: " + std::string{*objection});
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
      return wrong_field(path + ".name: \"" + limits[i].name + "\" is used twice");
    }
  }
  const auto is_per_label = [](const Limit& limit) { return !limit.per.empty(); };
  if (std::ranges::count_if(limits, is_per_label) >
      static_cast<std::ptrdiff_t>(limits_per_label_max)) {
    return Fault{FaultCode::limit_exceeded, "limits: more than limits_per_label_max (8) per label"};
  }
  if (history_of(limits).size() > history_labels_max) {
    return Fault{FaultCode::limit_exceeded, "limits: history by more than 4 labels"};
  }
  return Done{};
}

}  // namespace

Result<Done> validate(const TenantDefinition& definition, const MeterTable& meters) {
  if (auto checked = validate_tenant_fields(definition); !checked.ok()) {
    return checked;
  }
  if (auto checked = validate_features(definition.features, "features"); !checked.ok()) {
    return checked;
  }
  return validate_limits(definition.limits, meters);
}

}  // namespace sluice
