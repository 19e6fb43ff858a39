// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// The buckets that somebody asks about: those that start at `from` or later and before `to`.
struct UsageRange {
  Granularity granularity = Granularity::day;
  WallTime from{};                ///< The epoch: not said.
  WallTime to = wall_time_never;  ///< Never: not said.
  friend bool operator==(const UsageRange&, const UsageRange&) = default;
};

[[nodiscard]] Duration length_of(Granularity granularity) noexcept;
/// When the bucket begins that holds the instant.
[[nodiscard]] WallTime bucket_start(WallTime instant, Granularity granularity) noexcept;

/// Buckets of one meter that a question about all tenants may span: a statement looks at each of
/// their rows.
[[nodiscard]] std::int64_t buckets_max(Granularity granularity) noexcept;

/// The range with what was not said filled in: up to and with now, from a day of minutes, 7 days of
/// hours or 30 days before. `invalid_argument` if it is empty.
[[nodiscard]] Result<UsageRange> settled(UsageRange asked, WallTime now);
/// The same of a question about all tenants: also if it has more than `buckets_max`.
[[nodiscard]] Result<UsageRange> settled_for_all(UsageRange asked, WallTime now);

}  // namespace sluice
