// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/sharing_json.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/time_text.hpp"

namespace sluice::text {
namespace {

using Document = nlohmann::ordered_json;

/// Thrown within this file.
struct WrongMember {
  std::string what;
};

[[noreturn]] void object_to(const std::string& path, std::string_view what) {
  throw WrongMember{path + ": " + std::string{what}};
}

/// An object of a policy, and where it stands; reads the members that are there.
class Members {
public:
  Members(const Document& json, std::string path, std::initializer_list<std::string_view> known)
      : json_(json), path_(std::move(path)) {
    if (!json.is_object()) {
      object_to(path_, "must be an object");
    }
    for (const auto& [name, value] : json.items()) {
      if (std::ranges::find(known, name) == known.end()) {
        object_to(at(name), "is not known");
      }
    }
  }
  [[nodiscard]] std::string at(std::string_view name) const {
    return path_ + "." + std::string{name};
  }
  /// Null is as if it were not there.
  [[nodiscard]] const Document* find(const char* name) const {
    const auto found = json_.find(name);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  [[nodiscard]] std::optional<std::string> text(const char* name) const {
    const Document* const value = find(name);
    if (value == nullptr) {
      return std::nullopt;
    }
    if (!value->is_string()) {
      object_to(at(name), "must be a text");
    }
    return value->get<std::string>();
  }
  [[nodiscard]] std::optional<std::uint64_t> number(const char* name, std::uint64_t most) const {
    const Document* const value = find(name);
    if (value == nullptr) {
      return std::nullopt;
    }
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > most) {
      object_to(at(name), "must be a whole number up to " + std::to_string(most));
    }
    return value->get<std::uint64_t>();
  }
  [[nodiscard]] std::optional<bool> flag(const char* name) const {
    const Document* const value = find(name);
    if (value != nullptr && !value->is_boolean()) {
      object_to(at(name), "must be true or false");
    }
    return value == nullptr ? std::nullopt : std::optional{value->get<bool>()};
  }
  /// A choice that is told by its name; of a text that is not there the default.
  template <class Enum>
  [[nodiscard]] Enum choice(const char* name, std::optional<Enum> (*parse)(std::string_view),
                            Enum otherwise) const {
    const auto word = text(name);
    const auto chosen = word ? parse(*word) : std::optional{otherwise};
    if (!chosen) {
      object_to(at(name), "is not one that there is");
    }
    return *chosen;
  }
  template <class Read>
  auto list(const char* name, Read read) const {
    const Document* const value = find(name);
    std::vector<decltype(read(json_, path_))> all;
    if (value == nullptr) {
      return all;
    }
    if (!value->is_array()) {
      object_to(at(name), "must be a list");
    }
    for (const Document& each : *value) {
      all.push_back(read(each, at(name) + '[' + std::to_string(all.size()) + ']'));
    }
    return all;
  }

private:
  const Document& json_;
  std::string path_;
};

constexpr auto amount_max = static_cast<std::uint64_t>(INT64_MAX);

std::string read_text_at(const Document& json, const std::string& path) {
  if (!json.is_string()) {
    object_to(path, "must be a text");
  }
  return json.get<std::string>();
}

TenantId read_tenant_at(const Document& json, const std::string& path) {
  const auto id = parse_tenant_id(read_text_at(json, path));
  if (!id) {
    object_to(path, "must be the UUID of a tenant");
  }
  return *id;
}

SharePermission read_permission_at(const Document& json, const std::string& path) {
  const auto permission = parse_share_permission(read_text_at(json, path));
  if (!permission) {
    object_to(path, "is not one that there is");
  }
  return *permission;
}

SharingCondition read_condition_at(const Document& json, const std::string& path) {
  const Members members{json, path, {"kind", "operator", "values"}};
  if (members.find("kind") == nullptr || members.find("operator") == nullptr) {
    object_to(path, "must have a kind and an operator");
  }
  return {members.choice("kind", parse_condition_kind, ConditionKind::tier_minimum),
          members.choice("operator", parse_condition_operator, ConditionOperator::eq),
          members.list("values", read_text_at)};
}

PriceBand read_band_at(const Document& json, const std::string& path) {
  const Members members{json, path, {"upTo", "priceMicros"}};
  PriceBand band;
  if (const auto up_to = members.number("upTo", amount_max)) {
    band.up_to = Amount{*up_to};
  }
  band.price_micros = members.number("priceMicros", amount_max).value_or(0);
  return band;
}

Pricing read_pricing(const Document& json, const MeterTable& meters) {
  const Members members{json,
                        "policy.pricing",
                        {"kind", "currency", "period", "meter", "priceMicros", "per", "bands"}};
  Pricing pricing;
  pricing.kind = members.choice("kind", parse_pricing_kind, PricingKind::free);
  pricing.currency = members.text("currency").value_or(pricing.currency);
  pricing.period = members.choice("period", parse_billing_period, BillingPeriod::month);
  if (const auto name = members.text("meter")) {
    const auto meter = std::ranges::find(meters, *name, &Meter::name);
    if (meter == meters.end()) {
      object_to(members.at("meter"), "there is no such meter");
    }
    pricing.meter = meter->id;
  }
  pricing.price_micros = members.number("priceMicros", amount_max).value_or(0);
  pricing.per = Amount{members.number("per", amount_max).value_or(1)};
  pricing.bands = members.list("bands", read_band_at);
  return pricing;
}

RevenueShare read_revenue(const Document& json) {
  const Members members{
      json, "policy.revenue", {"ownerBasisPoints", "minimumPayoutMicros", "schedule"}};
  RevenueShare revenue;
  revenue.owner_basis_points = static_cast<std::uint16_t>(
      members.number("ownerBasisPoints", UINT16_MAX).value_or(revenue.owner_basis_points));
  revenue.minimum_payout_micros = members.number("minimumPayoutMicros", amount_max).value_or(0);
  revenue.schedule = members.choice("schedule", parse_payout_schedule, PayoutSchedule::monthly);
  return revenue;
}

/// What says to whom it is there, and how far.
void read_bounds(const Members& members, SharingPolicy& policy) {
  policy.visibility = members.choice("visibility", parse_visibility, Visibility::owner);
  for (const SharePermission one : members.list("permissions", read_permission_at)) {
    policy.permissions.add(one);
  }
  policy.allow = members.list("allow", read_tenant_at);
  policy.block = members.list("block", read_tenant_at);
  policy.conditions = members.list("conditions", read_condition_at);
  policy.requires_approval = members.flag("requiresApproval").value_or(true);
  if (const auto most = members.number("maxConsumers", UINT32_MAX)) {
    policy.max_consumers = static_cast<std::uint32_t>(*most);
  }
  if (const auto end = members.text("expiresAt")) {
    const auto instant = parse_instant(*end);
    if (!instant.ok()) {
      object_to(members.at("expiresAt"), instant.fault().context);
    }
    policy.expires_at = instant.value();
  }
}

PolicyWish read_policy_wish(const Document& json, const MeterTable& meters) {
  const Members members{
      json,
      "policy",
      {"id", "owner", "resourceType", "resourceId", "title", "visibility", "permissions", "allow",
       "block", "conditions", "pricing", "revenue", "requiresApproval", "maxConsumers", "expiresAt",
       "createdAt", "updatedAt", "version"}};
  PolicyWish wish;
  SharingPolicy& policy = wish.policy;
  if (const auto id = members.text("id")) {
    const auto parsed = parse_policy_id(*id);
    if (!parsed) {
      object_to(members.at("id"), "must be the UUID of a policy");
    }
    policy.id = *parsed;
  }
  if (const Document* const owner = members.find("owner")) {
    policy.owner = read_tenant_at(*owner, members.at("owner"));
  }
  policy.resource.type = members.choice("resourceType", parse_resource_type, ResourceType::service);
  policy.resource.id = members.text("resourceId").value_or("");
  policy.title = members.text("title").value_or("");
  read_bounds(members, policy);
  if (const Document* const pricing = members.find("pricing")) {
    policy.pricing = read_pricing(*pricing, meters);
  }
  if (const Document* const revenue = members.find("revenue")) {
    policy.revenue = read_revenue(*revenue);
    wish.keeps_revenue = false;
  }
  const auto version = members.number("version", amount_max).value_or(0);
  if (version != 0) {
    wish.expected = Version{version};
  }
  return wish;
}

Document instant_or_nothing(const std::optional<WallTime>& instant) {
  return instant ? Document(format_instant(*instant)) : Document();
}

Document permission_list(SharePermissions permissions) {
  Document list = Document::array();
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(SharePermission::admin); ++i) {
    if ((permissions.bits() >> i & 1U) != 0) {
      list.push_back(to_string(static_cast<SharePermission>(i)));
    }
  }
  return list;
}

Document tenant_list(const std::vector<TenantId>& tenants) {
  Document list = Document::array();
  for (const TenantId id : tenants) {
    list.push_back(to_string(id));
  }
  return list;
}

Document pricing_document(const Pricing& pricing, const MeterTable& meters) {
  Document meter;
  if (pricing.meter) {
    const std::size_t place = pricing.meter->raw();
    meter = place >= 1 && place <= meters.size() ? meters[place - 1].name : std::to_string(place);
  }
  Document json{{"kind", to_string(pricing.kind)},     {"currency", pricing.currency},
                {"period", to_string(pricing.period)}, {"meter", std::move(meter)},
                {"priceMicros", pricing.price_micros}, {"per", pricing.per.raw()},
                {"bands", Document::array()}};
  for (const PriceBand& band : pricing.bands) {
    json["bands"].push_back(
        Document{{"upTo", band.up_to ? Document(band.up_to->raw()) : Document()},
                 {"priceMicros", band.price_micros}});
  }
  return json;
}

Document condition_list(const std::vector<SharingCondition>& conditions) {
  Document list = Document::array();
  for (const SharingCondition& condition : conditions) {
    list.push_back(Document{{"kind", to_string(condition.kind)},
                            {"operator", to_string(condition.op)},
                            {"values", condition.values}});
  }
  return list;
}

}  // namespace

Document json_of(const SharingPolicy& policy, const MeterTable& meters) {
  const RevenueShare& revenue = policy.revenue;
  return Document{
      {"id", to_string(policy.id)},
      {"owner", to_string(policy.owner)},
      {"resourceType", to_string(policy.resource.type)},
      {"resourceId", policy.resource.id},
      {"title", policy.title},
      {"visibility", to_string(policy.visibility)},
      {"permissions", permission_list(policy.permissions)},
      {"allow", tenant_list(policy.allow)},
      {"block", tenant_list(policy.block)},
      {"conditions", condition_list(policy.conditions)},
      {"pricing", pricing_document(policy.pricing, meters)},
      {"revenue",
       {{"ownerBasisPoints", revenue.owner_basis_points},
        {"minimumPayoutMicros", revenue.minimum_payout_micros},
        {"schedule", to_string(revenue.schedule)}}},
      {"requiresApproval", policy.requires_approval},
      {"maxConsumers", policy.max_consumers ? Document(*policy.max_consumers) : Document()},
      {"expiresAt", instant_or_nothing(policy.expires_at)},
      {"createdAt", format_instant(policy.created_at)},
      {"updatedAt", format_instant(policy.updated_at)},
      {"version", policy.version.raw()}};
}

Document json_of(const PolicyPage& page, const MeterTable& meters) {
  Document json{{"policies", Document::array()}, {"next", nullptr}};
  for (const SharingPolicy& policy : page.policies) {
    json["policies"].push_back(json_of(policy, meters));
  }
  if (page.more) {
    json["next"] = to_string(page.policies.back().id);
  }
  return json;
}

Document json_of(const SharingRequest& request) {
  return Document{{"id", to_string(request.id)},
                  {"policy", to_string(request.policy)},
                  {"owner", to_string(request.owner)},
                  {"consumer", to_string(request.consumer)},
                  {"permissions", permission_list(request.permissions)},
                  {"state", to_string(request.state)},
                  {"message", request.message},
                  {"reason", request.reason},
                  {"createdAt", format_instant(request.created_at)},
                  {"decidedAt", instant_or_nothing(request.decided_at)},
                  {"endedAt", instant_or_nothing(request.ended_at)},
                  {"expiresAt", instant_or_nothing(request.expires_at)}};
}

Document json_of(const SharingPage& page) {
  Document json{{"requests", Document::array()}, {"next", nullptr}};
  for (const SharingRequest& request : page.requests) {
    json["requests"].push_back(json_of(request));
  }
  if (page.more) {
    json["next"] = to_string(page.requests.back().id);
  }
  return json;
}

Result<PolicyWish> parse_policy(const Document& json, const MeterTable& meters) {
  try {
    return read_policy_wish(json, meters);
  } catch (const WrongMember& wrong) {
    return Fault{FaultCode::invalid_argument, wrong.what};
  }
}

}  // namespace sluice::text
