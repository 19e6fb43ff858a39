// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/limit_state.hpp"

#include "actors/tenant/invariant.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// `later` - `earlier`, as far as that can be said.
Duration until(WallTime later, WallTime earlier) {
  std::int64_t nanoseconds = 0;
  if (__builtin_sub_overflow(later.time_since_epoch().count(), earlier.time_since_epoch().count(),
                             &nanoseconds)) {
    return later < earlier ? Duration::min() : Duration::max();
  }
  return Duration{nanoseconds};
}

/// `length` must not be negative.
WallTime after(WallTime instant, Duration length) {
  return until(wall_time_never, instant) <= length ? wall_time_never : instant + length;
}

/// The instant up to which a window of another calendar surely was open: now, or its start if the
/// clock was stepped back before it.
WallTime moment_in(const WindowCount& window, const WindowTerms& terms, const Calendar& calendar,
                   WallTime now) {
  return std::max(now, calendar.window_at(terms.period(), window.end - Duration{1}).start);
}

}  // namespace

LimitState LimitState::fresh(const PlannedLimit& limit, const Calendar& calendar, const Now& now) {
  if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
    WindowCount window{};
    window.restart(*terms, calendar, now.wall);
    return LimitState{window};
  }
  return LimitState{ArrivalTime{}};
}

LimitState LimitState::restored(const PlannedLimit& limit, const Counter& counter, const Now& now) {
  SLUICE_INVARIANT(counter.limit == limit.id);
  const auto* rate = std::get_if<RateTerms>(&limit.terms);
  if (rate == nullptr) {
    return LimitState{WindowCount{counter.used, counter.until, counter.fired}};
  }
  ArrivalTime arrival;
  if (counter.until > now.wall) {
    arrival.owe(*rate, rate->earned_in(until(counter.until, now.wall)), now.steady);
  }
  return LimitState{arrival};
}

LimitState LimitState::carried(const PlannedLimit& from, const Calendar& from_calendar,
                               const PlannedLimit& to, const Calendar& to_calendar,
                               const Now& now) const {
  SLUICE_INVARIANT(from.id == to.id && from.terms.index() == to.terms.index());
  if (const auto* old_rate = std::get_if<RateTerms>(&from.terms)) {
    const auto& rate = *std::get_if<RateTerms>(&to.terms);
    const Parts owed = rate_.owed(*old_rate, now.steady);
    ArrivalTime arrival;
    arrival.owe(rate, old_rate->same_pace(rate) ? owed : rate.cost(old_rate->units(owed)),
                now.steady);
    return LimitState{arrival};
  }
  const auto& old_terms = *std::get_if<WindowTerms>(&from.terms);
  const auto& terms = *std::get_if<WindowTerms>(&to.terms);
  if (window_.over(now.wall) || old_terms.period() != terms.period()) {
    return fresh(to, to_calendar, now);
  }
  WindowCount window{window_.used, window_.end, terms.translate(window_.fired, old_terms)};
  if (from_calendar != to_calendar) {
    const WallTime moment = moment_in(window_, old_terms, from_calendar, now.wall);
    window.end = to_calendar.window_at(terms.period(), moment).end;
  }
  return LimitState{window};
}

Counter LimitState::counter(const PlannedLimit& limit, const Now& now) const {
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    const Duration ahead = rate->time(rate_.owed(*rate, now.steady));
    return Counter{limit.id, Amount{}, after(now.wall, ahead), ThresholdMask{}};
  }
  return Counter{limit.id, window_.used, window_.end, window_.fired};
}

Duration LimitState::wait(const PlannedLimit& limit, Amount amount, const Now& now) const {
  SLUICE_INVARIANT(!fits(limit, amount, now));
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    if (amount > rate->burst()) {
      return wait_never;
    }
    const Parts owed = rate_.owed(*rate, now.steady);
    return rate->time(owed + rate->cost(amount) - rate->full_burst());
  }
  const auto& window = *std::get_if<WindowTerms>(&limit.terms);
  if (amount > window.size() || window_.end == wall_time_never) {
    return wait_never;
  }
  return until(window_.end, now.wall);
}

void LimitState::read(const PlannedLimit& limit, const Now& now, LimitReading& reading) const {
  reading.limit = limit.id;
  reading.meter = limit.meter;
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    const Parts owed = rate_.owed(*rate, now.steady);
    reading.size = rate->burst();
    reading.remaining = rate->remaining(owed);
    reading.used = excess(rate->burst(), reading.remaining);
    reading.resets_at = after(now.wall, rate->time(owed));
    return;
  }
  const auto& window = *std::get_if<WindowTerms>(&limit.terms);
  reading.size = window.bounded() ? std::optional{window.size()} : std::nullopt;
  reading.used = window_.used;
  reading.remaining = window.remaining(window_.used);
  reading.resets_at = window_.end;
}

Window LimitState::window(const PlannedLimit& limit, const Calendar& calendar,
                          const Now& now) const {
  const auto* terms = std::get_if<WindowTerms>(&limit.terms);
  if (terms == nullptr) {
    const auto& rate = *std::get_if<RateTerms>(&limit.terms);
    return Window{now.wall, after(now.wall, rate.time(rate_.owed(rate, now.steady)))};
  }
  // The window that is open, which lies ahead of a clock that was stepped back.
  return Window{calendar.window_at(terms->period(), window_.end - Duration{1}).start, window_.end};
}

}  // namespace sluice
