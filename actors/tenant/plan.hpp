// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"

namespace sluice {

/// The rules of a tenant, made ready for deciding. Tenants whose rules are equal share one plan, so
/// that a million tenants of a handful of tiers keep a handful of plans.
///
/// Role       A value: limits ordered by meter, with what a decision needs worked out beforehand.
/// Threading  Immutable; may be shared.
/// Ownership  Owns its limits.
/// Units      As in `Limit`.
/// Errors     `of` fails only for an unknown time zone.
/// Cost       Finding the limits of a meter is O(log limits).
class Plan {
public:
  [[nodiscard]] static Result<std::shared_ptr<const Plan>> of(const TenantDefinition& definition);

  [[nodiscard]] const Calendar& calendar() const noexcept { return calendar_; }
  /// Ordered by meter, then by id. The position of a limit here is its slot in the tenant.
  [[nodiscard]] std::span<const Limit> limits() const noexcept { return limits_; }
  /// Half-open range of slots of the limits on this meter.
  struct Slots {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  [[nodiscard]] Slots slots_of(MeterId meter) const noexcept;

  friend bool operator==(const Plan&, const Plan&) = default;

private:
  Plan(Calendar calendar, std::vector<Limit> limits)
      : calendar_(calendar), limits_(std::move(limits)) {}

  Calendar calendar_;
  std::vector<Limit> limits_;
};

}  // namespace sluice
