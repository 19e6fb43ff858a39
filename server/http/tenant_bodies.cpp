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

Wrong read_isolation(const Json& value, TenantWish& into) {
  return read_placement(value, into.placement);
}

Wrong read_expected(const Json& value, TenantWish& into) {
  return read_version(value, into.version);
}

Wrong read_trial_days(const Json& value, TenantWish& into) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > trial_days_max) {
    return "must be a whole number from 0 to " + std::to_string(trial_days_max);
  }
  into.trial_days = TrialDays{value.get<std::uint16_t>()};
  return std::nullopt;
}

Wrong read_compliance(const Json& value, TenantWish& into) {
  if (!value.is_array() || value.size() > compliance_labels_max) {
    return "must be a list of at most 16 labels";
  }
  std::vector<std::string>& labels = into.fields.compliance.emplace();
  for (const Json& label : value) {
    if (const Wrong wrong = read_text(label, labels.emplace_back())) {
      return wrong;
    }
  }
  return std::nullopt;
}

Wrong read_settings(const Json& value, TenantWish& into) {
  if (!value.is_object()) {
    return "must be an object";
  }
  into.fields.settings = value.dump();
  return std::nullopt;
}

/// Of an object in a body.
template <class T>
Wrong read_part(const Json& value, std::span<const Member<T>> members, T& into) {
  if (!value.is_object()) {
    return "must be an object";
  }
  const auto read = read_members(value, members, into);
  return read.ok() ? Wrong{} : Wrong{read.fault().context};
}

Wrong read_billing(const Json& value, TenantWish& into) {
  static constexpr std::array<Member<TenantWish>, 4> billing{{
      {"company", {}, false, read_edit<&EditTenant::company>},
      {"email", {}, false, read_edit<&EditTenant::email>},
      {"address", {}, false, read_edit<&EditTenant::address>},
      {"taxId", {}, false, read_edit<&EditTenant::tax_id>},
  }};
  return read_part<TenantWish>(value, billing, into);
}

Wrong read_owner(const Json& value, TenantWish& into) {
  using Owner = sluice::Member;
  static constexpr std::array<Member<Owner>, 2> owner{{
      {"userId", {}, true, [](const Json& id, Owner& of) { return read_text(id, of.user_id); }},
      {"email", {}, false, [](const Json& email, Owner& of) { return read_text(email, of.email); }},
  }};
  return read_part<Owner>(value, owner, into.owner.emplace());
}

Wrong read_quotas(const Json& value, TenantWish& into) {
  if (!value.is_array() || value.size() > limits_per_tenant_max) {
    return "must be a list of at most 64 quotas";
  }
  for (Json quota : value) {
    auto& [name, wish] = into.quotas.emplace_back();
    if (!quota.is_object() || !quota.contains("type")) {
      return "must be objects that have a type";
    }
    if (const Wrong wrong = read_text(quota["type"], name)) {
      return "type: " + *wrong;
    }
    quota.erase("type");
    if (const Wrong wrong = read_part(quota, members_of_quota(), wish)) {
      return name + ": " + *wrong;
    }
  }
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

constexpr TenantMember region_member{
    "region", R"({"type":"string","pattern":"^[a-z0-9-]{0,32}$","description":"Empty: nowhere."})",
    false, read_edit<&EditTenant::region>};
constexpr TenantMember currency_member{"currency", R"({"type":"string","pattern":"^[A-Z]{3}$"})",
                                       false, read_edit<&EditTenant::currency>};
constexpr TenantMember billing_member{
    "billing",
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("company":{"type":"string","maxLength":200},"email":{"type":"string","maxLength":254},)"
    R"("address":{"type":"string","maxLength":250},"taxId":{"type":"string","maxLength":64}}})",
    false, read_billing};
constexpr TenantMember compliance_member{
    "compliance",
    R"({"type":"array","maxItems":16,"items":{"type":"string","pattern":"^[a-z0-9_-]{1,32}$"}})",
    false, read_compliance};
constexpr TenantMember settings_member{
    "settings",
    R"({"type":"object","description":"Anything, up to 2048 bytes; replaced as a whole."})", false,
    read_settings};

constexpr std::array new_tenant{
    slug_member(true),
    TenantMember{"id", R"({"type":"string","format":"uuid"})", false, read_id},
    name_member,
    tier_member,
    zone_member,
    anchor_member,
    region_member,
    currency_member,
    billing_member,
    compliance_member,
    settings_member,
    TenantMember{"trialDays", R"({"type":"integer","minimum":0,"maximum":365,"default":0})", false,
                 read_trial_days},
    TenantMember{"quotas",
                 R"({"type":"array","maxItems":64,"items":{"type":"object",)"
                 R"("description":"Its type, and what QuotaChange has.","required":["type"],)"
                 R"("properties":{"type":{"type":"string"}}}})",
                 false, read_quotas},
    TenantMember{"owner",
                 R"({"type":"object","required":["userId"],"additionalProperties":false,)"
                 R"("properties":{"userId":{"type":"string"},"email":{"type":"string"}}})",
                 false, read_owner},
    TenantMember{"isolation",
                 R"({"type":"string","default":"shared","description":"shared, )"
                 R"(dedicated_schema or dedicated_instance=NAME."})",
                 false, read_isolation}};
constexpr std::array tenant_change{
    slug_member(false),
    name_member,
    tier_member,
    zone_member,
    anchor_member,
    region_member,
    currency_member,
    billing_member,
    compliance_member,
    settings_member,
    TenantMember{"version",
                 R"({"type":"integer","description":"The change holds only for this version."})",
                 false, read_expected}};

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
    into["refill"] = name_of(rate->refill);
    into["perMs"] = std::chrono::ceil<std::chrono::milliseconds>(rate->per).count();
  } else if (const auto* const window = std::get_if<WindowRule>(&rule)) {
    into["period"] = name_of(window->period);
  }
}

Json billing_document(const Billing& billing) {
  return Json{{"company", billing.company},
              {"email", billing.email},
              {"address", billing.address},
              {"taxId", billing.tax_id}};
}

Json features_document(const Features& features) {
  Json out = Json::object();
  for (const Feature& feature : features) {
    std::visit([&](const auto& value) { out[feature.name] = value; }, feature.value);
  }
  return out;
}

void put_life(Json& into, const Lifecycle& life) {
  const auto instant = [](const std::optional<WallTime>& at) {
    return instant_or_null(at.value_or(wall_time_never));
  };
  into["trialDays"] = life.trial_days.raw();
  into["trialEndsAt"] = instant(life.trial_ends_at);
  into["suspendedAt"] = instant(life.suspended_at);
  into["suspendReason"] = life.suspended_at ? Json(life.suspend_reason) : Json();
  into["deactivatedAt"] = instant(life.deactivated_at);
  into["purgeAt"] = instant(life.purge_at);
}

}  // namespace

std::string meter_name(MeterId id, const MeterTable& meters) {
  const std::size_t place = id.raw();
  return place >= 1 && place <= meters.size() ? meters[place - 1].name : std::to_string(place);
}

Wrong read_placement(const Json& value, Placement& into) {
  auto placement = value.is_string() ? parse_placement(value.get<std::string>()) : std::nullopt;
  if (!placement) {
    return "must be shared, dedicated_schema or dedicated_instance=NAME";
  }
  into = *std::move(placement);
  return std::nullopt;
}

Wrong read_version(const Json& value, std::optional<Version>& into) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0) {
    return "must be a whole number from 1 on";
  }
  into = Version{value.get<std::uint64_t>()};
  return std::nullopt;
}

std::span<const Member<TenantWish>> members_of_new_tenant() {
  return new_tenant;
}

std::span<const Member<TenantWish>> members_of_tenant_change() {
  return tenant_change;
}

Result<TenantDefinition> draft_from(const TenantWish& wish, const MeterTable& meters) {
  const EditTenant& said = wish.fields;
  TenantDefinition draft;
  draft.id = wish.id.value_or(TenantId{});
  draft.slug = said.slug.value_or("");
  draft.name = said.name.value_or(draft.slug);
  draft.tier = said.tier.value_or("none");
  draft.timezone = said.timezone.value_or(draft.timezone);
  draft.billing_anchor_day = said.billing_anchor_day.value_or(draft.billing_anchor_day);
  draft.region = said.region.value_or("");
  draft.currency = said.currency.value_or(draft.currency);
  draft.billing = {said.company.value_or(""), said.email.value_or(""), said.address.value_or(""),
                   said.tax_id.value_or("")};
  draft.compliance = said.compliance.value_or(draft.compliance);
  draft.settings = said.settings.value_or(draft.settings);
  draft.placement = wish.placement;
  draft.life.trial_days = wish.trial_days;
  for (const auto& [name, quota] : wish.quotas) {
    auto limit = limit_from(quota, name, nullptr, meters);
    if (!limit.ok()) {
      return Fault{limit.fault().code, "quotas: " + name + ": " + limit.fault().context};
    }
    draft.limits.push_back(std::move(limit).value());
  }
  return draft;
}

Json document_of(const TenantDefinition& tenant, const MeterTable& meters,
                 const TierCatalogue& tiers) {
  Json out{{"id", to_string(tenant.id)},
           {"slug", tenant.slug},
           {"name", tenant.name},
           {"tier", tenant.tier},
           {"status", name_of(tenant.life.status)},
           {"timezone", tenant.timezone},
           {"billingAnchorDay", tenant.billing_anchor_day.raw()},
           {"region", tenant.region},
           {"currency", tenant.currency},
           {"billing", billing_document(tenant.billing)},
           {"compliance", tenant.compliance},
           {"settings", Json::parse(tenant.settings, nullptr, false)},
           {"createdAt", instant_or_null(tenant.created_at)},
           {"updatedAt", instant_or_null(tenant.updated_at)},
           {"version", tenant.version.raw()},
           {"isolation", to_string(tenant.placement)},
           {"pendingTier", nullptr},
           {"features", features_document(features_of(tenant, tiers))},
           {"suspendsAt", instant_or_null(suspends_at(tenant.life).value_or(wall_time_never))},
           {"unpaid", Json::array()}};
  put_life(out, tenant.life);
  out["quotas"] = Json::array();
  for (const UnpaidPayment& payment : tenant.life.unpaid) {
    out["unpaid"].push_back(Json{{"reference", payment.reference},
                                 {"suspendsAt", instant_or_null(payment.suspends_at)}});
  }
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
    quota["historyBy"] = limit.history_by;
    out["quotas"].push_back(std::move(quota));
  }
  return out;
}

Json document_of(const TierChanged& changed, const MeterTable& meters, const TierCatalogue& tiers) {
  Json out{{"tenant", document_of(changed.tenant, meters, tiers)}, {"exceeded", Json::array()}};
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
  out["leased"] = usage.leased.raw();
  out["percentage"] = counts ? percentage(reading) : Json();
  out["remaining"] = counts && reading.size ? Json(reading.remaining.raw()) : Json();
  out["resetAt"] = instant_or_null(reading.resets_at);
  out["softLimit"] = number_or_null(usage.limit.soft_limit);
  out["enforcement"] = name_of(usage.limit.enforcement);
  out["shadow"] = usage.limit.shadow;
  out["historyBy"] = usage.limit.history_by;
  return out;
}

Json document_of(const Meter& meter) {
  return Json{{"name", meter.name}, {"unit", meter.unit}};
}

}  // namespace sluice::http
