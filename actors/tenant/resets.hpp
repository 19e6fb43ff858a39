// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// When a window starts again, or a rate is refilled, for people to look ahead.
struct ResetPreview {
  std::string timezone;  ///< By whose calendar; steps of a rate go by UTC.
  WallTime now;
  std::vector<WallTime> at;  ///< Ascending; empty for a gauge, which never resets.
};

inline constexpr std::size_t resets_max = 100;

/// The next `count` instants, 1 to `resets_max`, at which the tenant's window of that name starts
/// again, by its calendar as it is now, or its rate is refilled by interval; fewer only where wall
/// time ends. `not_found` if there is no such limit, `invalid_argument` if it is another kind of
/// limit or the count is out of range.
[[nodiscard]] Result<ResetPreview> next_resets(const TenantDefinition& tenant,
                                               std::string_view limit, WallTime now,
                                               std::size_t count);

}  // namespace sluice
