// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "actors/tenant/sharing/compliance.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

/// `active`, `trial until 2025-06-24 12:00:00 UTC`, and so on.
std::string status_text(const TenantDefinition& tenant) {
  const Lifecycle& life = tenant.life;
  const auto at = [&](const std::optional<WallTime>& time) {
    return format_instant_in(time.value_or(wall_time_never), tenant.timezone);
  };
  const std::string_view name = name_of(life.status);
  switch (life.status) {
    case TenantStatus::trial:
      return fmt::format("{} until {}", name, at(life.trial_ends_at));
    case TenantStatus::suspended:
      return fmt::format("{} since {}: {}", name, at(life.suspended_at), life.suspend_reason);
    case TenantStatus::deactivated:
      return fmt::format("{} since {}, kept until {}", name, at(life.deactivated_at),
                         at(life.purge_at));
    case TenantStatus::active:
      break;
  }
  return std::string{name};
}

/// `starter`, or `starter, free from 2025-07-01 00:00:00 UTC`.
std::string tier_text(const TenantDefinition& tenant) {
  return tenant.pending_tier
             ? fmt::format("{}, {} from {}", tenant.tier, tenant.pending_tier->tier,
                           format_instant_in(tenant.pending_tier->at, tenant.timezone))
             : tenant.tier;
}

/// Of a tenant that spends, what comes of it.
std::string unpaid_line(const UnpaidPayment& payment, const TenantDefinition& tenant) {
  return suspends_at(tenant.life)
             ? fmt::format("{}, suspends it at {}", payment.reference,
                           format_instant_in(payment.suspends_at, tenant.timezone))
             : payment.reference;
}

void add_unless_empty(Card& card, const std::string& label, const std::string& text) {
  if (!text.empty()) {
    card.add(label, text);
  }
}

void put_optional_instant(Json& into, const std::string& name,
                          const std::optional<WallTime>& instant) {
  put_instant(into, name, instant.value_or(wall_time_never));
}

}  // namespace

Report tenant_report(const TenantDefinition& tenant, Session& session) {
  return {document_of(tenant, session.link), view_of(tenant, session.link, session.style)};
}

std::string view_of(const TenantDefinition& tenant, ServerLink& link, Style style) {
  Card card;
  card.add("slug", tenant.slug);
  card.add("name", tenant.name);
  card.add("id", to_string(tenant.id));
  card.add("tier", tier_text(tenant));
  add_unless_empty(card, "features", features_line(tenant.features));
  card.add("status", status_text(tenant));
  for (const UnpaidPayment& payment : tenant.life.unpaid) {
    card.add("unpaid", unpaid_line(payment, tenant));
  }
  add_unless_empty(card, "region", tenant.region);
  if (tenant.placement != Placement{}) {
    card.add("isolation", to_string(tenant.placement));
  }
  add_unless_empty(card, "compliance", compliance_text(tenant.compliance));
  card.add("timezone", tenant.timezone);
  card.add("billing anchor", fmt::format("day {}", tenant.billing_anchor_day.raw()));
  card.add("currency", tenant.currency);
  add_unless_empty(card, "company", tenant.billing.company);
  add_unless_empty(card, "email", tenant.billing.email);
  add_unless_empty(card, "address", tenant.billing.address);
  add_unless_empty(card, "tax id", tenant.billing.tax_id);
  add_unless_empty(card, "settings", tenant.settings == no_settings ? "" : tenant.settings);
  card.add("created", format_instant_in(tenant.created_at, tenant.timezone));
  card.add("changed", format_instant_in(tenant.updated_at, tenant.timezone));
  card.add("version", fmt::format("{}", tenant.version.raw()));
  const std::string limits = view_of_limits(tenant, link, style);
  return card.print(style) + "\n" + limits;
}

std::string view_of(const TenantPage& page, Style style) {
  if (page.tenants.empty()) {
    return "no tenants\n";
  }
  Table table{
      {{"SLUG"}, {"NAME"}, {"TIER"}, {"STATUS"}, {"TIMEZONE"}, {"LIMITS", Align::right}, {"ID"}}};
  for (const TenantDefinition& tenant : page.tenants) {
    const bool spends =
        tenant.life.status == TenantStatus::trial || tenant.life.status == TenantStatus::active;
    table.add({{tenant.slug, Tint::none},
               {tenant.name, Tint::none},
               {tenant.tier, Tint::none},
               {std::string{name_of(tenant.life.status)}, spends ? Tint::none : Tint::warning},
               {tenant.timezone, Tint::none},
               {fmt::format("{}", tenant.limits.size()), Tint::none},
               {to_string(tenant.id), Tint::faint}});
  }
  std::string text = table.print(style);
  if (page.more) {
    text +=
        fmt::format("there are more: --after {}, or --all\n", to_string(page.tenants.back().id));
  }
  return text;
}

Json document_of(const TenantDefinition& tenant, ServerLink& link) {
  Json out{{"id", to_string(tenant.id)},  {"slug", tenant.slug},
           {"name", tenant.name},         {"tier", tenant.tier},
           {"timezone", tenant.timezone}, {"billing_anchor_day", tenant.billing_anchor_day.raw()}};
  out["status"] = name_of(tenant.life.status);
  out["trial_days"] = tenant.life.trial_days.raw();
  put_optional_instant(out, "trial_ends", tenant.life.trial_ends_at);
  put_optional_instant(out, "suspended", tenant.life.suspended_at);
  out["suspend_reason"] = tenant.life.suspended_at ? Json(tenant.life.suspend_reason) : Json();
  put_optional_instant(out, "deactivated", tenant.life.deactivated_at);
  put_optional_instant(out, "purge", tenant.life.purge_at);
  out["region"] = tenant.region;
  out["isolation"] = to_string(tenant.placement.isolation);
  out["instance"] = tenant.placement.instance.empty() ? Json() : Json(tenant.placement.instance);
  out["compliance"] = tenant.compliance;
  out["currency"] = tenant.currency;
  out["billing"] = Json{{"company", tenant.billing.company},
                        {"email", tenant.billing.email},
                        {"address", tenant.billing.address},
                        {"tax_id", tenant.billing.tax_id}};
  out["settings"] = Json::parse(tenant.settings, nullptr, false);
  put_instant(out, "created", tenant.created_at);
  put_instant(out, "updated", tenant.updated_at);
  out["version"] = tenant.version.raw();
  out["limits"] = Json::array();
  for (const Limit& limit : tenant.limits) {
    out["limits"].push_back(document_of(limit, link));
  }
  out["pending_tier"] = Json();
  if (tenant.pending_tier) {
    out["pending_tier"] = Json{{"tier", tenant.pending_tier->tier}};
    put_instant(out["pending_tier"], "starts", tenant.pending_tier->at);
  }
  out["features"] = document_of(tenant.features);
  out["unpaid"] = Json::array();
  for (const UnpaidPayment& payment : tenant.life.unpaid) {
    Json& row = out["unpaid"].emplace_back(Json{{"reference", payment.reference}});
    put_instant(row, "suspends", payment.suspends_at);
  }
  return out;
}

}  // namespace sluice::ctl
