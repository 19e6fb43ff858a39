// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/meter.hpp"
#include "bench/tenant_draw.hpp"

namespace sluice::bench {

/// The limits that a load's tenants get. All of them know the first: the load generator can say
/// afterwards whether more was admitted than they allow.
enum class LimitPreset : std::uint8_t {
  none,   ///< No limits at all.
  roomy,  ///< Requests: a month's window and a rate, both too large to be reached.
  tight,  ///< Requests: 1,000 a month and 100 a second in bursts of 200; tokens: 500,000 a month.
  six,    ///< As `roomy`, and one large window on each of four other meters.
  quota,  ///< Requests: one window that never ends, as large as a `Quota` says.
};

/// What tenants with the preset `quota` may spend; the others know nothing of it.
struct Quota {
  Amount size{10'000};
  std::size_t users = 0;  ///< If there are some, each has an equal share of it, rounded up.
};
/// The label of a check by which a tenant's users are told apart.
inline constexpr std::string_view user_label = "user";

[[nodiscard]] std::string_view to_string(LimitPreset preset);

/// What a request of a load charges, and what a trace charges besides.
inline constexpr std::string_view requests_meter = "api_requests";
inline constexpr std::string_view tokens_meter = "llm_tokens";

/// Fails with `not_found` if the server does not have a meter that the limits are on.
[[nodiscard]] Result<std::vector<Limit>> preset_limits(LimitPreset preset, const MeterTable& meters,
                                                       const Quota& quota = {});

/// The same id for the same tenant of the same preset in every run, so that tenants that one run or
/// tool made are found by the next without asking.
[[nodiscard]] constexpr TenantId load_tenant_id(LimitPreset preset, TenantIndex tenant) noexcept {
  // A UUIDv8: the version and variant bits where RFC 9562 wants them, the rest is ours.
  constexpr std::uint64_t version_8 = 0x8000;
  constexpr std::uint64_t variant = std::uint64_t{1} << 63;
  const std::uint64_t name_space = std::uint64_t{0x10ad} << 48 | static_cast<std::uint64_t>(preset)
                                                                     << 16;
  return TenantId{name_space | version_8, variant | tenant.raw()};
}

/// A tenant of a load, as it is to be created.
[[nodiscard]] TenantDefinition load_tenant(LimitPreset preset, TenantIndex tenant,
                                           std::vector<Limit> limits);

}  // namespace sluice::bench
