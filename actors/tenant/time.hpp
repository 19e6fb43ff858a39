// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice {

/// Time, as the decisions see it: two types that cannot be mixed, and neither clock has a `now()`,
/// so that pure code cannot read one. An `Instant` never steps and has no meaning outside the
/// process; rates are measured in it. A `WallTime` follows the calendar and may step.
using Duration = std::chrono::duration<std::int64_t, std::nano>;

/// Monotonic time of this process.
struct DecisionClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<DecisionClock, Duration>;
  static constexpr bool is_steady = true;
};
using Instant = DecisionClock::time_point;

/// Nanoseconds since 1970-01-01T00:00:00Z without leap seconds (so until the year 2262).
struct CalendarClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<CalendarClock, Duration>;
  static constexpr bool is_steady = false;
};
using WallTime = CalendarClock::time_point;

/// The end of a window that never ends.
inline constexpr WallTime wall_time_never = WallTime::max();

/// One reading of both clocks, taken together once a turn.
struct Now {
  Instant steady;
  WallTime wall;
};

}  // namespace sluice
