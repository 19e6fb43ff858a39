// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/plan.hpp"

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/limit_rules.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace sluice {
namespace {

/// The limit as it holds while its override does.
Limit in_force(Limit limit) {
  if (limit.instead) {
    limit.rule = limit.instead->rule;
    limit.soft_limit = limit.instead->soft_limit;
  }
  return limit;
}

Rank rank_of(const Limit& limit) {
  if (limit.shadow) {
    return Rank::shadow;
  }
  const auto* window = std::get_if<WindowRule>(&limit.rule);
  if (window != nullptr && !window->size) {
    return Rank::unlimited;
  }
  const bool refuses =
      limit.enforcement == Enforcement::block || limit.enforcement == Enforcement::throttle;
  return refuses ? Rank::refuses : Rank::counts;
}

PlannedLimit made_ready(const Limit& limit, std::uint8_t meter_place) {
  const auto terms = [&]() -> decltype(PlannedLimit::terms) {
    if (const auto* rate = std::get_if<RateRule>(&limit.rule)) {
      return RateTerms{*rate};
    }
    if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
      return SlidingTerms{*sliding, limit};
    }
    if (const auto* concurrency = std::get_if<ConcurrencyRule>(&limit.rule)) {
      return ConcurrencyTerms{*concurrency, limit};
    }
    if (const auto* credit = std::get_if<CreditRule>(&limit.rule)) {
      return CreditTerms{*credit, limit};
    }
    return WindowTerms{std::get<WindowRule>(limit.rule), limit};
  };
  return PlannedLimit{limit.id,
                      limit.meter,
                      limit.enforcement,
                      limit.shadow,
                      rank_of(limit),
                      meter_place,
                      !limit.per.empty() || !limit.when.empty(),
                      limit.releases_on_expiry,
                      terms()};
}

}  // namespace

std::vector<HistoryLabel> history_of(std::span<const Limit> limits) {
  std::vector<HistoryLabel> history;
  for (const Limit& limit : limits) {
    for (const std::string& label : limit.history_by) {
      history.push_back({limit.meter, label});
    }
  }
  std::ranges::sort(history);
  history.erase(std::unique(history.begin(), history.end()), history.end());
  return history;
}

Result<std::shared_ptr<const Plan>> Plan::of(const TenantDefinition& definition) {
  auto calendar = Calendar::of(definition.timezone, definition.billing_anchor_day);
  if (!calendar.ok()) {
    return calendar.fault();
  }
  if (definition.limits.size() > limits_per_tenant_max) {
    return Fault{FaultCode::limit_exceeded, "limits: more than limits_per_tenant_max (64)"};
  }
  for (std::size_t i = 0; i < definition.limits.size(); ++i) {
    const std::string path = "limits[" + std::to_string(i) + "]";
    if (auto checked = validate_terms(definition.limits[i], path); !checked.ok()) {
      return checked.fault();
    }
  }
  if (history_of(definition.limits).size() > history_labels_max) {
    return Fault{FaultCode::limit_exceeded, "limits: history by more than 4 labels"};
  }
  // Without the overrides that end first, those that end later hold on.
  std::vector<Limit> limits = definition.limits;
  const std::shared_ptr<Plan> first{new Plan{calendar.value(), limits}};
  for (std::shared_ptr<Plan> plan = first; plan->until_ != wall_time_never;) {
    for (Limit& limit : limits) {
      if (limit.instead && limit.instead->expires_at <= plan->until_) {
        limit.instead.reset();
      }
    }
    const std::shared_ptr<Plan> after{new Plan{calendar.value(), limits}};
    plan->after_ = after;
    plan = after;
  }
  return std::shared_ptr<const Plan>{first};
}

bool Plan::is_only_reserved(MeterId meter) const noexcept {
  const SlotRange slots = slots_of(meter);
  const auto planned = std::span{planned_}.subspan(slots.begin, slots.end - slots.begin);
  return std::ranges::any_of(
      planned, [](const PlannedLimit& limit) { return limit.is_concurrency() && !limit.shadow; });
}

std::optional<Duration> Plan::holder_ttl(std::span<const Charge> charges) const noexcept {
  std::optional<Duration> ttl;
  for (const Charge& charge : charges) {
    const SlotRange slots = slots_of(charge.meter);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      const auto* terms = std::get_if<ConcurrencyTerms>(&planned_[slot].terms);
      if (terms != nullptr && !planned_[slot].shadow) {
        ttl = std::min(ttl.value_or(terms->ttl), terms->ttl);
      }
    }
  }
  return ttl;
}

Plan::Plan(Calendar calendar, std::vector<Limit> limits)
    : calendar_(calendar), limits_(std::move(limits)) {
  SLUICE_INVARIANT(limits_.size() <= limits_per_tenant_max);
  std::sort(limits_.begin(), limits_.end(), [](const Limit& a, const Limit& b) {
    return std::tie(a.meter, a.id) < std::tie(b.meter, b.id);
  });
  planned_.reserve(limits_.size());
  for (const Limit& limit : limits_) {
    first_slot_.resize(std::size_t{limit.meter.raw()} + 1,
                       static_cast<std::uint8_t>(planned_.size()));
    if (meters_.empty() || meters_.back() != limit.meter) {
      meters_.push_back(limit.meter);
    }
    planned_.push_back(made_ready(in_force(limit), static_cast<std::uint8_t>(meters_.size() - 1)));
    if (planned_.back().labelled) {
      labelled_.push_back(static_cast<std::uint32_t>(planned_.size() - 1));
    }
    plain_ &= !planned_.back().labelled && !planned_.back().is_concurrency();
    until_ = limit.instead ? std::min(until_, limit.instead->expires_at) : until_;
  }
  first_slot_.push_back(static_cast<std::uint8_t>(planned_.size()));
  history_ = history_of(limits_);
}

}  // namespace sluice
