// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/time.hpp"
#include "bench/load_tenants.hpp"

namespace sluice::bench {

/// Tenants for microbenchmarks, with the limits that a load gives them.

/// Noon of 2026-01-15: far from every window's end.
inline constexpr Now micro_now{Instant{std::chrono::hours{1}},
                               WallTime{std::chrono::seconds{1'768'478'400}}};

inline TenantDefinition micro_tenant(LimitPreset preset, TenantIndex tenant) {
  auto limits = preset_limits(preset, default_meters()).value();
  return found(load_tenant(preset, tenant, std::move(limits)), default_meters(), micro_now.wall)
      .value();
}

inline std::shared_ptr<const Plan> micro_plan(LimitPreset preset) {
  return Plan::of(micro_tenant(preset, TenantIndex{0})).value();
}

}  // namespace sluice::bench
