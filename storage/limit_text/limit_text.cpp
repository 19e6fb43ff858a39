// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/limit_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t integer_min = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t prose_characters_max = 200;

/// Thrown within this file, where a text turns out not to be ours.
struct Unreadable {};

void require(bool holds) {
  if (!holds) {
    throw Unreadable{};
  }
}

/// The members of an object. Those that nobody asks for must not be there.
class Members {
public:
  explicit Members(const Json& json) : json_(json) { require(json.is_object()); }

  [[nodiscard]] const Json* find(const char* name) {
    const auto at = json_.find(name);
    if (at == json_.end()) {
      return nullptr;
    }
    ++found_;
    return &*at;
  }
  [[nodiscard]] const Json& at(const char* name) {
    const Json* const member = find(name);
    require(member != nullptr);
    return *member;
  }
  void require_no_more() const { require(found_ == json_.size()); }

private:
  const Json& json_;
  std::size_t found_ = 0;
};

std::int64_t integer(const Json& json, std::int64_t lower, std::int64_t upper) {
  require(json.is_number_integer());
  require(!json.is_number_unsigned() || std::in_range<std::int64_t>(json.get<std::uint64_t>()));
  const auto value = json.get<std::int64_t>();
  require(value >= lower && value <= upper);
  return value;
}

Amount amount(const Json& json, std::int64_t lower = 0) {
  return Amount{static_cast<std::uint64_t>(integer(json, lower, integer_max))};
}

Duration duration(const Json& json, Duration lower, Duration upper) {
  return Duration{integer(json, lower.count(), upper.count())};
}

std::string text(const Json& json) {
  require(json.is_string());
  return json.get<std::string>();
}

std::string prose(const Json& json) {
  std::string said = text(json);
  require(!object_to_prose(said, prose_characters_max));
  return said;
}

std::vector<std::string> texts(const Json& json, std::size_t count_max,
                               bool (*is_one)(std::string_view)) {
  require(json.is_array() && !json.empty() && json.size() <= count_max);
  std::vector<std::string> all;
  for (const Json& each : json) {
    all.push_back(text(each));
    require(is_one(all.back()));
  }
  return all;
}

std::vector<std::string> read_per(const Json& json) {
  std::vector<std::string> per = texts(json, labels_per_limit_max, is_label_name);
  for (auto label = per.begin(); label != per.end(); ++label) {
    require(std::find(per.begin(), label, *label) == label);
  }
  return per;
}

Condition read_condition(const Json& json) {
  Members members{json};
  Condition condition{.label = text(members.at("label")), .negated = false, .values = {}};
  require(is_label_name(condition.label));
  const Json* const is = members.find("is");
  condition.negated = is == nullptr;
  condition.values =
      texts(is == nullptr ? members.at("is_not") : *is, values_per_condition_max, is_label_value);
  members.require_no_more();
  return condition;
}

LimitLabels read_labels(const Json& json) {
  Members members{json};
  LimitLabels labels;
  if (const Json* const per = members.find("per")) {
    labels.per = read_per(*per);
  }
  if (const Json* const history = members.find("history")) {
    labels.history_by = texts(*history, history_labels_max, is_label_name);
  }
  if (const Json* const when = members.find("when")) {
    require(when->is_array() && !when->empty() && when->size() <= conditions_per_limit_max);
    for (const Json& condition : *when) {
      labels.when.push_back(read_condition(condition));
    }
  }
  members.require_no_more();
  require(!json.empty());
  return labels;
}

WindowRule read_window(const Json& size, const Json& period) {
  const std::optional<Period> found = choice_named(text(period), Period::never);
  require(found.has_value());
  return WindowRule{size.is_null() ? std::nullopt : std::optional{amount(size)}, *found};
}

RateRule read_rate(Members& members) {
  RateRule rate{amount(members.at("amount"), 1),
                duration(members.at("per_ns"), rate_period_min, rate_period_max),
                amount(members.at("burst"), 1)};
  if (const Json* const refill = members.find("refill")) {
    require(text(*refill) == name_of(Refill::interval));
    rate.refill = Refill::interval;
  }
  return rate;
}

Rule read_rule(const Json& json) {
  Members members{json};
  Rule rule;
  if (const Json* const period = members.find("period")) {
    rule = read_window(members.at("size"), *period);
  } else if (const Json* const span = members.find("span_ns")) {
    rule = SlidingRule{amount(members.at("size")), duration(*span, span_min, span_max)};
  } else if (const Json* const ttl = members.find("holder_ttl_ns")) {
    rule = ConcurrencyRule{amount(members.at("size")), duration(*ttl, ttl_min, ttl_max)};
  } else {
    rule = read_rate(members);
  }
  members.require_no_more();
  return rule;
}

Override read_override(const Json& json) {
  Members members{json};
  Override instead{.rule = read_rule(members.at("rule"))};
  if (const Json* const soft_limit = members.find("soft_limit")) {
    instead.soft_limit = amount(*soft_limit);
  }
  if (const Json* const expires_at = members.find("expires_at_ns")) {
    // The last nanosecond of all means never, and is left out.
    instead.expires_at = WallTime{Duration{integer(*expires_at, integer_min, integer_max - 1)}};
  }
  instead.author = prose(members.at("author"));
  instead.reason = prose(members.at("reason"));
  members.require_no_more();
  return instead;
}

/// Refuses objects that name a member twice, of which a parser would keep only the last.
Json parse(std::string_view text) {
  std::vector<std::set<std::string>> names;
  bool unique = true;
  const auto look = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) {
      names.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      names.pop_back();
    } else if (event == Json::parse_event_t::key) {
      unique &= names.back().insert(parsed.get<std::string>()).second;
    }
    return true;
  };
  Json json = Json::parse(text, look, false);
  require(unique && !json.is_discarded());
  return json;
}

template <class Read>
auto read(std::string_view text, Read read_json) -> std::optional<decltype(read_json(Json{}))> {
  try {
    return read_json(parse(text));
  } catch (const Unreadable&) {
    return std::nullopt;
  }
}

Json json_of(const Condition& condition) {
  return {{"label", condition.label}, {condition.negated ? "is_not" : "is", condition.values}};
}

Json json_of(const LimitLabels& labels) {
  Json json = Json::object();
  if (!labels.per.empty()) {
    json["per"] = labels.per;
  }
  if (!labels.history_by.empty()) {
    json["history"] = labels.history_by;
  }
  for (const Condition& condition : labels.when) {
    json["when"].push_back(json_of(condition));
  }
  return json;
}

Json json_of(const Rule& rule) {
  if (const auto* window = std::get_if<WindowRule>(&rule)) {
    return {{"period", name_of(window->period)},
            {"size", window->size ? Json(window->size->raw()) : Json()}};
  }
  if (const auto* sliding = std::get_if<SlidingRule>(&rule)) {
    return {{"size", sliding->size.raw()}, {"span_ns", sliding->span.count()}};
  }
  if (const auto* concurrency = std::get_if<ConcurrencyRule>(&rule)) {
    return {{"size", concurrency->size.raw()}, {"holder_ttl_ns", concurrency->ttl.count()}};
  }
  const auto& rate = std::get<RateRule>(rule);
  Json json{
      {"amount", rate.amount.raw()}, {"per_ns", rate.per.count()}, {"burst", rate.burst.raw()}};
  if (rate.refill != Refill::greedy) {
    json["refill"] = name_of(rate.refill);
  }
  return json;
}

Json json_of(const Override& instead) {
  Json json{
      {"rule", json_of(instead.rule)}, {"author", instead.author}, {"reason", instead.reason}};
  if (instead.soft_limit) {
    json["soft_limit"] = instead.soft_limit->raw();
  }
  if (instead.expires_at != wall_time_never) {
    json["expires_at_ns"] = instead.expires_at.time_since_epoch().count();
  }
  return json;
}

[[noreturn]] void refuse(const Limit& limit, const char* field) {
  throw UnwritableLimit(std::string{field} + " of limit \"" + limit.name +
                        "\": not what a limit may have");
}

std::string text_of(const Json& json, const Limit& limit, const char* field) {
  try {
    return json.dump();
  } catch (const Json::type_error&) {
    refuse(limit, field);  // It is not UTF-8.
  }
}

}  // namespace

std::optional<std::string> labels_text(const Limit& limit) {
  const LimitLabels labels{limit.per, limit.when, limit.history_by};
  if (labels == LimitLabels{}) {
    return std::nullopt;
  }
  std::string text = text_of(json_of(labels), limit, "labels");
  if (parse_labels(text) != labels) {
    refuse(limit, "labels");
  }
  return text;
}

std::optional<LimitLabels> parse_labels(std::string_view text) {
  return read(text, read_labels);
}

std::optional<std::string> override_text(const Limit& limit) {
  if (!limit.instead) {
    return std::nullopt;
  }
  if (std::holds_alternative<CreditRule>(limit.instead->rule)) {
    refuse(limit, "override");
  }
  std::string text = text_of(json_of(*limit.instead), limit, "override");
  if (parse_override(text, limit.rule) != limit.instead) {
    refuse(limit, "override");
  }
  return text;
}

std::optional<Override> parse_override(std::string_view text, const Rule& rule) {
  std::optional<Override> instead = read(text, read_override);
  return instead && measure_the_same(rule, instead->rule) ? std::move(instead) : std::nullopt;
}

std::string rule_text(const Rule& rule) {
  return json_of(rule).dump();
}

std::optional<Rule> parse_rule(std::string_view text) {
  return read(text, read_rule);
}

}  // namespace sluice
