// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Moves a clock that stands still by itself.
///
/// Threading  Any thread.
/// Errors     `invalid_argument` for a time that cannot be told; then nothing moved.
class ClockControl {
public:
  virtual ~ClockControl() = default;
  /// Both clocks go on by so much. Returns the wall clock afterwards.
  virtual Result<WallTime> advance(Duration by) = 0;
  /// The wall clock steps, either way; monotonic time stands still.
  virtual Result<WallTime> set_wall(WallTime to) = 0;
};

}  // namespace sluice
