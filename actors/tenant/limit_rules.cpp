// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/limit_rules.hpp"

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/text.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace sluice {
namespace {

constexpr unsigned percent_max = 100;
constexpr std::size_t prose_characters_max = 200;

Fault wrong(std::string_view path, std::string_view rest) {
  return Fault{FaultCode::invalid_argument, std::string{path} + std::string{rest}};
}

Result<Done> validate_rate(const RateRule& rate, std::string_view path) {
  if (rate.amount == Amount{}) {
    return wrong(path, ".rule.amount: must be at least 1");
  }
  if (rate.per < rate_period_min || rate.per > rate_period_max) {
    return wrong(path, ".rule.per: must be from 1 ms to 366 days");
  }
  if (rate.burst == Amount{}) {
    return wrong(path, ".rule.burst: must be at least 1");
  }
  if (RateTerms{rate}.refill_time() > rate_refill_max) {
    return wrong(path, ".rule.burst: at this rate it would take more than 100 years to fill");
  }
  return Done{};
}

Result<Done> validate_sliding(const SlidingRule& sliding, std::string_view path) {
  if (sliding.span < span_min || sliding.span > span_max) {
    return wrong(path, ".rule.span: must be from 1 ms to 366 days");
  }
  return Done{};
}

Result<Done> validate_concurrency(const ConcurrencyRule& concurrency, std::string_view path) {
  if (concurrency.ttl < ttl_min || concurrency.ttl > ttl_max) {
    return wrong(path, ".rule.ttl: must be from 1 ms to 7 days");
  }
  return Done{};
}

Result<Done> validate_credit(const Limit& limit, std::string_view path) {
  if (!limit.per.empty()) {
    return wrong(path, ".per: credit is not counted by labels");
  }
  if (limit.instead) {
    return wrong(path, ".instead: credit has no override; give a grant");
  }
  return Done{};
}

Result<Done> validate_soft_limit(const Limit& limit, std::string_view path) {
  if (!limit.soft_limit) {
    return Done{};
  }
  const auto size = size_of(limit.rule);
  if (!size) {
    return wrong(path, ".soft_limit: only a window with a size can have one");
  }
  if (*limit.soft_limit > *size) {
    return wrong(path, ".soft_limit: must not be above the size");
  }
  return Done{};
}

Result<Done> validate_enforcement(const Limit& limit, std::string_view path) {
  const auto* window = std::get_if<WindowRule>(&limit.rule);
  const bool bounded_window = window != nullptr && window->size.has_value();
  if (limit.enforcement == Enforcement::throttle) {
    if (!bounded_window || window->period == Period::never) {
      return wrong(path, ".enforcement: only a window with a size and an end can throttle");
    }
    if (!limit.soft_limit || *limit.soft_limit == *window->size) {
      return wrong(path, ".soft_limit: a limit that throttles needs one, below its size");
    }
  }
  if (limit.enforcement == Enforcement::overage && !limit.overage) {
    return wrong(path, ".overage: enforcement overage needs a price");
  }
  if (!limit.overage) {
    return Done{};
  }
  const bool is_bounded = bounded_window || std::holds_alternative<CreditRule>(limit.rule);
  if (!is_bounded || limit.enforcement == Enforcement::block) {
    return wrong(path,
                 ".overage: only a window with a size, or credit, that does not block can have a "
                 "price");
  }
  if (limit.overage->price_micros > Amount::max_raw) {
    return wrong(path, ".overage.price_micros: must be at most 2^63-1");
  }
  if (limit.overage->per == Amount{}) {
    return wrong(path, ".overage.per: must be at least 1");
  }
  return Done{};
}

Result<Done> validate_thresholds(const std::vector<Percent>& thresholds, std::string_view path) {
  if (thresholds.size() > thresholds_per_limit_max) {
    return Fault{FaultCode::limit_exceeded,
                 std::string{path} + ".thresholds: more than thresholds_per_limit_max (8)"};
  }
  Percent last{0};
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const std::string field = std::string{path} + ".thresholds[" + std::to_string(i) + "]";
    if (thresholds[i].raw() < 1 || thresholds[i].raw() > percent_max) {
      return wrong(field, ": must be from 1 to 100");
    }
    if (thresholds[i] <= last) {
      return wrong(field, ": must be above the one before it");
    }
    last = thresholds[i];
  }
  return Done{};
}

Result<Done> validate_condition(const Condition& condition, const std::string& path) {
  if (!is_label_name(condition.label)) {
    return wrong(path, ".label: must match [a-z0-9][a-z0-9_-]{0,31}");
  }
  if (condition.values.empty() || condition.values.size() > values_per_condition_max) {
    return wrong(path, ".values: must be 1 to 16");
  }
  for (std::size_t i = 0; i < condition.values.size(); ++i) {
    if (!is_label_value(condition.values[i])) {
      return wrong(path, ".values[" + std::to_string(i) + "]: must be up to 64 bytes of UTF-8");
    }
  }
  return Done{};
}

Result<Done> validate_labels(const Limit& limit, std::string_view path) {
  if (limit.per.size() > labels_per_limit_max) {
    return wrong(path, ".per: must be at most 4 labels");
  }
  for (std::size_t i = 0; i < limit.per.size(); ++i) {
    const std::string field = std::string{path} + ".per[" + std::to_string(i) + "]";
    if (!is_label_name(limit.per[i])) {
      return wrong(field, ": must match [a-z0-9][a-z0-9_-]{0,31}");
    }
    const auto before = limit.per.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(limit.per.begin(), before, limit.per[i]) != before) {
      return wrong(field, ": is there twice");
    }
  }
  if (limit.history_by.size() > history_labels_max) {
    return wrong(path, ".history_by: must be at most 4 labels");
  }
  for (std::size_t i = 0; i < limit.history_by.size(); ++i) {
    if (!is_label_name(limit.history_by[i])) {
      return wrong(std::string{path} + ".history_by[" + std::to_string(i) + "]",
                   ": must match [a-z0-9][a-z0-9_-]{0,31}");
    }
  }
  if (limit.when.size() > conditions_per_limit_max) {
    return wrong(path, ".when: must be at most 4 conditions");
  }
  for (std::size_t i = 0; i < limit.when.size(); ++i) {
    const std::string field = std::string{path} + ".when[" + std::to_string(i) + "]";
    if (auto checked = validate_condition(limit.when[i], field); !checked.ok()) {
      return checked;
    }
  }
  return Done{};
}

// As if the limit had always been so.
Result<Done> validate_override(const Limit& limit, std::string_view path) {
  if (!limit.instead) {
    return Done{};
  }
  const std::string field = std::string{path} + ".instead";
  const Override& instead = *limit.instead;
  if (!measure_the_same(limit.rule, instead.rule)) {
    return wrong(field, ".rule: must be of the same kind and period as the limit's");
  }
  if (const Objection objection = object_to_prose(instead.author, prose_characters_max)) {
    return wrong(field, ".author: " + std::string{*objection} + " (1 to 200 characters)");
  }
  if (const Objection objection = object_to_prose(instead.reason, prose_characters_max)) {
    return wrong(field, ".reason: " + std::string{*objection} + " (1 to 200 characters)");
  }
  Limit in_force = limit;
  in_force.instead.reset();
  in_force.rule = instead.rule;
  in_force.soft_limit = instead.soft_limit;
  return validate_terms(in_force, field);
}

}  // namespace

std::optional<Amount> size_of(const Rule& rule) {
  if (const auto* sliding = std::get_if<SlidingRule>(&rule)) {
    return sliding->size;
  }
  if (const auto* concurrency = std::get_if<ConcurrencyRule>(&rule)) {
    return concurrency->size;
  }
  const auto* window = std::get_if<WindowRule>(&rule);
  return window == nullptr ? std::nullopt : window->size;
}

Result<Done> validate_terms(const Limit& limit, std::string_view path) {
  if (const auto* rate = std::get_if<RateRule>(&limit.rule)) {
    if (auto checked = validate_rate(*rate, path); !checked.ok()) {
      return checked;
    }
  }
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    if (auto checked = validate_sliding(*sliding, path); !checked.ok()) {
      return checked;
    }
  }
  if (const auto* concurrency = std::get_if<ConcurrencyRule>(&limit.rule)) {
    if (auto checked = validate_concurrency(*concurrency, path); !checked.ok()) {
      return checked;
    }
  }
  if (std::holds_alternative<CreditRule>(limit.rule)) {
    if (auto checked = validate_credit(limit, path); !checked.ok()) {
      return checked;
    }
  }
  if (auto checked = validate_enforcement(limit, path); !checked.ok()) {
    return checked;
  }
  if (auto checked = validate_soft_limit(limit, path); !checked.ok()) {
    return checked;
  }
  if (auto checked = validate_labels(limit, path); !checked.ok()) {
    return checked;
  }
  if (auto checked = validate_override(limit, path); !checked.ok()) {
    return checked;
  }
  return validate_thresholds(limit.thresholds, path);
}

bool is_label_value(std::string_view value) {
  return value.empty() || (value.size() <= label_value_bytes_max &&
                           !object_to_prose(value, label_value_bytes_max).has_value());
}

bool measure_the_same(const Rule& a, const Rule& b) {
  const auto* window = std::get_if<WindowRule>(&a);
  return a.index() == b.index() &&
         (window == nullptr || window->period == std::get<WindowRule>(b).period);
}

bool counts_the_same(const Limit& a, const Limit& b) {
  return a.meter == b.meter && a.per == b.per && measure_the_same(a.rule, b.rule);
}

bool is_label_name(std::string_view name) {
  return !name.empty() && name.size() <= label_name_bytes_max &&
         is_spelt_in(name, {.extra = "_-"}) && name.front() != '_' && name.front() != '-';
}

Result<Done> validate_limit(const Limit& limit, std::string_view path, const MeterTable& meters) {
  const std::string_view name = limit.name;
  if (name.empty() || name.size() > limit_name_bytes_max || !is_spelt_in(name, {.extra = "_-"}) ||
      name.front() == '_' || name.front() == '-') {
    return wrong(path, ".name: must match [a-z0-9][a-z0-9_-]{0,62}");
  }
  if (limit.meter.raw() == 0 || limit.meter.raw() > meters.size()) {
    return Fault{FaultCode::not_found, std::string{path} + ".meter: there is no meter " +
                                           std::to_string(limit.meter.raw())};
  }
  return validate_terms(limit, path);
}

}  // namespace sluice
