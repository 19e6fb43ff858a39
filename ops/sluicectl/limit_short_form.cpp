// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
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

/// Makes a sliding window of what looks like a rate; false if it does not.
bool slide(LimitWish& wish) {
  if (!wish.rate) {
    return false;
  }
  wish.sliding =
      *std::exchange(wish.rate, std::nullopt) + '/' + *std::exchange(wish.per, std::nullopt);
  return true;
}

/// Where the value of such a part goes; null if there is no such part.
std::optional<std::string>* place_of(std::string_view key, LimitWish& wish) {
  if (key == "burst") {
    return &wish.burst;
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
  return key == "cap" ? &wish.overage_cap : nullptr;
}

/// One of the parts behind the commas; false if there is no such part.
bool take_extra(std::string_view extra, LimitWish& wish) {
  const std::string_view key = take_until(extra, '=');
  std::string value{extra};
  if (enforcement_from(key)) {
    wish.enforcement = key;
    return value.empty();
  }
  if (key == "shadow") {
    wish.shadow = true;
    return value.empty();
  }
  if (key == "sliding") {
    return value.empty() && slide(wish);
  }
  std::optional<std::string>* const place = place_of(key, wish);
  if (place == nullptr) {
    return false;
  }
  if (key == "thresholds") {
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

}  // namespace sluice::ctl
