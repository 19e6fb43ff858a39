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
    return WindowTerms{std::get<WindowRule>(limit.rule), limit};
  };
  return PlannedLimit{limit.id,    limit.meter, limit.enforcement, limit.shadow, rank_of(limit),
                      meter_place, terms()};
}

}  // namespace

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
  return std::shared_ptr<const Plan>{new Plan{calendar.value(), definition.limits}};
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
    planned_.push_back(made_ready(limit, static_cast<std::uint8_t>(meters_.size() - 1)));
  }
  first_slot_.push_back(static_cast<std::uint8_t>(planned_.size()));
}

}  // namespace sluice
