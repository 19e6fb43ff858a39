// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/override_wish.hpp"
#include "actors/tenant/limit_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

/// What has to be given for a limit of this kind.
std::string_view option_of(const Rule& rule) {
  if (std::holds_alternative<RateRule>(rule)) {
    return "--rate";
  }
  if (std::holds_alternative<SlidingRule>(rule)) {
    return "--sliding";
  }
  return std::holds_alternative<ConcurrencyRule>(rule) ? "--concurrency" : "--size";
}

/// The option that says which kind of rule it is; empty if none is given.
std::string_view option_of(const RuleWish& wish) {
  if (wish.concurrency) {
    return "--concurrency";
  }
  if (wish.sliding) {
    return "--sliding";
  }
  if (wish.size) {
    return "--size";
  }
  if (wish.rate) {
    return "--rate";
  }
  return wish.per ? "--per" : wish.burst ? "--burst" : wish.refill ? "--refill" : "";
}

Result<Rule> rule_of(const OverrideWish& wish, const Limit& limit, AmountUnit unit) {
  if (std::holds_alternative<CreditRule>(limit.rule)) {
    return wrong_option(
        "NAME", fmt::format("'{}' is credit, which has no size; give credit instead", limit.name));
  }
  const std::string_view needed = option_of(limit.rule);
  const std::string_view given = option_of(wish);
  if (given.empty()) {
    return wrong_option(needed, fmt::format("has to say what holds instead in '{}'", limit.name));
  }
  const bool of_rate =
      given == "--rate" || given == "--per" || given == "--burst" || given == "--refill";
  if (given != needed && !(of_rate && needed == "--rate")) {
    return wrong_option(given, fmt::format("'{}' is of another kind; give {}", limit.name, needed));
  }
  RuleWish whole = wish;
  if (const auto* const window = std::get_if<WindowRule>(&limit.rule)) {
    whole.period = name_of(window->period);
  }
  const auto* const rate = std::get_if<RateRule>(&limit.rule);
  if (rate != nullptr && !whole.per) {
    whole.per = fmt::format("{}ns", rate->per.count());
  }
  if (rate != nullptr && !whole.refill) {
    whole.refill = name_of(rate->refill);
  }
  return rule_from(whole, unit);
}

Result<WallTime> end_of(const OverrideWish& wish, WallTime now) {
  if (wish.lasts_for && wish.until) {
    return wrong_option("--for", "is another way to say --until; give one of them");
  }
  if (wish.lasts_for) {
    const auto length = named("--for", parse_duration(*wish.lasts_for));
    if (!length.ok()) {
      return length.fault();
    }
    if (length.value() >= wall_time_never - now) {
      return wrong_option("--for", "is beyond the year 2262; leave it out for no end");
    }
    return now + length.value();
  }
  if (!wish.until) {
    return wall_time_never;
  }
  auto until = named("--until", parse_instant(*wish.until));
  if (until.ok() && until.value() <= now) {
    return wrong_option("--until", fmt::format("'{}' is over; the server's clock stands at {}",
                                               *wish.until, format_instant(now)));
  }
  return until;
}

}  // namespace

Result<Override> override_from(const OverrideWish& wish, const Limit& limit, AmountUnit unit,
                               WallTime now) {
  const auto rule = rule_of(wish, limit, unit);
  if (!rule.ok()) {
    return rule.fault();
  }
  const auto end = end_of(wish, now);
  if (!end.ok()) {
    return end.fault();
  }
  for (const auto& [option, text] :
       {std::pair{"--author", &wish.author}, {"--reason", &wish.reason}}) {
    if (text->empty()) {
      return wrong_option(option, "must not be empty");
    }
  }
  Override instead{rule.value(), std::nullopt, end.value(), wish.author, wish.reason};
  if (wish.soft) {
    const auto soft = named("--soft", parse_soft_limit(*wish.soft, instead.rule, unit));
    if (!soft.ok()) {
      return soft.fault();
    }
    instead.soft_limit = soft.value();
  }
  return instead;
}

void drop_past_overrides(TenantDefinition& tenant, ServerLink& link) {
  const auto may_end = [](const Limit& limit) {
    return limit.instead && limit.instead->expires_at != wall_time_never;
  };
  if (std::ranges::none_of(tenant.limits, may_end)) {
    return;
  }
  const WallTime now = answered(link.management().status()).now;
  for (Limit& limit : tenant.limits) {
    if (may_end(limit) && limit.instead->expires_at <= now) {
      limit.instead.reset();
    }
  }
}

}  // namespace sluice::ctl
