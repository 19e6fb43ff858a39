// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/tier_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/limit_names.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/report.hpp"

namespace sluice::ctl {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
  throw Failure{ExitCode::bad_usage,
                Fault{FaultCode::invalid_argument, fmt::format("{}: {}", path, why)}};
}

/// An object of the file, and where in the file it is.
struct Part {
  const Json& json;
  std::string path;

  [[nodiscard]] std::string at(const char* name) const {
    return path.empty() ? name : fmt::format("{}.{}", path, name);
  }
  /// Null where it is not there, or null.
  [[nodiscard]] const Json* find(const char* name) const {
    const auto found = json.find(name);
    return found == json.end() || found->is_null() ? nullptr : &*found;
  }
  [[nodiscard]] std::string text(const char* name, const char* otherwise = nullptr) const {
    const Json* const member = find(name);
    if (member == nullptr && otherwise != nullptr) {
      return otherwise;
    }
    if (member == nullptr || !member->is_string()) {
      refuse(at(name), "must be a text");
    }
    return member->get<std::string>();
  }
  [[nodiscard]] bool flag(const char* name) const {
    const Json* const member = find(name);
    if (member != nullptr && !member->is_boolean()) {
      refuse(at(name), "must be true or false");
    }
    return member != nullptr && member->get<bool>();
  }
  [[nodiscard]] std::uint64_t number(const char* name, std::uint64_t max) const {
    const Json* const member = find(name);
    if (member == nullptr || !member->is_number_unsigned() || member->get<std::uint64_t>() > max) {
      refuse(at(name), fmt::format("must be a whole number from 0 to {}", max));
    }
    return member->get<std::uint64_t>();
  }
  [[nodiscard]] Amount amount(const char* name) const {
    return Amount{number(name, Amount::max_raw)};
  }
  [[nodiscard]] std::optional<Amount> optional_amount(const char* name) const {
    return find(name) == nullptr ? std::nullopt : std::optional{amount(name)};
  }
  [[nodiscard]] Duration duration(const char* name) const {
    return Duration{static_cast<std::int64_t>(amount(name).raw())};
  }
  template <class Enum>
  [[nodiscard]] Enum choice(const char* name, const char* otherwise, Enum last) const {
    const auto chosen = choice_named(text(name, otherwise), last);
    if (!chosen) {
      refuse(at(name), "is not one that there is");
    }
    return *chosen;
  }
  [[nodiscard]] std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> all;
    if (const Json* const list = find(name)) {
      for (const Json& each : *list) {
        if (!each.is_string()) {
          refuse(at(name), "must be texts");
        }
        all.push_back(each.get<std::string>());
      }
    }
    return all;
  }
  void allow_only(std::initializer_list<std::string_view> known) const {
    if (!json.is_object()) {
      refuse(path.empty() ? "the file" : path, "must be an object");
    }
    for (const auto& [name, value] : json.items()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        refuse(at(name.c_str()), "is not known");
      }
    }
  }
};

Rule rule_from(const Part& part) {
  const std::string kind = part.text("kind", "window");
  if (kind == "window") {
    return WindowRule{part.optional_amount("size"), part.choice("period", "month", Period::never)};
  }
  if (kind == "rate") {
    return RateRule{part.amount("amount"), part.duration("per_ns"), part.amount("burst"),
                    part.choice("refill", "greedy", Refill::interval)};
  }
  if (kind == "sliding") {
    return SlidingRule{part.amount("size"), part.duration("span_ns")};
  }
  if (kind == "concurrency") {
    return ConcurrencyRule{part.amount("size"), part.duration("ttl_ns")};
  }
  if (kind == "credit") {
    return CreditRule{part.choice("period", "never", Period::never)};
  }
  refuse(part.at("kind"), "is not window, rate, sliding, concurrency or credit");
}

std::optional<OverageTerms> overage_from(const Part& limit) {
  const Json* const terms = limit.find("overage_terms");
  if (terms == nullptr) {
    return std::nullopt;
  }
  const Part part{*terms, limit.at("overage_terms")};
  part.allow_only({"price_micros", "per", "cap"});
  return OverageTerms{part.number("price_micros", Amount::max_raw), part.amount("per"),
                      part.optional_amount("cap")};
}

std::vector<Condition> conditions_from(const Part& limit) {
  std::vector<Condition> conditions;
  if (const Json* const list = limit.find("when")) {
    for (const Json& each : *list) {
      const Part part{each, limit.at("when")};
      part.allow_only({"label", "negated", "values"});
      conditions.push_back({part.text("label"), part.flag("negated"), part.texts("values")});
    }
  }
  return conditions;
}

Limit limit_from(const Part& part, ServerLink& link) {
  part.allow_only({"name",      "meter",         "unit",        "kind",       "size",
                   "period",    "amount",        "per_ns",      "burst",      "refill",
                   "span_ns",   "ttl_ns",        "enforcement", "soft_limit", "thresholds",
                   "shadow",    "overage_terms", "by",          "when",       "release_on_expiry",
                   "history_by"});
  Limit limit;
  limit.name = part.text("name");
  limit.meter = link.meter(part.text("meter"), part.at("meter")).id;
  limit.rule = rule_from(part);
  limit.enforcement = part.choice("enforcement", "block", Enforcement::overage);
  limit.soft_limit = part.optional_amount("soft_limit");
  limit.overage = overage_from(part);
  limit.shadow = part.flag("shadow");
  if (const Json* const thresholds = part.find("thresholds")) {
    limit.thresholds.clear();
    for (const Json& each : *thresholds) {
      if (!each.is_number_unsigned() || each.get<std::uint64_t>() > 100) {
        refuse(part.at("thresholds"), "must be whole numbers of percent");
      }
      limit.thresholds.emplace_back(static_cast<std::uint8_t>(each.get<std::uint64_t>()));
    }
  }
  limit.per = part.texts("by");
  limit.when = conditions_from(part);
  limit.history_by = part.texts("history_by");
  limit.releases_on_expiry = part.flag("release_on_expiry");
  return limit;
}

Limit limit_from(const std::string& short_form, const std::string& path, ServerLink& link) {
  const LimitWish wish = accept(parse_limit_wish(short_form), path);
  return accept(limit_from(wish, link.meter(wish.meter, path)), path);
}

FeatureValue value_from(const Json& json, const std::string& path) {
  if (json.is_boolean()) {
    return json.get<bool>();
  }
  if (json.is_string()) {
    return json.get<std::string>();
  }
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!json.is_number_integer() ||
      (json.is_number_unsigned() && json.get<std::uint64_t>() > most)) {
    refuse(path, "must be true, false, a whole number or a text");
  }
  return json.get<std::int64_t>();
}

}  // namespace

Tier tier_from(std::string_view json, ServerLink& link) {
  const Json document = Json::parse(json, nullptr, false);
  const Part file{document, ""};
  file.allow_only({"name", "rank", "sla", "limits", "features", "version"});
  Tier tier;
  tier.name = file.text("name");
  tier.rank =
      static_cast<std::uint16_t>(file.number("rank", std::numeric_limits<std::uint16_t>::max()));
  tier.sla = file.text("sla", "");
  if (const Json* const limits = file.find("limits")) {
    if (!limits->is_array()) {
      refuse("limits", "must be a list");
    }
    for (std::size_t i = 0; i < limits->size(); ++i) {
      const Json& each = limits->at(i);
      const std::string path = fmt::format("limits[{}]", i);
      tier.limits.push_back(each.is_string() ? limit_from(each.get<std::string>(), path, link)
                                             : limit_from(Part{each, path}, link));
    }
  }
  if (const Json* const features = file.find("features")) {
    const Part part{*features, "features"};
    if (!features->is_object()) {
      refuse("features", "must be an object");
    }
    for (const auto& [name, value] : features->items()) {
      put_feature(tier.features, {name, value_from(value, part.at(name.c_str()))});
    }
  }
  return tier;
}

}  // namespace sluice::ctl
