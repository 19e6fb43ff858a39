// SPDX-License-Identifier: Apache-2.0
// Goal    The windows of any calendar cover all time, without gap or overlap.
// Method  RapidCheck draws zones known for odd clocks, anchors, periods and instants.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "actors/tenant/calendar.hpp"

#include "tests/actors/tenant/desk.hpp"

#include <date/tz.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace sluice {
namespace {

const char* any_zone() {
  return *rc::gen::element("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                           "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia",
                           "Pacific/Kwajalein", "Asia/Manila", "America/Sitka", "Asia/Kathmandu",
                           "Africa/Monrovia", "Antarctica/Troll", "Africa/Casablanca", "Asia/Gaza");
}
Period any_period() {
  return *rc::gen::element(Period::minute, Period::hour, Period::day, Period::week, Period::month,
                           Period::year, Period::never);
}
Calendar any_calendar() {
  const AnchorDay anchor{*rc::gen::inRange<std::uint8_t>(1, 32)};
  return Calendar::of(any_zone(), anchor).value();
}
WallTime any_instant() {
  constexpr auto latest = std::numeric_limits<std::int64_t>::max();
  return WallTime{Duration{*rc::gen::weightedOneOf<std::int64_t>(
      {{1, rc::gen::element(-latest - 1, -latest, std::int64_t{-1}, std::int64_t{0}, latest - 1,
                            latest)},
       {4, rc::gen::inRange<std::int64_t>(-latest, latest)},
       {4, rc::gen::inRange<std::int64_t>(0, 2'200'000'000LL * 1'000'000'000)}})}};
}

RC_GTEST_PROP(CalendarProperty, AnInstantLiesInItsWindow, ()) {
  const WallTime instant = any_instant();
  const Window window = any_calendar().window_at(any_period(), instant);
  RC_ASSERT(window.start <= instant);
  RC_ASSERT(instant < window.end || window.end == wall_time_never);
}

RC_GTEST_PROP(CalendarProperty, EveryInstantOfAWindowIsInTheSameWindow, ()) {
  const Calendar calendar = any_calendar();
  const Period period = any_period();
  const Window window = calendar.window_at(period, any_instant());
  const auto first = window.start.time_since_epoch().count();
  const auto last = window.end.time_since_epoch().count() - 1;
  const WallTime within{Duration{*rc::gen::inRange<std::int64_t>(first, last)}};
  for (const WallTime instant : {window.start, within, WallTime{Duration{last}}}) {
    RC_ASSERT(calendar.window_at(period, instant) == window);
  }
}

RC_GTEST_PROP(CalendarProperty, OneWindowStartsWhereTheOneBeforeEnds, ()) {
  const Calendar calendar = any_calendar();
  const Period period = any_period();
  const Window window = calendar.window_at(period, any_instant());
  if (window.end != wall_time_never) {
    RC_ASSERT(calendar.window_at(period, window.end).start == window.end);
  }
  if (window.start != WallTime::min()) {
    RC_ASSERT(calendar.window_at(period, window.start - 1ns).end == window.start);
  }
}

RC_GTEST_PROP(CalendarProperty, ADayStartsAtTheFirstInstantOfItsDate, ()) {
  const char* name = any_zone();
  const Calendar calendar = Calendar::of(name, AnchorDay{1}).value();
  const auto date_at = [zone = date::locate_zone(name)](WallTime instant) {
    const auto seconds = date::floor<std::chrono::seconds>(instant.time_since_epoch());
    return date::floor<date::days>(zone->to_local(date::sys_seconds{seconds}));
  };
  const WallTime instant{
      Duration{*rc::gen::inRange<std::int64_t>(0, 2'200'000'000LL * 1'000'000'000)}};
  const WallTime start = calendar.window_at(Period::day, instant).start;
  RC_ASSERT(date_at(start - 1ns) < date_at(start));
  RC_ASSERT(date_at(start) >= date_at(instant));
}

}  // namespace
}  // namespace sluice
