// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Whole minutes since 1970-01-01T00:00:00Z.
using Minute = Strong<struct MinuteTag, std::uint32_t>;

/// The minute that holds the instant; the first one holds everything before it, too.
[[nodiscard]] constexpr Minute minute_of(WallTime instant) {
  const std::int64_t minute = instant.time_since_epoch() / std::chrono::minutes{1};
  return Minute{static_cast<std::uint32_t>(minute > 1 ? minute : 1)};
}
[[nodiscard]] constexpr WallTime start_of(Minute minute) {
  return WallTime{std::chrono::minutes{minute.raw()}};
}

/// What a tenant did with one meter within one minute: absolute, so that writing it twice is
/// writing it once. A tenant has at most one open bucket for each meter and closes it, once and for
/// all, with the first check in a later minute; a clock that steps back keeps it open.
struct UsageBucket {
  MeterId meter;
  Minute minute;
  Amount used;
  std::uint32_t allowed = 0;  ///< Checks; these three saturate.
  std::uint32_t denied = 0;
  std::uint32_t throttled = 0;
  Amount overage{};  ///< Of what was used: units above a limit.
  friend bool operator==(const UsageBucket&, const UsageBucket&) = default;
};

/// The final count of a window that is over; or of credit, what a grant paid up to a moment.
struct ClosedWindow {
  LimitId limit;
  MeterId meter;
  WallTime ended_at;
  Amount used;
  Amount over{};                   ///< Units above the size.
  std::uint64_t price_micros = 0;  ///< What they cost, rounded up once.
  EntryId paid_by{};               ///< The grant that paid for `used`, if the row speaks of one.
  friend bool operator==(const ClosedWindow&, const ClosedWindow&) = default;
};

/// These, with the tenant that they belong to.
struct UsageRow {
  TenantId tenant;
  UsageBucket bucket;
  friend bool operator==(const UsageRow&, const UsageRow&) = default;
};
struct WindowRow {
  TenantId tenant;
  ClosedWindow window;
  friend bool operator==(const WindowRow&, const WindowRow&) = default;
};

/// The lengths of time for which usage is kept.
enum class Granularity : std::uint8_t { minute, hour, day };

/// Usage of one meter over one minute, hour or day (of UTC).
struct UsagePoint {
  MeterId meter;
  WallTime start;
  Amount used;
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t throttled = 0;
  Amount overage{};
  friend bool operator==(const UsagePoint&, const UsagePoint&) = default;
};
inline constexpr std::size_t usage_points_max = 10'000;  ///< That one answer tells.

}  // namespace sluice
