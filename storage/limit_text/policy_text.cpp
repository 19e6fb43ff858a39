// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/policy_text.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/sharing_text.hpp"

namespace sluice {

namespace {

using PolicyJson = nlohmann::json;

/// What a name of a choice stands for; throws if it stands for nothing.
template <class Enum>
Enum choice(std::optional<Enum> (*parse)(std::string_view), const PolicyJson& name) {
  return parse(name.get<std::string>()).value();
}

PolicyJson tenants_json(const std::vector<TenantId>& tenants) {
  PolicyJson list = PolicyJson::array();
  for (const TenantId id : tenants) {
    list.push_back(to_string(id));
  }
  return list;
}

std::vector<TenantId> tenants_in(const PolicyJson& json, const char* name) {
  std::vector<TenantId> tenants;
  if (json.contains(name)) {
    for (const PolicyJson& id : json.at(name)) {
      tenants.push_back(parse_tenant_id(id.get<std::string>()).value());
    }
  }
  return tenants;
}

PolicyJson pricing_json(const Pricing& pricing) {
  PolicyJson json{{"kind", to_string(pricing.kind)},
                  {"currency", pricing.currency},
                  {"period", to_string(pricing.period)},
                  {"price", pricing.price_micros},
                  {"per", pricing.per.raw()}};
  if (pricing.meter) {
    json["meter"] = pricing.meter->raw();
  }
  for (const PriceBand& band : pricing.bands) {
    PolicyJson one{{"price", band.price_micros}};
    if (band.up_to) {
      one["up_to"] = band.up_to->raw();
    }
    json["bands"].push_back(std::move(one));
  }
  return json;
}

Pricing pricing_in(const PolicyJson& json) {
  Pricing pricing;
  pricing.kind = choice(parse_pricing_kind, json.at("kind"));
  pricing.currency = json.at("currency").get<std::string>();
  pricing.period = choice(parse_billing_period, json.at("period"));
  pricing.price_micros = json.at("price").get<std::uint64_t>();
  pricing.per = Amount{json.at("per").get<std::uint64_t>()};
  if (json.contains("meter")) {
    pricing.meter = MeterId{json.at("meter").get<std::uint16_t>()};
  }
  if (json.contains("bands")) {
    for (const PolicyJson& one : json.at("bands")) {
      PriceBand band;
      band.price_micros = one.at("price").get<std::uint64_t>();
      if (one.contains("up_to")) {
        band.up_to = Amount{one.at("up_to").get<std::uint64_t>()};
      }
      pricing.bands.push_back(band);
    }
  }
  return pricing;
}

PolicyJson body_json(const SharingPolicy& policy) {
  PolicyJson json{{"permissions", to_string(policy.permissions)},
                  {"requires_approval", policy.requires_approval},
                  {"pricing", pricing_json(policy.pricing)},
                  {"revenue",
                   {{"owner", policy.revenue.owner_basis_points},
                    {"minimum", policy.revenue.minimum_payout_micros},
                    {"schedule", to_string(policy.revenue.schedule)}}}};
  if (!policy.allow.empty()) {
    json["allow"] = tenants_json(policy.allow);
  }
  if (!policy.block.empty()) {
    json["block"] = tenants_json(policy.block);
  }
  for (const SharingCondition& condition : policy.conditions) {
    json["conditions"].push_back({{"kind", to_string(condition.kind)},
                                  {"operator", to_string(condition.op)},
                                  {"values", condition.values}});
  }
  return json;
}

void read_body(const PolicyJson& json, SharingPolicy& policy) {
  auto permissions = parse_share_permissions(json.at("permissions").get<std::string>());
  policy.permissions = permissions.ok() ? permissions.value() : SharePermissions{};
  policy.requires_approval = json.at("requires_approval").get<bool>();
  policy.pricing = pricing_in(json.at("pricing"));
  const PolicyJson& revenue = json.at("revenue");
  policy.revenue.owner_basis_points = revenue.at("owner").get<std::uint16_t>();
  policy.revenue.minimum_payout_micros = revenue.at("minimum").get<std::uint64_t>();
  policy.revenue.schedule = choice(parse_payout_schedule, revenue.at("schedule"));
  policy.allow = tenants_in(json, "allow");
  policy.block = tenants_in(json, "block");
  policy.conditions.clear();
  if (json.contains("conditions")) {
    for (const PolicyJson& one : json.at("conditions")) {
      policy.conditions.push_back({choice(parse_condition_kind, one.at("kind")),
                                   choice(parse_condition_operator, one.at("operator")),
                                   one.at("values").get<std::vector<std::string>>()});
    }
  }
}

}  // namespace

std::string policy_body(const SharingPolicy& policy) {
  return body_json(policy).dump();
}

bool read_policy_body(std::string_view text, SharingPolicy& policy) {
  try {
    const PolicyJson json = PolicyJson::parse(text);
    read_body(json, policy);
    // What is written again must be what was read, so that nothing is passed over.
    return body_json(policy) == json;
  } catch (const PolicyJson::exception&) {
    return false;
  } catch (const std::bad_optional_access&) {
    return false;
  }
}

}  // namespace sluice
