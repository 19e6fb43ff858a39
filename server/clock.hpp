// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "actors/tenant/clock.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"
#include "server/rpc/clock_control.hpp"

namespace sluice {

/// The machine's clocks.
class SystemClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override;
};

/// The machine's monotonic time as leases need it: it goes on while the machine is suspended.
class MachineClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override;
};

/// A clock that stands still until somebody moves it, for trying out calendars and expiries.
///
/// Threading  May be read and moved from any thread; a reading is always of one instant.
/// Errors     `invalid_argument` for a time outside of `earliest` to `latest`; then nothing moved.
class SimulatedClock final : public Clock, public ClockControl {
public:
  // Far enough from the ends of what 64 bits can tell that every window around has both its ends.
  static constexpr WallTime earliest{std::chrono::hours{0}};
  static constexpr WallTime latest{std::chrono::hours{24 * 365 * 290}};

  [[nodiscard]] static Result<std::unique_ptr<SimulatedClock>> starting_at(WallTime start);

  [[nodiscard]] Now now() const noexcept override;
  Result<WallTime> advance(Duration by) override;
  Result<WallTime> set_wall(WallTime to) override;

private:
  explicit SimulatedClock(Now start) : now_(start) {}

  mutable std::mutex mutex_;
  Now now_;
};

}  // namespace sluice
