// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <string>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

using std::chrono::seconds;

/// Everything is worked out in whole seconds, which reach far beyond `WallTime` on both sides, so
/// that nothing can overflow before `to_wall` clamps it.
struct Span {
  date::sys_seconds start;
  date::sys_seconds end;
};

date::sys_seconds to_seconds(WallTime instant) {
  return date::sys_seconds{date::floor<seconds>(instant.time_since_epoch())};
}

WallTime to_wall(date::sys_seconds instant) {
  constexpr auto latest = std::chrono::duration_cast<seconds>(WallTime::max().time_since_epoch());
  constexpr auto earliest = std::chrono::duration_cast<seconds>(WallTime::min().time_since_epoch());
  const seconds since_epoch = instant.time_since_epoch();
  if (since_epoch > latest) {
    return wall_time_never;
  }
  return since_epoch < earliest ? WallTime::min() : WallTime{since_epoch};
}

/// The instant at which the zone's clocks show this, or the first one after it if they skip it.
date::sys_seconds shown(date::local_seconds local, const date::time_zone& zone) {
  const date::local_info info = zone.get_info(local);
  if (info.result == date::local_info::nonexistent) {
    return info.first.end;
  }
  return date::sys_seconds{local.time_since_epoch() - info.first.offset};
}

/// The first instant at which the zone's clocks show this date, or a later one if they skip it.
date::sys_seconds first_instant_of(date::local_days day, const date::time_zone& zone) {
  return shown(date::local_seconds{day}, zone);
}

/// Part of an hour or minute by the zone's clocks, up to where their offset changes.
Span clock_span(seconds length, date::sys_seconds instant, const date::time_zone& zone) {
  const date::sys_info info = zone.get_info(instant);
  const seconds local = instant.time_since_epoch() + info.offset;
  seconds into = local % length;
  if (into < seconds{0}) {
    into += length;
  }
  const date::sys_seconds start = instant - into;
  return Span{std::max(start, info.begin), std::min(start + length, info.end)};
}

date::year_month_day clamped(date::year_month month, AnchorDay anchor) {
  const date::year_month_day_last last{month / date::last};
  return month / std::min(date::day{anchor.raw()}, last.day());
}

/// The start of the period that holds the date; periods of at least a day only.
date::local_days period_start(Period period, date::local_days day, AnchorDay anchor) {
  const date::year_month_day ymd{day};
  switch (period) {
    case Period::week:
      return day - (date::weekday{day} - date::Monday);
    case Period::month: {
      const date::year_month month = ymd.year() / ymd.month();
      const date::local_days start{clamped(month, anchor)};
      return start <= day ? start : date::local_days{clamped(month - date::months{1}, anchor)};
    }
    case Period::year: {
      const date::local_days start{clamped(ymd.year() / date::January, anchor)};
      const date::year last_year = ymd.year() - date::years{1};
      return start <= day ? start : date::local_days{clamped(last_year / date::January, anchor)};
    }
    case Period::minute:
    case Period::hour:
    case Period::day:
    case Period::never:
      break;
  }
  return day;
}

date::local_days next_period_start(Period period, date::local_days start, AnchorDay anchor) {
  const date::year_month_day ymd{start};
  switch (period) {
    case Period::week:
      return start + date::weeks{1};
    case Period::month:
      return date::local_days{clamped(ymd.year() / ymd.month() + date::months{1}, anchor)};
    case Period::year:
      return date::local_days{clamped((ymd.year() + date::years{1}) / ymd.month(), anchor)};
    case Period::minute:
    case Period::hour:
    case Period::day:
    case Period::never:
      break;
  }
  return start + date::days{1};
}

Span date_span(Period period, AnchorDay anchor, date::sys_seconds instant,
               const date::time_zone& zone) {
  const seconds local = instant.time_since_epoch() + zone.get_info(instant).offset;
  date::local_days from =
      period_start(period, date::local_days{date::floor<date::days>(local)}, anchor);
  date::local_days to = next_period_start(period, from, anchor);
  date::sys_seconds end = first_instant_of(to, zone);
  // Clocks that are put back over midnight show a date again after the next one has begun.
  while (end <= instant) {
    from = to;
    to = next_period_start(period, from, anchor);
    end = first_instant_of(to, zone);
  }
  return Span{first_instant_of(from, zone), end};
}

date::year_month_day shifted(date::year_month_day day, std::int64_t months) {
  const date::year_month month =
      day.year() / day.month() + date::months{static_cast<std::int32_t>(months)};
  return clamped(month, AnchorDay{static_cast<std::uint8_t>(static_cast<unsigned>(day.day()))});
}

date::local_days shifted(date::local_days day, Period period, std::int64_t count) {
  switch (period) {
    case Period::day:
      return day + date::days{count};
    case Period::week:
      return day + date::weeks{count};
    case Period::month:
      return date::local_days{shifted(date::year_month_day{day}, count)};
    case Period::year:
      return date::local_days{shifted(date::year_month_day{day}, 12 * count)};
    case Period::minute:
    case Period::hour:
    case Period::never:
      break;
  }
  SLUICE_INVARIANT(false);
}

}  // namespace

Result<Calendar> Calendar::of(std::string_view timezone, AnchorDay anchor) {
  if (anchor < AnchorDay{1} || anchor > AnchorDay{31}) {
    return Fault{FaultCode::invalid_argument, "billing_anchor_day: must be from 1 to 31"};
  }
  const Fault unknown{FaultCode::invalid_argument,
                      "timezone: must be the name of an IANA time zone"};
  // The database lists the machine's own zone under this name; it means something else elsewhere.
  if (timezone == "localtime") {
    return unknown;
  }
  try {
    const date::time_zone* zone = date::locate_zone(timezone);
    // A zone's rules are read from disk when first asked for; decisions must not wait for that.
    static_cast<void>(zone->get_info(date::sys_seconds{}));
    return Calendar{zone, anchor};
  } catch (const std::exception&) {
    return unknown;
  }
}

Window Calendar::window_at(Period period, WallTime instant) const {
  const date::sys_seconds at = to_seconds(instant);
  Span span{};
  switch (period) {
    case Period::never:
      return Window{WallTime::min(), wall_time_never};
    case Period::minute:
      span = clock_span(std::chrono::minutes{1}, at, *zone_);
      break;
    case Period::hour:
      span = clock_span(std::chrono::hours{1}, at, *zone_);
      break;
    case Period::day:
    case Period::week:
    case Period::month:
    case Period::year:
      span = date_span(period, anchor_, at, *zone_);
      break;
  }
  return Window{to_wall(span.start), to_wall(span.end)};
}

ClockReading Calendar::reading_at(WallTime instant) const {
  const date::sys_seconds at = to_seconds(instant);
  const date::local_seconds local{at.time_since_epoch() + zone_->get_info(at).offset};
  const auto day = date::floor<date::days>(local);
  return {static_cast<std::uint32_t>((date::weekday{day} - date::Monday).count()),
          static_cast<std::uint32_t>((local - day).count())};
}

WallTime Calendar::later(WallTime instant, Period period, std::int64_t count) const {
  const date::sys_seconds at = to_seconds(instant);
  const Duration rest = instant - WallTime{at.time_since_epoch()};
  date::sys_seconds then{};
  if (period == Period::minute || period == Period::hour) {
    then = at + (period == Period::hour ? seconds{3600} : seconds{60}) * count;
  } else {
    const date::local_seconds local{at.time_since_epoch() + zone_->get_info(at).offset};
    const auto day = date::floor<date::days>(local);
    then = shown(shifted(day, period, count) + (local - day), *zone_);
  }
  const WallTime whole = to_wall(then);
  return whole > wall_time_never - rest ? wall_time_never : whole + rest;
}

}  // namespace sluice
