// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

namespace date {
class time_zone;
}

namespace sluice {

/// A half-open interval of wall time.
struct Window {
  WallTime start;
  WallTime end;
  friend bool operator==(const Window&, const Window&) = default;
};

/// What the clocks of a zone show.
struct ClockReading {
  std::uint32_t weekday = 0;  ///< From Monday, which is 0.
  std::uint32_t second_of_day = 0;
  friend bool operator==(const ClockReading&, const ClockReading&) = default;
};

/// Says in which window an instant lies, by the calendar of one time zone and one billing anchor.
///
/// Role       Pure: reads the IANA database that was loaded at start, and nothing else. It lists
///            changes of clocks up to 2037; after that, offsets stay as they are then.
/// Threading  Immutable; may be shared.
/// Ownership  Refers to the time zone, which lives as long as the process.
/// Units      Windows are half-open and follow each other without a gap. Minutes and hours are cut
///            where the zone's offset changes; days run from the first instant of a date to the
///            first of the next, so they last 23 or 25 hours (or as long as the zone says) when
///            clocks change; weeks start on Monday; months and years start on the anchor day (of
///            January for years), clamped to the month's end. What lies outside of `WallTime` is
///            clamped: a window that would end after it ends at `wall_time_never`.
/// Errors     Only `of`: an unknown zone or an anchor that is no day is `invalid_argument`.
/// Cost       About a microsecond; a decision asks only when a window ends.
class Calendar {
public:
  [[nodiscard]] static Result<Calendar> of(std::string_view timezone, AnchorDay anchor);

  /// The window of this period that holds the instant. `never` is all time.
  [[nodiscard]] Window window_at(Period period, WallTime instant) const;
  /// The instant so many periods (not `never`) after this one, or before it if negative: hours and
  /// minutes by their length, days and longer ones at the same time of day, in a month that is too
  /// short on its last day. A time that clocks skip becomes the first one after it; of one that
  /// they show twice, it is the first.
  [[nodiscard]] WallTime later(WallTime instant, Period period, std::int64_t count) const;

  /// When clocks are put back, the same reading comes twice.
  [[nodiscard]] ClockReading reading_at(WallTime instant) const;

  friend bool operator==(const Calendar&, const Calendar&) = default;

private:
  Calendar(const date::time_zone* zone, AnchorDay anchor) : zone_(zone), anchor_(anchor) {}

  const date::time_zone* zone_;
  AnchorDay anchor_;
};

}  // namespace sluice
