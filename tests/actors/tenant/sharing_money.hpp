// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/tenant/sharing/payout.hpp"
#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/sharing/statement.hpp"

namespace sluice::money {

/// An owner, a consumer and what is between them, for tests about money.

inline constexpr TenantId owner{1, 1};
inline constexpr TenantId consumer{2, 2};
inline constexpr PolicyId policy{3, 3};
inline constexpr SharingId grant{4, 4};

/// 2026-03-01T00:00:00Z, a Sunday, and the days of its month.
inline constexpr WallTime march{std::chrono::seconds{1'772'323'200}};
constexpr WallTime on(int day, int hour = 0) {
  return march + std::chrono::hours{24 * (day - 1) + hour};
}
inline constexpr Window in_march{march, march + std::chrono::hours{24 * 31}};

inline GrantSpan span(std::optional<WallTime> ended = std::nullopt) {
  return {grant, policy, owner, consumer, march - std::chrono::hours{24 * 90}, ended};
}

inline SharingTerms terms(Pricing pricing, RevenueShare revenue = {}) {
  return {.policy = policy,
          .since = march - std::chrono::hours{24 * 100},
          .owner = owner,
          .resource = {ResourceType::model, "m"},
          .pricing = std::move(pricing),
          .revenue = revenue};
}

inline SharedHour hour(WallTime at, std::uint64_t uses, std::uint64_t units) {
  return {.grant = grant,
          .policy = policy,
          .hour = billing_hour_at(at),
          .uses = uses,
          .units = Amount{units}};
}

/// The first 1000 units at 2 micros each, the next 9000 at 1.5, all further ones at 1.
inline Pricing graduated() {
  return {.kind = PricingKind::tiered,
          .per = Amount{2},
          .bands = {{Amount{1000}, 4}, {Amount{10'000}, 3}, {std::nullopt, 2}}};
}

}  // namespace sluice::money
