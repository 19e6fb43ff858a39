// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/limit_wish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/overage_text.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

constexpr std::array<Period, 7> periods{Period::minute, Period::hour, Period::day,  Period::week,
                                        Period::month,  Period::year, Period::never};
constexpr std::array<Enforcement, 4> enforcements{Enforcement::block, Enforcement::alert,
                                                  Enforcement::throttle, Enforcement::overage};

Fault wrong(std::string_view field, std::string_view why) {
  return Fault{FaultCode::invalid_argument, fmt::format("{}: {}", field, why)};
}

/// The same result, with a fault that begins with the field.
template <class T>
Result<T> named(std::string_view field, Result<T> result) {
  if (!result.ok()) {
    return wrong(field, result.fault().context);
  }
  return result;
}

Result<Percent> parse_percent(std::string_view text) {
  const std::string_view digits = text.ends_with('%') ? text.substr(0, text.size() - 1) : text;
  std::uint8_t percent = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), percent);
  if (error != std::errc{} || end != digits.end() || percent < 1 || percent > 100) {
    return Fault{FaultCode::invalid_argument,
                 fmt::format("'{}' is not a whole percentage from 1 to 100", text)};
  }
  return Percent{percent};
}

Result<std::vector<Percent>> parse_thresholds(std::string_view text) {
  std::vector<Percent> thresholds;
  if (text == "none") {
    return thresholds;
  }
  do {
    auto percent = parse_percent(take_until(text, ','));
    if (!percent.ok()) {
      return percent.fault();
    }
    thresholds.push_back(percent.value());
  } while (!text.empty());
  return thresholds;
}

Result<Amount> parse_soft_limit(std::string_view text, const std::optional<Amount>& size,
                                AmountUnit unit) {
  if (!text.ends_with('%')) {
    return parse_amount(text, unit);
  }
  if (!size) {
    return Fault{FaultCode::invalid_argument, "a percentage needs a limit with a size"};
  }
  const auto percent = parse_percent(text);
  if (!percent.ok()) {
    return percent.fault();
  }
  __extension__ using Wide = unsigned __int128;
  return Amount{static_cast<std::uint64_t>(Wide{size->raw()} * percent.value().raw() / 100)};
}

/// Names the option that belongs to another kind of limit than the one asked for.
Result<Done> only(std::initializer_list<std::pair<std::string_view, bool>> of_other_kinds) {
  for (const auto& [option, given] : of_other_kinds) {
    if (given) {
      return wrong(option,
                   "a limit is a window (--size, --period), a rate (--rate, --per) or "
                   "--sliding, not several");
    }
  }
  return Done{};
}

Result<Rule> rate_from(const LimitWish& wish, AmountUnit unit) {
  if (!wish.rate || !wish.per) {
    return wrong(wish.rate ? "--per" : "--rate", "a rate limit needs --rate and --per");
  }
  if (auto alone = only({{"--size", wish.size.has_value()}, {"--period", wish.period.has_value()}});
      !alone.ok()) {
    return alone.fault();
  }
  if (wish.soft || wish.thresholds) {
    return wrong(wish.soft ? "--soft" : "--thresholds", "only windows have it");
  }
  const auto amount = named("--rate", parse_amount(*wish.rate, unit));
  const auto per = named("--per", parse_duration(*wish.per));
  const auto burst = wish.burst ? named("--burst", parse_amount(*wish.burst, unit)) : amount;
  for (const Fault* fault :
       {amount.ok() ? nullptr : &amount.fault(), per.ok() ? nullptr : &per.fault(),
        burst.ok() ? nullptr : &burst.fault()}) {
    if (fault != nullptr) {
      return *fault;
    }
  }
  return Rule{RateRule{amount.value(), per.value(), burst.value()}};
}

Result<Rule> sliding_from(const LimitWish& wish, AmountUnit unit) {
  if (auto alone = only({{"--size", wish.size.has_value()},
                         {"--period", wish.period.has_value()},
                         {"--rate", wish.rate.has_value()},
                         {"--per", wish.per.has_value()},
                         {"--burst", wish.burst.has_value()}});
      !alone.ok()) {
    return alone.fault();
  }
  std::string_view span = *wish.sliding;
  const auto size = named("--sliding", parse_amount(take_until(span, '/'), unit));
  if (!size.ok()) {
    return size.fault();
  }
  const auto duration = named("--sliding", parse_duration(span));
  if (!duration.ok()) {
    return duration.fault();
  }
  return Rule{SlidingRule{size.value(), duration.value()}};
}

Result<Rule> window_from(const LimitWish& wish, AmountUnit unit) {
  if (!wish.size || !wish.period) {
    return wrong(wish.size ? "--period" : "--size",
                 "a limit needs --size and --period, or --rate and --per, or --sliding");
  }
  const auto period = period_from(*wish.period);
  if (!period) {
    return wrong(
        "--period",
        fmt::format("'{}' is not minute, hour, day, week, month, year or never", *wish.period));
  }
  if (*wish.size == "unlimited") {
    return Rule{WindowRule{std::nullopt, *period}};
  }
  const auto size = named("--size", parse_amount(*wish.size, unit));
  if (!size.ok()) {
    return size.fault();
  }
  return Rule{WindowRule{size.value(), *period}};
}

Result<Rule> rule_from(const LimitWish& wish, AmountUnit unit) {
  if (wish.sliding) {
    return sliding_from(wish, unit);
  }
  return wish.rate || wish.per || wish.burst ? rate_from(wish, unit) : window_from(wish, unit);
}

/// What soft limits and thresholds are shares of; nothing for a rate, or without a size.
std::optional<Amount> size_of(const Rule& rule) {
  if (const auto* const sliding = std::get_if<SlidingRule>(&rule)) {
    return sliding->size;
  }
  const auto* const window = std::get_if<WindowRule>(&rule);
  return window == nullptr ? std::nullopt : window->size;
}

Result<std::optional<OverageTerms>> overage_from(const LimitWish& wish, AmountUnit unit) {
  if (!wish.overage_price) {
    return wish.overage_cap ? Result<std::optional<OverageTerms>>(
                                  wrong("--overage-cap", "needs --overage-price, which may be 0/1"))
                            : std::optional<OverageTerms>{};
  }
  auto terms = named("--overage-price", parse_overage_price(*wish.overage_price, unit));
  if (!terms.ok()) {
    return terms.fault();
  }
  if (wish.overage_cap) {
    const auto cap = named("--overage-cap", parse_amount(*wish.overage_cap, unit));
    if (!cap.ok()) {
      return cap.fault();
    }
    terms.value().cap = cap.value();
  }
  return std::optional{terms.value()};
}

}  // namespace

Result<Limit> limit_from(const LimitWish& wish, const Meter& meter) {
  const AmountUnit unit = amount_unit_of(meter);
  const auto rule = rule_from(wish, unit);
  if (!rule.ok()) {
    return rule.fault();
  }
  const auto enforcement = enforcement_from(wish.enforcement);
  if (!enforcement) {
    return wrong("--enforcement",
                 fmt::format("'{}' is not block, alert, throttle or overage", wish.enforcement));
  }
  const auto overage = overage_from(wish, unit);
  if (!overage.ok()) {
    return overage.fault();
  }
  Limit limit;
  limit.name = wish.name;
  limit.meter = meter.id;
  limit.rule = rule.value();
  limit.enforcement = *enforcement;
  limit.shadow = wish.shadow;
  limit.overage = overage.value();
  const auto size = size_of(limit.rule);
  if (wish.soft) {
    const auto soft = named("--soft", parse_soft_limit(*wish.soft, size, unit));
    if (!soft.ok()) {
      return soft.fault();
    }
    limit.soft_limit = soft.value();
  }
  if (wish.thresholds) {
    auto thresholds = named("--thresholds", parse_thresholds(*wish.thresholds));
    if (!thresholds.ok()) {
      return thresholds.fault();
    }
    limit.thresholds = std::move(thresholds).value();
  } else if (!size) {
    limit.thresholds.clear();  // There is nothing to have a share of.
  }
  return limit;
}

std::optional<Period> period_from(std::string_view text) {
  const auto* const found = std::find_if(periods.begin(), periods.end(),
                                         [text](Period p) { return to_string(p) == text; });
  return found == periods.end() ? std::nullopt : std::optional{*found};
}

std::optional<Enforcement> enforcement_from(std::string_view text) {
  const auto* const found =
      std::find_if(enforcements.begin(), enforcements.end(),
                   [text](Enforcement enforcement) { return to_string(enforcement) == text; });
  return found == enforcements.end() ? std::nullopt : std::optional{*found};
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

std::string_view to_string(Period period) {
  switch (period) {
    case Period::minute:
      return "minute";
    case Period::hour:
      return "hour";
    case Period::day:
      return "day";
    case Period::week:
      return "week";
    case Period::month:
      return "month";
    case Period::year:
      return "year";
    case Period::never:
      return "never";
  }
  return "";
}

std::string_view to_string(Enforcement enforcement) {
  switch (enforcement) {
    case Enforcement::block:
      return "block";
    case Enforcement::alert:
      return "alert";
    case Enforcement::throttle:
      return "throttle";
    case Enforcement::overage:
      return "overage";
  }
  return "";
}

}  // namespace sluice::ctl
