// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/tier_text.hpp"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/limit_rules.hpp"
#include "storage/limit_text/limit_text.hpp"

namespace sluice {

namespace {

using Json = nlohmann::json;

/// Thrown within this file, where a text turns out not to be ours.
struct Unreadable {};

void require(bool holds) {
  if (!holds) {
    throw Unreadable{};
  }
}

std::uint64_t number(const Json& json, std::uint64_t max = Amount::max_raw) {
  require(json.is_number_unsigned() && json.get<std::uint64_t>() <= max);
  return json.get<std::uint64_t>();
}

template <class T>
T given(const std::optional<T>& value) {
  require(value.has_value());
  return *value;
}

Json json_of(const Features& features) {
  Json json = Json::object();
  for (const Feature& feature : features) {
    std::visit([&](const auto& value) { json[feature.name] = value; }, feature.value);
  }
  return json;
}

Features read_features(const Json& json) {
  require(json.is_object());
  Features features;
  for (const auto& [name, value] : json.items()) {
    if (value.is_boolean()) {
      put_feature(features, {name, value.get<bool>()});
    } else if (value.is_string()) {
      put_feature(features, {name, value.get<std::string>()});
    } else {
      require(value.is_number_integer() &&
              (!value.is_number_unsigned() ||
               value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max()));
      put_feature(features, {name, value.get<std::int64_t>()});
    }
  }
  require(validate_features(features, "features").ok());
  return features;
}

Json json_of(const OverageTerms& terms) {
  Json json{{"price_micros", terms.price_micros}, {"per", terms.per.raw()}};
  if (terms.cap) {
    json["cap"] = terms.cap->raw();
  }
  return json;
}

OverageTerms read_overage(const Json& json) {
  OverageTerms terms{number(json.at("price_micros")), Amount{number(json.at("per"))}, {}};
  if (json.contains("cap")) {
    terms.cap = Amount{number(json.at("cap"))};
  }
  return terms;
}

Json json_of_rule(const Rule& rule) {
  if (const auto* credit = std::get_if<CreditRule>(&rule)) {
    return {{"credit_period", name_of(credit->period)}};
  }
  return Json::parse(rule_text(rule));
}

Rule read_rule(const Json& json) {
  if (json.contains("credit_period")) {
    return CreditRule{
        given(choice_named(json.at("credit_period").get<std::string>(), Period::never))};
  }
  return given(parse_rule(json.dump()));
}

Json json_of(const Limit& limit) {
  Json json{{"name", limit.name},
            {"meter", limit.meter.raw()},
            {"rule", json_of_rule(limit.rule)},
            {"enforcement", name_of(limit.enforcement)},
            {"thresholds", Json::array()}};
  for (const Percent threshold : limit.thresholds) {
    json["thresholds"].push_back(threshold.raw());
  }
  if (limit.shadow) {
    json["shadow"] = true;
  }
  if (limit.releases_on_expiry) {
    json["releases_on_expiry"] = true;
  }
  if (limit.soft_limit) {
    json["soft_limit"] = limit.soft_limit->raw();
  }
  if (limit.overage) {
    json["overage"] = json_of(*limit.overage);
  }
  if (const auto labels = labels_text(limit)) {
    json["labels"] = Json::parse(*labels);
  }
  return json;
}

Limit read_limit(const Json& json) {
  constexpr std::uint64_t meter_max = std::numeric_limits<std::uint16_t>::max();
  Limit limit;
  limit.name = json.at("name").get<std::string>();
  limit.meter = MeterId{static_cast<std::uint16_t>(number(json.at("meter"), meter_max))};
  limit.rule = read_rule(json.at("rule"));
  limit.enforcement =
      given(choice_named(json.at("enforcement").get<std::string>(), Enforcement::overage));
  limit.thresholds.clear();
  for (const Json& threshold : json.at("thresholds")) {
    limit.thresholds.emplace_back(static_cast<std::uint8_t>(number(threshold, 100)));
  }
  limit.shadow = json.value("shadow", false);
  limit.releases_on_expiry = json.value("releases_on_expiry", false);
  if (json.contains("soft_limit")) {
    limit.soft_limit = Amount{number(json.at("soft_limit"))};
  }
  if (json.contains("overage")) {
    limit.overage = read_overage(json.at("overage"));
  }
  if (json.contains("labels")) {
    LimitLabels labels = given(parse_labels(json.at("labels").dump()));
    limit.per = std::move(labels.per);
    limit.when = std::move(labels.when);
    limit.history_by = std::move(labels.history_by);
  }
  limit.origin = Origin::tier;
  require(validate_terms(limit, "limit").ok());
  return limit;
}

Json json_of(const Tier& tier) {
  Json limits = Json::array();
  for (const Limit& limit : tier.limits) {
    limits.push_back(json_of(limit));
  }
  return {{"limits", std::move(limits)}, {"features", json_of(tier.features)}, {"sla", tier.sla}};
}

Tier read_tier(const Json& json) {
  Tier tier;
  require(json.at("limits").is_array() && json.at("limits").size() <= limits_per_tenant_max);
  for (const Json& limit : json.at("limits")) {
    tier.limits.push_back(read_limit(limit));
  }
  tier.features = read_features(json.at("features"));
  tier.sla = json.at("sla").get<std::string>();
  return tier;
}

/// What is written again must be what was read, so that nothing is passed over.
template <class T>
std::optional<T> read(std::string_view text, T (*read_json)(const Json&)) {
  try {
    const Json json = Json::parse(text);
    T value = read_json(json);
    return json_of(value) == json ? std::optional{std::move(value)} : std::nullopt;
  } catch (const Unreadable&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string features_text(const Features& features) {
  return json_of(features).dump();
}

std::optional<Features> parse_features(std::string_view text) {
  return read<Features>(text, read_features);
}

std::string tier_body_text(const Tier& tier) {
  return json_of(tier).dump();
}

std::optional<Tier> parse_tier_body(std::string_view text) {
  return read<Tier>(text, read_tier);
}

}  // namespace sluice
