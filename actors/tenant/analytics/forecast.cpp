// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/forecast.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "actors/tenant/analytics/usage_range.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// Holds the largest amount times a weight times the length of a range.
__extension__ typedef unsigned __int128 WideUnits;

/// Time that is looked back to: so many blocks of one length, the latest first.
struct Lookback {
  Granularity granularity;
  Duration block;
  std::uint32_t blocks;
};
constexpr Lookback by_hours{Granularity::hour, std::chrono::hours{24}, 7};
constexpr Lookback by_minutes{Granularity::minute, std::chrono::minutes{10}, 6};

WallTime begin_of(const Lookback& look, WallTime now) noexcept {
  const WallTime present = bucket_start(now, look.granularity);
  return present - std::min(look.block * look.blocks, present.time_since_epoch());
}

/// So many units in so long.
struct Pace {
  WideUnits units = 0;
  std::uint64_t span_ns = 1;
};

std::uint64_t clamped(WideUnits units) noexcept {
  return static_cast<std::uint64_t>(std::min<WideUnits>(units, Amount::max_raw));
}

/// Rounded up. Nothing here passes 2^127: a remainder is below its span, and both spans below 2^63;
/// units are below 2^69, and a span is 2^35 at least.
Amount used_within(const Pace& pace, Duration span) noexcept {
  SLUICE_INVARIANT(span >= Duration{0} && pace.span_ns > 0);
  const WideUnits length = static_cast<std::uint64_t>(span.count());
  const WideUnits whole = pace.units / pace.span_ns * length;
  const WideUnits rest = pace.units % pace.span_ns * length;
  return Amount{clamped(whole + (rest + pace.span_ns - 1) / pace.span_ns)};
}

/// How long it takes to use as much, rounded up; nothing if it is never, or beyond all clocks.
std::optional<Duration> time_to_use(const Pace& pace, Amount amount) noexcept {
  if (pace.units == 0) {
    return std::nullopt;
  }
  const WideUnits needed = WideUnits{amount.raw()} * pace.span_ns;
  const WideUnits ns = (needed + pace.units - 1) / pace.units;
  constexpr auto longest = static_cast<std::uint64_t>(Duration::max().count());
  return ns > longest ? std::nullopt : std::optional{Duration{static_cast<std::int64_t>(ns)}};
}

/// What the history of a meter says.
struct Course {
  Pace pace{};
  std::uint32_t buckets = 0;
  WallTime first = wall_time_never;
  std::array<Amount, 2> latest{};  ///< In the latest two blocks.
};

Course course_of(std::span<const UsagePoint> points, MeterId meter, const Lookback& look,
                 WallTime now) {
  const WallTime present = bucket_start(now, look.granularity);
  const WallTime begin = begin_of(look, now);
  const auto block_of = [&](WallTime start) {
    return start >= present
               ? 0U
               : static_cast<std::uint32_t>((present - start - Duration{1}) / look.block);
  };
  Course course;
  std::array<Amount, by_hours.blocks> used{};
  static_assert(by_minutes.blocks <= by_hours.blocks);
  for (const UsagePoint& point : points) {
    if (point.meter == meter && point.start >= begin && point.start <= now) {
      Amount& of_block = used[block_of(point.start)];
      of_block = of_block + point.used;
      course.first = std::min(course.first, point.start);
      ++course.buckets;
    }
  }
  if (course.buckets == 0) {
    return course;
  }
  std::uint64_t span_ns = 0;
  for (std::uint32_t block = 0; block <= block_of(course.first); ++block) {
    const WallTime from = std::max(present - look.block * (block + 1), course.first);
    const WallTime to = block == 0 ? now : present - look.block * block;
    const std::uint64_t weight = look.blocks - block;
    course.pace.units += WideUnits{used[block].raw()} * weight;
    span_ns += weight * static_cast<std::uint64_t>((to - from).count());
  }
  // Of less time than a bucket nothing is known but that it was in that bucket.
  const auto least = static_cast<std::uint64_t>(length_of(look.granularity).count());
  course.pace.span_ns = std::max(span_ns, least * look.blocks);
  course.latest = {used[0], used[1]};
  return course;
}

bool runs_out(const Limit& limit) {
  const bool counts = std::holds_alternative<WindowRule>(limit.rule) ||
                      std::holds_alternative<CreditRule>(limit.rule);
  return counts && limit.per.empty();
}

bool ends_soon(const LimitUsage& limit) {
  return limit.window.end != wall_time_never && limit.window.start != WallTime::min() &&
         limit.window.end - limit.window.start <= forecast_by_minutes_max;
}

std::uint32_t whole_hours(Duration span) {
  constexpr Duration hour = std::chrono::hours{1};
  return static_cast<std::uint32_t>((std::max(span, Duration{0}) + hour - Duration{1}) / hour);
}

/// What is known of the limit's own window.
std::optional<Pace> pace_of_window(const LimitUsage& limit, WallTime now) {
  if (limit.window.start == WallTime::min() || limit.window.start >= now ||
      limit.reading.used == Amount{}) {
    return std::nullopt;
  }
  const Duration least = std::chrono::minutes{1};
  return Pace{limit.reading.used.raw(),
              static_cast<std::uint64_t>(std::max(now - limit.window.start, least).count())};
}

void put_pace(LimitForecast& told, const Pace& pace, WallTime now) {
  told.pace_per_hour = used_within(pace, std::chrono::hours{1});
  const bool has_end = told.until != wall_time_never && told.until > now;
  told.projected_at =
      has_end ? told.until : now + std::min(forecast_horizon, wall_time_never - now);
  told.projected = told.used + used_within(pace, told.projected_at - now);
  if (!told.size) {
    return;
  }
  const Amount left = excess(*told.size, told.used);
  const auto needed = time_to_use(pace, left);
  if (left == Amount{}) {
    told.exhausted_at = now;
  } else if (needed && *needed < told.until - now) {
    told.exhausted_at = now + *needed;
  }
}

LimitForecast forecast_of(const LimitUsage& limit, const ForecastSource& source, WallTime now) {
  LimitForecast told;
  told.limit = limit.limit.id;
  told.name = limit.limit.name;
  told.meter = limit.limit.meter;
  told.used = limit.reading.used;
  told.size = limit.reading.size;
  told.until = limit.reading.resets_at;
  if (!runs_out(limit.limit)) {
    return told;
  }
  if (std::holds_alternative<CreditRule>(limit.limit.rule)) {
    told.size = limit.reading.used + limit.reading.remaining;
  }
  const bool soon = ends_soon(limit);
  const Course hours = course_of(source.hours, told.meter, by_hours, now);
  const Course course = soon ? course_of(source.minutes, told.meter, by_minutes, now) : hours;
  told.last_day = hours.latest[0];
  told.day_before = hours.latest[1];
  if (course.buckets > 0 && limit.limit.when.empty()) {
    told.basis = soon ? ForecastBasis::minutes : ForecastBasis::hours;
    told.buckets = course.buckets;
    told.hours_seen = whole_hours(now - course.first);
    put_pace(told, course.pace, now);
  } else if (const auto pace = pace_of_window(limit, now)) {
    told.basis = ForecastBasis::window;
    told.hours_seen = whole_hours(now - limit.window.start);
    put_pace(told, *pace, now);
  }
  return told;
}

}  // namespace

WallTime forecast_hours_from(WallTime now) noexcept {
  return begin_of(by_hours, now);
}

WallTime forecast_minutes_from(WallTime now) noexcept {
  return begin_of(by_minutes, now);
}

Forecast forecast(std::span<const LimitUsage> limits, const ForecastSource& source, WallTime now) {
  Forecast told;
  told.now = now;
  told.limits.reserve(limits.size());
  for (const LimitUsage& limit : limits) {
    told.limits.push_back(forecast_of(limit, source, now));
  }
  return told;
}

}  // namespace sluice
