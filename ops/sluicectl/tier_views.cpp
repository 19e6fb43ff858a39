// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

std::string text_of(const FeatureValue& value) {
  return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

}  // namespace

std::string features_line(const Features& features) {
  std::string line;
  for (const Feature& feature : features) {
    line += fmt::format("{}{}={}", line.empty() ? "" : " ", feature.name, text_of(feature.value));
  }
  return line;
}

std::string view_of(const TierCatalogue& tiers, Style style) {
  if (tiers.empty()) {
    return "no tiers\n";
  }
  Table table{{{"TIER"},
               {"RANK", Align::right},
               {"LIMITS", Align::right},
               {"FEATURES", Align::right},
               {"SLA"},
               {"VERSION", Align::right}}};
  for (const Tier& tier : tiers) {
    table.add({{tier.name},
               {fmt::format("{}", tier.rank)},
               {fmt::format("{}", tier.limits.size())},
               {fmt::format("{}", tier.features.size())},
               {or_dash(tier.sla)},
               {fmt::format("{}", tier.version.raw())}});
  }
  return table.print(style);
}

std::string view_of(const Tier& tier, ServerLink& link, Style style) {
  Card card;
  card.add("tier", tier.name);
  card.add("rank", fmt::format("{}", tier.rank));
  card.add("sla", or_dash(tier.sla));
  card.add("version", fmt::format("{}", tier.version.raw()));
  TenantDefinition of_it;
  of_it.limits = tier.limits;
  for (Limit& limit : of_it.limits) {
    limit.origin = Origin::own;  // Nobody has to be told.
  }
  std::string text = card.print(style) + "\n" + view_of_limits(of_it, link, style);
  if (!tier.features.empty()) {
    text += "\n" + view_of(TenantFeatures{tier.name, tier.features, {}}, style);
  }
  return text;
}

std::string view_of(const TenantFeatures& features, Style style) {
  if (features.features.empty()) {
    return "no features\n";
  }
  Table table{{{"FEATURE"}, {"VALUE"}, {"FROM"}}};
  for (const Feature& feature : features.features) {
    const bool own = std::ranges::find(features.own, feature.name) != features.own.end();
    table.add({{feature.name},
               {text_of(feature.value)},
               {own ? "tenant" : fmt::format("tier {}", features.tier)}});
  }
  return table.print(style);
}

std::string view_of_exceeded(const TierChanged& changed, ServerLink& link, Style style) {
  Table table{{{"EXCEEDED"}, {"SIZE", Align::right}, {"USED", Align::right}}};
  for (const ExceededLimit& each : changed.exceeded) {
    const auto limit = std::ranges::find(changed.tenant.limits, each.limit, &Limit::name);
    const AmountUnit unit = limit == changed.tenant.limits.end()
                                ? AmountUnit{}
                                : amount_unit_of(link.meter(limit->meter));
    table.add({{each.limit, Tint::warning},
               {format_amount(each.size, unit)},
               {format_amount(each.used, unit)}});
  }
  return table.empty() ? "" : "\n" + table.print(style);
}

Json document_of(const Features& features) {
  Json out = Json::object();
  for (const Feature& feature : features) {
    std::visit([&](const auto& value) { out[feature.name] = value; }, feature.value);
  }
  return out;
}

Json document_of(const Tier& tier, ServerLink& link) {
  Json out{{"name", tier.name}, {"rank", tier.rank}, {"sla", tier.sla}, {"limits", Json::array()}};
  for (const Limit& limit : tier.limits) {
    Json entry = document_of(limit, link);
    for (const char* const of_tenants : {"id", "override", "from_tier"}) {
      entry.erase(of_tenants);
    }
    out["limits"].push_back(std::move(entry));
  }
  out["features"] = document_of(tier.features);
  out["version"] = tier.version.raw();
  return out;
}

Json document_of(const TenantFeatures& features) {
  return Json{
      {"tier", features.tier}, {"features", document_of(features.features)}, {"own", features.own}};
}

Json document_of(const TierChanged& changed, ServerLink& link) {
  Json out{{"tenant", document_of(changed.tenant, link)}, {"exceeded", Json::array()}};
  for (const ExceededLimit& each : changed.exceeded) {
    out["exceeded"].push_back(
        Json{{"limit", each.limit}, {"size", each.size.raw()}, {"used", each.used.raw()}});
  }
  return out;
}

}  // namespace sluice::ctl
