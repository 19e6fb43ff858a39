// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Over which stretch of UTC uses are told in one: the last three are billing periods.
enum class SharedStretch : std::uint8_t { hour, day, week, month };

/// Behind which stretch of which grant to go on.
struct SharedUseCursor {
  Hour start{};
  SharingId grant{};
  friend constexpr auto operator<=>(const SharedUseCursor&, const SharedUseCursor&) = default;
};

/// Which uses of shared resources to tell: of a tenant, in the hours that start at `from` or later
/// but before `to`. What is not over is told as far as the store has it.
struct SharedUseQuery {
  TenantId tenant{};
  SharingSide side = SharingSide::owner;  ///< What the tenant is in them.
  std::optional<PolicyId> policy{};
  std::optional<SharingId> grant{};
  WallTime from{};
  WallTime to = WallTime::max();
  SharedStretch stretch = SharedStretch::hour;
  std::optional<SharedUseCursor> after{};
  std::size_t page_size = 100;  ///< 1 to `page_size_max`.
};

/// A row for each stretch and grant that has uses, by these; `hour` is the start of the stretch,
/// which may lie before `from`.
struct SharedUsePage {
  std::vector<SharedHourRow> rows;
  bool more = false;
};

/// The first whole hour that is not before the instant, in hours since 1970.
[[nodiscard]] std::int64_t hour_from(WallTime instant) noexcept;

}  // namespace sluice
