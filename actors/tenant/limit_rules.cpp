// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/limit_rules.hpp"

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/text.hpp"

#include <optional>
#include <string>

namespace sluice {
namespace {

constexpr std::size_t limit_name_bytes_max = 63;
constexpr unsigned percent_max = 100;

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

/// Of windows, also sliding ones; nothing for what has none.
std::optional<Amount> size_of(const Rule& rule) {
  if (const auto* sliding = std::get_if<SlidingRule>(&rule)) {
    return sliding->size;
  }
  const auto* window = std::get_if<WindowRule>(&rule);
  return window == nullptr ? std::nullopt : window->size;
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
  if (!bounded_window || limit.enforcement == Enforcement::block) {
    return wrong(path, ".overage: only a window with a size that does not block can have a price");
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

}  // namespace

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
  if (auto checked = validate_enforcement(limit, path); !checked.ok()) {
    return checked;
  }
  if (auto checked = validate_soft_limit(limit, path); !checked.ok()) {
    return checked;
  }
  return validate_thresholds(limit.thresholds, path);
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
