// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/resets.hpp"

#include "actors/tenant/calendar.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace sluice {
namespace {

std::optional<Period> period_of(const Rule& rule) {
  if (const auto* window = std::get_if<WindowRule>(&rule)) {
    return window->period;
  }
  const auto* credit = std::get_if<CreditRule>(&rule);
  return credit == nullptr ? std::nullopt : std::optional{credit->period};
}

/// Of what is refilled by interval, the step; nothing of any other rule.
std::optional<Duration> step_of(const Limit& limit, WallTime now) {
  const bool is_overridden = limit.instead && limit.instead->expires_at > now;
  const auto* rate = std::get_if<RateRule>(is_overridden ? &limit.instead->rule : &limit.rule);
  return rate != nullptr && rate->refill == Refill::interval ? std::optional{rate->per}
                                                             : std::nullopt;
}

ResetPreview next_steps(Duration step, std::string timezone, WallTime now, std::size_t count) {
  ResetPreview preview{std::move(timezone), now, {}};
  WallTime next = now - now.time_since_epoch() % step;
  while (preview.at.size() < count && wall_time_never - next > step) {
    next += step;
    preview.at.push_back(next);
  }
  return preview;
}

}  // namespace

Result<ResetPreview> next_resets(const TenantDefinition& tenant, std::string_view limit,
                                 WallTime now, std::size_t count) {
  if (count < 1 || count > resets_max) {
    return Fault{FaultCode::invalid_argument,
                 "count: must be from 1 to " + std::to_string(resets_max)};
  }
  const auto found = std::ranges::find(tenant.limits, limit, &Limit::name);
  if (found == tenant.limits.end()) {
    return Fault{FaultCode::not_found, "limit: there is no limit of this name"};
  }
  if (const auto step = step_of(*found, now)) {
    return next_steps(*step, tenant.timezone, now, count);
  }
  const std::optional<Period> period = period_of(found->rule);
  if (!period) {
    return Fault{FaultCode::invalid_argument,
                 "limit.rule: only a window of the calendar, credit and a rate that is refilled by "
                 "interval reset; another rate and a sliding window become free little by little"};
  }
  const auto calendar = Calendar::of(tenant.timezone, tenant.billing_anchor_day);
  if (!calendar.ok()) {
    return calendar.fault();
  }
  ResetPreview preview{tenant.timezone, now, {}};
  WallTime next = calendar.value().window_at(*period, now).end;
  while (preview.at.size() < count && next != wall_time_never) {
    preview.at.push_back(next);
    next = calendar.value().window_at(*period, next).end;
  }
  return preview;
}

}  // namespace sluice
