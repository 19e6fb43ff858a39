// SPDX-License-Identifier: Apache-2.0
#include "server/http/tenant_bodies.hpp"

#include <array>
#include <cmath>
#include <utility>
#include <variant>

#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/limit_rules.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view text_schema = R"({"type":"string"})";

template <std::optional<std::string> EditTenant::*field>
Wrong read_edit(const Json& value, TenantWish& into) {
  return read_text(value, (into.fields.*field).emplace());
}

Wrong read_id(const Json& value, TenantWish& into) {
  into.id = value.is_string() ? parse_tenant_id(value.get<std::string>()) : std::nullopt;
  return into.id ? Wrong{} : "is not a UUID";
}

Wrong read_anchor(const Json& value, TenantWish& into) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 ||
      value.get<std::uint64_t>() > 31) {
    return "must be a whole number from 1 to 31";
  }
  into.fields.billing_anchor_day = AnchorDay{value.get<std::uint8_t>()};
  return std::nullopt;
}

Wrong read_version(const Json& value, TenantWish& into) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0) {
    return "must be a whole number from 1 on";
  }
  into.version = Version{value.get<std::uint64_t>()};
  return std::nullopt;
}

using TenantMember = Member<TenantWish>;

constexpr TenantMember slug_member(bool required) {
  return {"slug", R"({"type":"string","pattern":"^[a-z0-9-]{3,63}$"})", required,
          read_edit<&EditTenant::slug>};
}
constexpr TenantMember name_member{"name", R"({"type":"string","minLength":1,"maxLength":200})",
                                   false, read_edit<&EditTenant::name>};
constexpr TenantMember tier_member{"tier", text_schema, false, read_edit<&EditTenant::tier>};
constexpr TenantMember zone_member{"timezone", R"({"type":"string","description":"An IANA zone."})",
                                   false, read_edit<&EditTenant::timezone>};
constexpr TenantMember anchor_member{
    "billingAnchorDay", R"({"type":"integer","minimum":1,"maximum":31})", false, read_anchor};

constexpr std::array new_tenant{
    slug_member(true), TenantMember{"id", R"({"type":"string","format":"uuid"})", false, read_id},
    name_member,       tier_member,
    zone_member,       anchor_member};
constexpr std::array tenant_change{
    slug_member(false),
    name_member,
    tier_member,
    zone_member,
    anchor_member,
    TenantMember{"version",
                 R"({"type":"integer","description":"The change holds only for this version."})",
                 false, read_version}};

Json number_or_null(const std::optional<Amount>& amount) {
  return amount ? Json(amount->raw()) : Json();
}

/// What is used of what there is, to a hundredth.
Json percentage(const LimitReading& reading) {
  if (!reading.size || *reading.size == Amount{}) {
    return {};
  }
  const double share =
      static_cast<double>(reading.used.raw()) / static_cast<double>(reading.size->raw());
  return std::round(share * 10'000) / 100;
}

const char* kind_of(const Rule& rule) {
  static constexpr std::array kinds{"window", "rate", "sliding", "concurrency", "credit"};
  static_assert(std::variant_size_v<Rule> == kinds.size());
  return kinds.at(rule.index());
}

void put_terms(Json& into, const Rule& rule) {
  into["kind"] = kind_of(rule);
  into["limit"] = number_or_null(size_of(rule));
  if (const auto* const rate = std::get_if<RateRule>(&rule)) {
    into["limit"] = rate->amount.raw();
    into["burst"] = rate->burst.raw();
    into["perMs"] = std::chrono::ceil<std::chrono::milliseconds>(rate->per).count();
  } else if (const auto* const window = std::get_if<WindowRule>(&rule)) {
    into["period"] = name_of(window->period);
  }
}

}  // namespace

std::string meter_name(MeterId id, const MeterTable& meters) {
  const std::size_t place = id.raw();
  return place >= 1 && place <= meters.size() ? meters[place - 1].name : std::to_string(place);
}

std::span<const Member<TenantWish>> members_of_new_tenant() {
  return new_tenant;
}

std::span<const Member<TenantWish>> members_of_tenant_change() {
  return tenant_change;
}

TenantDefinition draft_from(const TenantWish& wish) {
  const EditTenant& said = wish.fields;
  TenantDefinition draft;
  draft.id = wish.id.value_or(TenantId{});
  draft.slug = said.slug.value_or("");
  draft.name = said.name.value_or(draft.slug);
  draft.tier = said.tier.value_or("none");
  draft.timezone = said.timezone.value_or(draft.timezone);
  draft.billing_anchor_day = said.billing_anchor_day.value_or(draft.billing_anchor_day);
  return draft;
}

Json document_of(const TenantDefinition& tenant, const MeterTable& meters) {
  Json out{{"id", to_string(tenant.id)},
           {"slug", tenant.slug},
           {"name", tenant.name},
           {"tier", tenant.tier},
           {"status", name_of(tenant.life.status)},
           {"timezone", tenant.timezone},
           {"billingAnchorDay", tenant.billing_anchor_day.raw()},
           {"createdAt", instant_or_null(tenant.created_at)},
           {"updatedAt", instant_or_null(tenant.updated_at)},
           {"version", tenant.version.raw()},
           {"pendingTier", nullptr},
           {"quotas", Json::array()}};
  if (tenant.pending_tier) {
    out["pendingTier"] = Json{{"tier", tenant.pending_tier->tier},
                              {"startsAt", instant_or_null(tenant.pending_tier->at)}};
  }
  for (const Limit& limit : tenant.limits) {
    Json quota{{"type", limit.name}, {"meter", meter_name(limit.meter, meters)}};
    put_terms(quota, limit.rule);
    quota["softLimit"] = number_or_null(limit.soft_limit);
    quota["enforcement"] = name_of(limit.enforcement);
    quota["shadow"] = limit.shadow;
    out["quotas"].push_back(std::move(quota));
  }
  return out;
}

Json document_of(const TierChanged& changed, const MeterTable& meters) {
  Json out{{"tenant", document_of(changed.tenant, meters)}, {"exceeded", Json::array()}};
  for (const ExceededLimit& each : changed.exceeded) {
    out["exceeded"].push_back(
        Json{{"type", each.limit}, {"limit", each.size.raw()}, {"usage", each.used.raw()}});
  }
  return out;
}

Json document_of(const LimitUsage& usage, const MeterTable& meters) {
  const LimitReading& reading = usage.reading;
  // A limit with a counter for each combination of labels has no count of its own.
  const bool counts = usage.limit.per.empty();
  Json out{{"type", usage.limit.name}, {"meter", meter_name(usage.limit.meter, meters)}};
  put_terms(out, usage.limit.rule);
  out["limit"] = std::holds_alternative<RateRule>(usage.limit.rule) ? out["limit"]
                                                                    : number_or_null(reading.size);
  out["usage"] = counts ? Json(reading.used.raw()) : Json();
  out["held"] = counts ? Json(reading.held.raw()) : Json();
  out["percentage"] = counts ? percentage(reading) : Json();
  out["remaining"] = counts && reading.size ? Json(reading.remaining.raw()) : Json();
  out["resetAt"] = instant_or_null(reading.resets_at);
  out["softLimit"] = number_or_null(usage.limit.soft_limit);
  out["enforcement"] = name_of(usage.limit.enforcement);
  out["shadow"] = usage.limit.shadow;
  return out;
}

Json document_of(const Meter& meter) {
  return Json{{"name", meter.name}, {"unit", meter.unit}};
}

}  // namespace sluice::http
