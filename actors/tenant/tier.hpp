// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/feature.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"

namespace sluice {

/// What tenants get by the plan that they are on. `name` is `[a-z0-9_-]{1,32}`.
struct Tier {
  std::string name;
  std::uint16_t rank = 0;       ///< A higher one is an upgrade.
  std::vector<Limit> limits{};  ///< Templates: without ids and overrides, each name once.
  Features features{};          ///< The defaults of its tenants.
  std::string sla{};            ///< For people: up to 200 characters.
  Version version{};            ///< Grows by one with each change.
  friend bool operator==(const Tier&, const Tier&) = default;
};

/// All tiers that there are, by rank and then by name. A tenant may be of a tier that is not among
/// them: then its tier is a mere label.
using TierCatalogue = std::vector<Tier>;

inline constexpr std::size_t tiers_max = 64;

/// What a new store starts with: `free`, `starter`, `professional` and `enterprise`.
///
/// What a tier does not bound is a window without a size: it counts, so that usage is not lost when
/// the tenant goes on to a tier that does bound it. What it does not have at all is a window of
/// size 0 that blocks.
[[nodiscard]] const TierCatalogue& shipped_tiers();

[[nodiscard]] bool is_tier_name(std::string_view name);
/// Null if there is none.
[[nodiscard]] const Tier* find_tier(const TierCatalogue& tiers, std::string_view name);
/// In the order of a catalogue.
[[nodiscard]] bool comes_before(const Tier& a, const Tier& b);

/// Checks a tier for itself; a fault names the field, as in `tier.limits[2].soft_limit`.
[[nodiscard]] Result<Done> validate_tier(const Tier& tier, const MeterTable& meters);

}  // namespace sluice
