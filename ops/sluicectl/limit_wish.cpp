// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/limit_wish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

constexpr std::array<Period, 7> periods{Period::minute, Period::hour, Period::day,  Period::week,
                                        Period::month,  Period::year, Period::never};

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

std::optional<Period> period_from(std::string_view text) {
  const auto* const found = std::find_if(periods.begin(), periods.end(),
                                         [text](Period p) { return to_string(p) == text; });
  return found == periods.end() ? std::nullopt : std::optional{*found};
}

/// Everything up to the separator, which is dropped; all of it if there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
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

Result<RateRule> rate_from(const LimitWish& wish, AmountUnit unit) {
  if (!wish.rate || !wish.per) {
    return wrong(wish.rate ? "--per" : "--rate", "a rate limit needs --rate and --per");
  }
  if (wish.period || wish.size) {
    return wrong(wish.size ? "--size" : "--period",
                 "a limit is a window (--size, --period) or a rate (--rate, --per), not both");
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
  return RateRule{amount.value(), per.value(), burst.value()};
}

Result<WindowRule> window_from(const LimitWish& wish, AmountUnit unit) {
  if (!wish.size || !wish.period) {
    return wrong(wish.size ? "--period" : "--size",
                 "a limit needs --size and --period, or --rate and --per");
  }
  const auto period = period_from(*wish.period);
  if (!period) {
    return wrong(
        "--period",
        fmt::format("'{}' is not minute, hour, day, week, month, year or never", *wish.period));
  }
  if (*wish.size == "unlimited") {
    return WindowRule{std::nullopt, *period};
  }
  const auto size = named("--size", parse_amount(*wish.size, unit));
  if (!size.ok()) {
    return size.fault();
  }
  return WindowRule{size.value(), *period};
}

Fault wrong_form(std::string_view text, std::string_view why) {
  return Fault{FaultCode::invalid_argument,
               fmt::format("'{}' {}; write for example monthly=api_requests:10k/month,soft=80% or "
                           "pace=api_requests:50/1s,burst=100",
                           text, why)};
}

/// One of the parts behind the commas; false if there is no such part.
bool take_extra(std::string_view extra, LimitWish& wish) {
  const std::string_view key = take_until(extra, '=');
  std::string value{extra};
  if (key == "alert" || key == "block") {
    wish.alert = key == "alert";
    return value.empty();
  }
  if (key == "burst") {
    wish.burst = std::move(value);
  } else if (key == "soft") {
    wish.soft = std::move(value);
  } else if (key == "thresholds") {
    std::replace(value.begin(), value.end(), '+', ',');
    wish.thresholds = std::move(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<LimitWish> parse_limit_wish(std::string_view text) {
  std::string_view extras = text;
  std::string_view main = take_until(extras, ',');
  LimitWish wish;
  wish.name = take_until(main, '=');
  wish.meter = take_until(main, ':');
  std::string amount{take_until(main, '/')};
  std::string span{main};
  if (wish.name.empty() || wish.meter.empty() || amount.empty() || span.empty()) {
    return wrong_form(text, "is not a limit");
  }
  if (period_from(span)) {
    wish.size = std::move(amount);
    wish.period = std::move(span);
  } else {
    wish.rate = std::move(amount);
    wish.per = std::move(span);
  }
  while (!extras.empty()) {
    const std::string_view extra = take_until(extras, ',');
    if (!take_extra(extra, wish)) {
      return wrong_form(text, fmt::format("has the unknown part '{}'", extra));
    }
  }
  return wish;
}

Result<Limit> limit_from(const LimitWish& wish, const Meter& meter) {
  const AmountUnit unit = amount_unit_of(meter);
  Limit limit;
  limit.name = wish.name;
  limit.meter = meter.id;
  limit.enforcement = wish.alert ? Enforcement::alert : Enforcement::block;
  if (wish.rate || wish.per || wish.burst) {
    const auto rate = rate_from(wish, unit);
    if (!rate.ok()) {
      return rate.fault();
    }
    limit.rule = rate.value();
    limit.thresholds.clear();
    return limit;
  }
  const auto window = window_from(wish, unit);
  if (!window.ok()) {
    return window.fault();
  }
  limit.rule = window.value();
  if (wish.soft) {
    const auto soft = named("--soft", parse_soft_limit(*wish.soft, window.value().size, unit));
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
  } else if (!window.value().size) {
    limit.thresholds.clear();  // There is nothing to have a share of.
  }
  return limit;
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
  }
  return "";
}

}  // namespace sluice::ctl
