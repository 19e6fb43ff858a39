// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Looks at each hour that is over, once, for tenants that used much more than is usual, and raises
/// alerts.
///
/// Role       Remembers which hour and where in it. What it raises has an id made of tenant, meter
///            and hour, so nothing depends on that memory: a new one looks at the last day again.
/// Threading  Confined, like the store that it reads and writes.
/// Ownership  None.
/// Units      Hours of UTC.
/// Errors     A fault leaves all where it is, to be tried again. An instance that cannot be reached
///            is passed over for that hour: it keeps no other place waiting.
/// Cost       A call looks at `pages_at_once` pages; an hour costs one look at each of its rows,
///            and 9 more for each that is large enough to be unusual.
class UsageWatch {
public:
  static constexpr std::size_t pages_at_once = 4;
  /// Hours that were missed, as while no server ran; earlier ones interest nobody any more.
  static constexpr std::int64_t hours_caught_up_max = 24;

  explicit UsageWatch(Epoch epoch) : epoch_(epoch) {}

  /// Everything that happened before `saved_before` is in the store.
  [[nodiscard]] Result<Done> look(Store& store, WallTime saved_before, WallTime now);
  /// The hour that is looked at next; nothing before the first call.
  [[nodiscard]] std::optional<WallTime> next() const noexcept { return next_; }

private:
  void set_next(WallTime last) noexcept;
  [[nodiscard]] Result<Done> look_at_page(Store& store, WallTime now);

  Epoch epoch_;
  std::optional<WallTime> next_{};
  BusyMark mark_{};
};

}  // namespace sluice
