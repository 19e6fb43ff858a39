// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/store.hpp"

namespace sluice::testing {

inline constexpr MeterId requests{1};
inline constexpr LimitId first_limit{1};

inline TenantId tenant(std::uint64_t number) {
  return TenantId{0x1ULL << 60U, number};
}

/// So many requests may ever be made.
inline Limit total(std::uint64_t size) {
  Limit limit;
  limit.id = first_limit;
  limit.name = "total";
  limit.meter = requests;
  limit.rule = WindowRule{Amount{size}, Period::never};
  return limit;
}

inline TenantDefinition draft(TenantId id, std::uint64_t size) {
  TenantDefinition definition;
  definition.id = id;
  definition.name = "Tenant " + std::to_string(id.low);
  definition.slug = "tenant-" + std::to_string(id.low);
  definition.tier = "none";
  definition.limits = {total(size)};
  return definition;
}

/// As the store has it after it was created.
inline TenantDefinition founded(TenantId id, std::uint64_t size) {
  TenantDefinition definition = draft(id, size);
  definition.version = Version{1};
  definition.last_limit_id = first_limit;
  return definition;
}

inline TenantRecord record(TenantId id, std::uint64_t size, std::uint64_t used = 0) {
  return {founded(id, size), {Counter{first_limit, Amount{used}, wall_time_never, {}}}, {}, {}};
}

inline std::shared_ptr<const Plan> plan(std::uint64_t size) {
  return Plan::of(founded(tenant(1), size)).value();
}

inline Amendment resize(TenantId id, std::uint64_t size) {
  return Amendment{id, std::nullopt, PutLimit{total(size)}};
}

/// With a total for each of so many meters, from the first on.
inline std::shared_ptr<const Plan> plan_of_meters(std::uint16_t meters, std::uint64_t size) {
  TenantDefinition definition = founded(tenant(1), size);
  for (std::uint16_t meter = 2; meter <= meters; ++meter) {
    Limit limit = total(size);
    limit.id = LimitId{meter};
    limit.meter = MeterId{meter};
    limit.name.append(std::to_string(meter));
    definition.limits.push_back(std::move(limit));
  }
  definition.last_limit_id = LimitId{meters};
  return Plan::of(definition).value();
}

inline Now at(std::chrono::seconds since_start) {
  return Now{Instant{since_start}, WallTime{std::chrono::hours{24 * 365 * 50} + since_start}};
}

}  // namespace sluice::testing
