// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/limit_wish.hpp"
#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/limit_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/label_text.hpp"
#include "ops/sluicectl/overage_text.hpp"

namespace sluice::ctl {
namespace {

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

/// Which requests the limit is for, and which of them count together.
Result<Done> set_labels(Limit& limit, const LimitWish& wish) {
  if (wish.by) {
    auto names = named("--by", parse_label_names(*wish.by));
    if (!names.ok()) {
      return names.fault();
    }
    limit.per = std::move(names).value();
  }
  if (wish.history_by) {
    auto names = named("--history-by", parse_label_names(*wish.history_by));
    if (!names.ok()) {
      return names.fault();
    }
    limit.history_by = std::move(names).value();
  }
  for (const std::string& text : wish.when) {
    auto condition = named("--when", parse_condition(text));
    if (!condition.ok()) {
      return condition.fault();
    }
    limit.when.push_back(std::move(condition).value());
  }
  return Done{};
}

/// From where on it warns, and what it reports; of what has a size.
Result<Done> set_marks(Limit& limit, const LimitWish& wish, AmountUnit unit) {
  const bool is_rate = std::holds_alternative<RateRule>(limit.rule);
  const bool is_credit = std::holds_alternative<CreditRule>(limit.rule);
  if ((is_rate || is_credit) && wish.soft) {
    return wrong_option("--soft", is_rate ? "a rate has none" : "credit has none");
  }
  if (is_rate && wish.thresholds) {
    return wrong_option("--thresholds", "a rate has none");
  }
  if (wish.soft) {
    const auto soft = named("--soft", parse_soft_limit(*wish.soft, limit.rule, unit));
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
  } else if (!is_credit && !size_of(limit.rule)) {
    limit.thresholds.clear();  // There is nothing to have a share of.
  }
  return Done{};
}

Result<std::optional<OverageTerms>> overage_from(const LimitWish& wish, AmountUnit unit) {
  if (!wish.overage_price) {
    return wish.overage_cap ? Result<std::optional<OverageTerms>>(wrong_option(
                                  "--overage-cap", "needs --overage-price, which may be 0/1"))
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
    return wrong_option(
        "--enforcement",
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
  limit.releases_on_expiry = wish.release_on_expiry;
  if (auto set = set_labels(limit, wish); !set.ok()) {
    return set.fault();
  }
  if (auto set = set_marks(limit, wish, unit); !set.ok()) {
    return set.fault();
  }
  return limit;
}

std::optional<Enforcement> enforcement_from(std::string_view text) {
  return choice_named(text, Enforcement::overage);
}

}  // namespace sluice::ctl
