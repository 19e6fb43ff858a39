// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/rule_wish.hpp"
#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/limit_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <variant>

#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

using Field = std::optional<std::string> RuleWish::*;

/// The options of a rule, with the kind of limit that each belongs to.
struct RuleOption {
  std::string_view kind;
  std::string_view name;
  Field field;
};
constexpr std::array<RuleOption, 9> options{
    {{"window", "--size", &RuleWish::size},
     {"window", "--period", &RuleWish::period},
     {"rate", "--rate", &RuleWish::rate},
     {"rate", "--per", &RuleWish::per},
     {"rate", "--burst", &RuleWish::burst},
     {"rate", "--refill", &RuleWish::refill},
     {"sliding", "--sliding", &RuleWish::sliding},
     {"concurrency", "--concurrency", &RuleWish::concurrency},
     {"credit", "--credit", &RuleWish::credit}}};

/// Names the option that belongs to another kind of limit than the one asked for.
Result<Done> only(std::string_view kind, const RuleWish& wish) {
  for (const RuleOption& option : options) {
    if (option.kind != kind && wish.*option.field) {
      return wrong_option(option.name,
                          "a limit is a window (--size, --period), a rate (--rate, --per), "
                          "--sliding, --concurrency or --credit, not several");
    }
  }
  return Done{};
}

Result<Rule> rate_from(const RuleWish& wish, AmountUnit unit) {
  if (!wish.rate || !wish.per) {
    return wrong_option(wish.rate ? "--per" : "--rate", "a rate limit needs --rate and --per");
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
  const auto refill = choice_named(wish.refill.value_or("greedy"), Refill::interval);
  if (!refill) {
    return wrong_option("--refill",
                        fmt::format("'{}' is not greedy or interval", wish.refill.value_or("")));
  }
  return Rule{RateRule{amount.value(), per.value(), burst.value(), *refill}};
}

/// Of `AMOUNT/DURATION`.
template <class Kind>
Result<Rule> spanned_from(std::string_view option, std::string_view text, AmountUnit unit) {
  const auto size = named(option, parse_amount(take_until(text, '/'), unit));
  if (!size.ok()) {
    return size.fault();
  }
  const auto duration = named(option, parse_duration(text));
  if (!duration.ok()) {
    return duration.fault();
  }
  return Rule{Kind{size.value(), duration.value()}};
}

Result<Period> named_period(std::string_view option, std::string_view text) {
  const auto period = period_from(text);
  if (!period) {
    return wrong_option(
        option, fmt::format("'{}' is not minute, hour, day, week, month, year or never", text));
  }
  return *period;
}

Result<Rule> credit_from(std::string_view text) {
  const auto period = named_period("--credit", text);
  return period.ok() ? Result<Rule>(CreditRule{period.value()}) : Result<Rule>(period.fault());
}

Result<Rule> window_from(const RuleWish& wish, AmountUnit unit) {
  if (!wish.size || !wish.period) {
    return wrong_option(wish.size ? "--period" : "--size",
                        "a limit needs --size and --period, or --rate and --per, or --sliding, "
                        "or --concurrency, or --credit");
  }
  const auto period = named_period("--period", *wish.period);
  if (!period.ok()) {
    return period.fault();
  }
  if (*wish.size == "unlimited") {
    return Rule{WindowRule{std::nullopt, period.value()}};
  }
  const auto size = named("--size", parse_amount(*wish.size, unit));
  if (!size.ok()) {
    return size.fault();
  }
  return Rule{WindowRule{size.value(), period.value()}};
}

std::string_view kind_of(const RuleWish& wish) {
  if (wish.credit) {
    return "credit";
  }
  if (wish.concurrency) {
    return "concurrency";
  }
  if (wish.sliding) {
    return "sliding";
  }
  return wish.rate || wish.per || wish.burst || wish.refill ? "rate" : "window";
}

}  // namespace

Result<Rule> rule_from(const RuleWish& wish, AmountUnit unit) {
  const std::string_view kind = kind_of(wish);
  if (kind == "rate" && (!wish.rate || !wish.per)) {
    return rate_from(wish, unit);  // Says what is missing before what is too much.
  }
  if (auto alone = only(kind, wish); !alone.ok()) {
    return alone.fault();
  }
  if (wish.credit) {
    return credit_from(*wish.credit);
  }
  if (wish.concurrency) {
    return spanned_from<ConcurrencyRule>("--concurrency", *wish.concurrency, unit);
  }
  if (wish.sliding) {
    return spanned_from<SlidingRule>("--sliding", *wish.sliding, unit);
  }
  return kind == "rate" ? rate_from(wish, unit) : window_from(wish, unit);
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

Result<Amount> parse_soft_limit(std::string_view text, const Rule& rule, AmountUnit unit) {
  if (!text.ends_with('%')) {
    return parse_amount(text, unit);
  }
  const auto size = size_of(rule);
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

std::optional<Period> period_from(std::string_view text) {
  return choice_named(text, Period::never);
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

Fault wrong_option(std::string_view option, std::string_view why) {
  return Fault{FaultCode::invalid_argument, fmt::format("{}: {}", option, why)};
}

}  // namespace sluice::ctl
