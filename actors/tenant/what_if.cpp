// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/what_if.hpp"

#include "actors/tenant/gcra.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/limit_rules.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace sluice {
namespace {

Fault wrong(std::string context) {
  return Fault{FaultCode::invalid_argument, std::move(context)};
}

/// `amount` x `part` / `whole`, cut off; `part` is at most `whole`.
Amount share_of(Amount amount, Duration part, Duration whole) {
  const Parts product = Parts{amount.raw()} * static_cast<std::uint64_t>(part.count());
  return Amount{
      static_cast<std::uint64_t>(divide(product, static_cast<std::uint64_t>(whole.count())))};
}

/// How many steps of a rate can begin within a bucket, which starts at a multiple of its length:
/// not the one that may begin with it.
std::uint64_t steps_within(Duration step, Duration length) {
  if (step % length == Duration{}) {
    return 0;
  }
  const auto whole = static_cast<std::uint64_t>(length / step);
  return length % step == Duration{} ? whole - 1 : whole + 1;
}

/// What comes in within so long, rounded up.
Amount refill_of(const RateRule& rate, Duration length) {
  if (rate.refill == Refill::interval) {
    const Parts refill = Parts{rate.amount.raw()} * steps_within(rate.per, length);
    return Amount{static_cast<std::uint64_t>(std::min(refill, Parts{Amount::max_raw}))};
  }
  const Parts product = Parts{rate.amount.raw()} * static_cast<std::uint64_t>(length.count());
  const Parts units = divide_up(product, static_cast<std::uint64_t>(rate.per.count()));
  return Amount{static_cast<std::uint64_t>(std::min(units, Parts{Amount::max_raw}))};
}

/// A bucket lies on the wall clock only; for a rate its time is as good as any other.
Now moment(WallTime wall) {
  return Now{Instant{wall.time_since_epoch()}, wall};
}

WallTime end_of(WallTime start, Duration length) {
  return wall_time_never - start > length ? start + length : wall_time_never;
}

Result<Done> validate_rule(const Rule& rule, Granularity granularity) {
  if (std::holds_alternative<ConcurrencyRule>(rule)) {
    return wrong("limit.rule: history does not say how much was in flight at once");
  }
  if (std::holds_alternative<CreditRule>(rule)) {
    return wrong("limit.rule: history does not say which grants there would have been");
  }
  const auto* window = std::get_if<WindowRule>(&rule);
  if (window != nullptr && window->period == Period::never) {
    return wrong("limit.rule.period: history does not say what was given back to a gauge");
  }
  const auto* sliding = std::get_if<SlidingRule>(&rule);
  const bool finer = window != nullptr
                         ? static_cast<int>(window->period) < static_cast<int>(granularity)
                         : sliding != nullptr && sliding->span < length_of(granularity);
  if (finer) {
    return wrong("granularity: the window is shorter than the buckets; take shorter ones");
  }
  return Done{};
}
// Both begin with a minute, an hour and a day.
static_assert(static_cast<int>(Period::day) == static_cast<int>(Granularity::day));

Result<Done> validate_range(const WhatIfQuery& query) {
  if (query.from < WallTime{} || query.from >= query.to) {
    return wrong("to: must be after from, and from not before 1970");
  }
  if ((query.to - query.from) / length_of(query.granularity) > what_if_buckets_max) {
    return wrong("from: more than what_if_buckets_max (" + std::to_string(what_if_buckets_max) +
                 ") buckets before the end; take longer ones or a later beginning");
  }
  return Done{};
}

}  // namespace

Result<WhatIf> WhatIf::of(const Limit& limit, TenantDefinition tenant, Granularity granularity) {
  tenant.limits = {limit};
  auto plan = Plan::of(tenant);
  if (!plan.ok()) {
    return plan.fault();
  }
  return WhatIf{std::move(plan).value(), length_of(granularity)};
}

WhatIf::WhatIf(std::shared_ptr<const Plan> plan, Duration bucket)
    : plan_(std::move(plan)),
      bucket_(bucket),
      judged_(plan_->planned().front()),
      watched_(judged_) {
  if (const auto* rate = std::get_if<RateRule>(&plan_->limits().front().rule)) {
    refill_ = refill_of(*rate, bucket_);
    judged_.terms = RateTerms{{rate->amount, rate->per, rate->burst + refill_, rate->refill}};
    watched_.terms = RateTerms{{rate->amount, rate->per, Amount::max(), rate->refill}};
  }
  admitted_ = LimitState::fresh(judged_, plan_->calendar(), moment(WallTime{}));
  asked_ = LimitState::fresh(watched_, plan_->calendar(), moment(WallTime{}));
}

bool WhatIf::is_rate() const noexcept {
  return std::holds_alternative<RateTerms>(judged_.terms);
}

Amount WhatIf::needed(const Now& now) const {
  LimitReading reading;
  asked_.read(watched_, Amount{}, now, reading);
  return excess(reading.used, refill_);
}

void WhatIf::add(WallTime start, Amount used) {
  if (used == Amount{}) {
    return;
  }
  const WallTime end = end_of(start, bucket_);
  Amount left = used;
  for (WallTime at = start; at < end;) {
    const Now opened = moment(at);
    admitted_.roll(judged_, plan_->calendar(), opened);
    asked_.roll(watched_, plan_->calendar(), opened);
    const WallTime until =
        is_rate() ? end : std::min(end, admitted_.counter(judged_, opened).until);
    SLUICE_INVARIANT(until > at);
    const Now charged = is_rate() ? opened : moment(until - Duration{1});
    const Amount taken = std::min(left, admitted_.room(judged_, Amount{}, charged));
    admitted_.take(judged_, taken, charged);
    left = excess(left, taken);
    const Amount share =
        excess(share_of(used, until - start, end - start), share_of(used, at - start, end - start));
    asked_.take(watched_, share, charged);
    found_.peak = std::max(found_.peak, needed(charged));
    at = until;
  }
  found_.asked = found_.asked + used;
  ++found_.buckets;
  if (left > Amount{}) {
    found_.first_refused = found_.refused_buckets == 0 ? start : found_.first_refused;
    found_.last_refused = start;
    found_.refused = found_.refused + left;
    ++found_.refused_buckets;
  }
}

Result<Done> validate(const WhatIfQuery& query, const MeterTable& meters) {
  const Limit& limit = query.limit;
  if (auto checked = validate_limit(limit, "limit", meters); !checked.ok()) {
    return checked;
  }
  if (!limit.per.empty() || !limit.when.empty()) {
    return wrong(std::string{limit.per.empty() ? "limit.when" : "limit.per"} +
                 ": history does not say what labels requests had");
  }
  if (limit.instead) {
    return wrong("limit.instead: propose the rule itself, without an override");
  }
  if (auto checked = validate_rule(limit.rule, query.granularity); !checked.ok()) {
    return checked;
  }
  if (auto checked = validate_range(query); !checked.ok()) {
    return checked;
  }
  if (query.page_size < 1 || query.page_size > page_size_max) {
    return wrong("page_size: must be from 1 to " + std::to_string(page_size_max));
  }
  return Done{};
}

}  // namespace sluice
