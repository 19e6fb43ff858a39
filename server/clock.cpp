// SPDX-License-Identifier: Apache-2.0
#include "server/clock.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace sluice {

namespace {

Fault out_of_reach(const char* field) {
  return Fault{FaultCode::invalid_argument,
               std::string(field) + ": the clock goes from 1970 to 2259 only"};
}

}  // namespace

Now SystemClock::now() const noexcept {
  using std::chrono::duration_cast;
  return Now{
      Instant{duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())},
      WallTime{duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())}};
}

Now MachineClock::now() const noexcept {
  timespec time{};
  SLUICE_INVARIANT(::clock_gettime(CLOCK_BOOTTIME, &time) == 0);
  return Now{Instant{std::chrono::seconds{time.tv_sec} + Duration{time.tv_nsec}},
             SystemClock{}.now().wall};
}

Result<std::unique_ptr<SimulatedClock>> SimulatedClock::starting_at(WallTime start) {
  if (start < earliest || start > latest) {
    return out_of_reach("simulated-time");
  }
  return std::unique_ptr<SimulatedClock>(
      new SimulatedClock(Now{Instant{start.time_since_epoch()}, start}));
}

Now SimulatedClock::now() const noexcept {
  const std::lock_guard lock(mutex_);
  return now_;
}

Result<WallTime> SimulatedClock::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  // Steps back do not turn monotonic time back, so it may be ahead of the wall clock.
  const Duration ahead = std::max(now_.wall.time_since_epoch(), now_.steady.time_since_epoch());
  if (by < Duration::zero() || by > latest.time_since_epoch() - ahead) {
    return out_of_reach("byNs");
  }
  now_.steady += by;
  now_.wall += by;
  return now_.wall;
}

Result<WallTime> SimulatedClock::set_wall(WallTime to) {
  if (to < earliest || to > latest) {
    return out_of_reach("toNs");
  }
  const std::lock_guard lock(mutex_);
  now_.wall = to;
  return now_.wall;
}

}  // namespace sluice
