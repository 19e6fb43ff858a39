// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "ops/sluicectl/limit_wish.hpp"

namespace sluice::ctl {
namespace {

Fault wrong_form(std::string_view text, std::string_view why) {
  return Fault{FaultCode::invalid_argument,
               fmt::format("'{}' {}; write for example monthly=api_requests:10k/month,soft=80% or "
                           "pace=api_requests:50/1s,burst=100",
                           text, why)};
}

/// Makes something else of what looks like a rate; false if it does not.
bool remake(LimitWish& wish, std::optional<std::string> RuleWish::*kind) {
  if (!wish.rate) {
    return false;
  }
  wish.*kind =
      *std::exchange(wish.rate, std::nullopt) + '/' + *std::exchange(wish.per, std::nullopt);
  return true;
}

/// Where the value of such a part goes; null if there is no such part.
std::optional<std::string>* place_of(std::string_view key, LimitWish& wish) {
  if (key == "burst") {
    return &wish.burst;
  }
  if (key == "refill") {
    return &wish.refill;
  }
  if (key == "soft") {
    return &wish.soft;
  }
  if (key == "thresholds") {
    return &wish.thresholds;
  }
  if (key == "price") {
    return &wish.overage_price;
  }
  if (key == "by") {
    return &wish.by;
  }
  if (key == "history-by") {
    return &wish.history_by;
  }
  return key == "cap" ? &wish.overage_cap : nullptr;
}

/// A part that is only a word; nothing if there is no such word, false if it does not belong here.
std::optional<bool> take_word(std::string_view word, LimitWish& wish) {
  if (enforcement_from(word)) {
    wish.enforcement = word;
    return true;
  }
  if (word == "shadow") {
    wish.shadow = true;
    return true;
  }
  if (word == "release-on-expiry") {
    wish.release_on_expiry = true;
    return true;
  }
  if (word == "sliding") {
    return remake(wish, &RuleWish::sliding);
  }
  if (word == "concurrent") {
    return remake(wish, &RuleWish::concurrency);
  }
  return std::nullopt;
}

/// One of the parts behind the commas; false if there is no such part.
bool take_extra(std::string_view extra, LimitWish& wish) {
  if (const auto taken = take_word(extra, wish)) {
    return *taken;
  }
  const std::string_view key = take_until(extra, '=');
  std::string value{extra};
  if (key == "when") {
    wish.when.push_back(std::move(value));
    return true;
  }
  std::optional<std::string>* const place = place_of(key, wish);
  if (place == nullptr) {
    return false;
  }
  if (key == "thresholds" || key == "by" || key == "history-by") {
    std::replace(value.begin(), value.end(), '+', ',');
  }
  *place = std::move(value);
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
  if (amount == "credit") {
    wish.credit = std::move(span);
  } else if (period_from(span)) {
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

}  // namespace sluice::ctl
