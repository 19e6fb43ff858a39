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

/// When the burst of a rate is full again.
WallTime full_at(const ArrivalTime& arrival, const RateTerms& rate, const Now& now) {
  return after(now.wall, arrival.time(rate, arrival.owed(rate, now), now));
}

Counter counter_of(const ArrivalTime& arrival, const RateTerms& rate, LimitId id, const Now& now) {
  Counter counter{id, Amount{}, full_at(arrival, rate, now), ThresholdMask{}};
  if (rate.by_interval()) {
    counter.used = rate.units(arrival.owed_at_step(rate));
    counter.paced_until = arrival.step();
  }
  return counter;
}

/// What was stored may be of a rule that was refilled otherwise: then it is full when that said.
ArrivalTime restored_rate(const RateTerms& rate, const Counter& counter, const Now& now) {
  ArrivalTime arrival;
  const bool has_steps = counter.used > Amount{} || counter.paced_until != WallTime{};
  if (rate.by_interval() && has_steps) {
    const Parts owed = rate.cost(std::min(counter.used, rate.burst()));
    arrival.owe(rate, owed, Now{now.steady, counter.paced_until});
  } else if (counter.until > now.wall) {
    const Parts owed = std::min(rate.earned_in(until(counter.until, now.wall)), rate.full_burst());
    arrival.owe(rate, rate.by_interval() ? rate.cost(rate.units(owed)) : owed, now);
  }
  return arrival;
}

/// The instant up to which a window of another calendar surely was open: now, or its start if the
/// clock was stepped back before it.
WallTime moment_in(const WindowCount& window, const WindowTerms& terms, const Calendar& calendar,
                   WallTime now) {
  return std::max(now, calendar.window_at(terms.period, window.end - Duration{1}).start);
}

/// With another span, what counts now is taken for spent just now: it counts for too long rather
/// than too short.
SlidingCount carried_sliding(SlidingCount count, const SlidingTerms& from, const SlidingTerms& to,
                             WallTime now) {
  count.advance(from, now);
  count.tally = Tally{to.translate(count.tally.fired(), from), count.tally.over()};
  if (from.span == to.span) {
    return count;
  }
  SlidingCount carried = SlidingCount::fresh(to, now);
  carried.current = count.used(from, now);
  carried.tally = count.tally;
  return carried;
}

}  // namespace

LimitState LimitState::fresh(const PlannedLimit& limit, const Calendar& calendar, const Now& now) {
  if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
    WindowCount window{};
    window.restart(*terms, calendar, now.wall);
    return LimitState{window};
  }
  if (const auto* terms = std::get_if<SlidingTerms>(&limit.terms)) {
    return LimitState{SlidingCount::fresh(*terms, now.wall)};
  }
  if (std::holds_alternative<ConcurrencyTerms>(limit.terms)) {
    return LimitState{FlightCount{}};
  }
  if (const CreditTerms* const terms = limit.credit()) {
    return LimitState{CreditCount{.until = calendar.window_at(terms->period, now.wall).end}};
  }
  return LimitState{ArrivalTime{}};
}

LimitState LimitState::restored(const PlannedLimit& limit, const Counter& counter, const Now& now) {
  SLUICE_INVARIANT(counter.limit == limit.id);
  const Tally tally{counter.fired, counter.over};
  if (std::holds_alternative<WindowTerms>(limit.terms)) {
    return LimitState{WindowCount{counter.used, counter.until, counter.paced_until, tally}};
  }
  if (std::holds_alternative<SlidingTerms>(limit.terms)) {
    return LimitState{SlidingCount{counter.used, counter.until, counter.previous, tally}};
  }
  if (std::holds_alternative<ConcurrencyTerms>(limit.terms)) {
    return LimitState{FlightCount{counter.fired}};
  }
  if (limit.credit() != nullptr) {
    return LimitState{CreditCount{counter.used, counter.previous, counter.over, counter.until}};
  }
  return LimitState{restored_rate(std::get<RateTerms>(limit.terms), counter, now)};
}

LimitState LimitState::carried(const PlannedLimit& from, const Calendar& from_calendar,
                               const PlannedLimit& to, const Calendar& to_calendar,
                               const Now& now) const {
  SLUICE_INVARIANT(from.id == to.id && from.terms.index() == to.terms.index());
  if (const auto* old_rate = std::get_if<RateTerms>(&from.terms)) {
    return LimitState{rate_.carried(*old_rate, *std::get_if<RateTerms>(&to.terms), now)};
  }
  if (const auto* old_terms = std::get_if<SlidingTerms>(&from.terms)) {
    return LimitState{
        carried_sliding(sliding_, *old_terms, std::get<SlidingTerms>(to.terms), now.wall)};
  }
  if (const auto* old_flight = std::get_if<ConcurrencyTerms>(&from.terms)) {
    const auto& flight = *std::get_if<ConcurrencyTerms>(&to.terms);
    return LimitState{FlightCount{flight.translate(flight_.reached, *old_flight)}};
  }
  if (from.credit() != nullptr) {
    return *this;
  }
  const auto& old_terms = *std::get_if<WindowTerms>(&from.terms);
  const auto& terms = *std::get_if<WindowTerms>(&to.terms);
  if (window_.over(now.wall) || old_terms.period != terms.period) {
    return fresh(to, to_calendar, now);
  }
  WindowCount window = window_;
  window.tally = Tally{terms.translate(window_.tally.fired(), old_terms), window_.tally.over()};
  if (terms.size() != old_terms.size() || terms.soft_limit() != old_terms.soft_limit()) {
    window.paced_until = WallTime{};  // The pace of before says nothing about what is left now.
  }
  if (from_calendar != to_calendar) {
    const WallTime moment = moment_in(window_, old_terms, from_calendar, now.wall);
    window.end = to_calendar.window_at(terms.period, moment).end;
  }
  return LimitState{window};
}

ClosedWindow LimitState::closed(const PlannedLimit& limit) const {
  const auto& terms = std::get<WindowTerms>(limit.terms);
  const Amount over = window_.tally.over();
  return ClosedWindow{limit.id, limit.meter, window_.end, window_.used, over, terms.price(over)};
}

Counter LimitState::counter(const PlannedLimit& limit, const Now& now) const {
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    return counter_of(rate_, *rate, limit.id, now);
  }
  if (std::holds_alternative<SlidingTerms>(limit.terms)) {
    const Tally& tally = sliding_.tally;
    return Counter{limit.id,     sliding_.current,  sliding_.end, tally.fired(),
                   tally.over(), sliding_.previous, WallTime{}};
  }
  if (std::holds_alternative<ConcurrencyTerms>(limit.terms)) {
    return Counter{limit.id, Amount{}, wall_time_never, flight_.reached};
  }
  if (limit.credit() != nullptr) {
    return Counter{limit.id,     credit_.used,    credit_.until, ThresholdMask{},
                   credit_.owed, credit_.balance, WallTime{}};
  }
  const Tally& tally = window_.tally;
  return Counter{limit.id,     window_.used, window_.end,        tally.fired(),
                 tally.over(), Amount{},     window_.paced_until};
}

Duration LimitState::wait(const PlannedLimit& limit, Amount held, Amount amount,
                          const Now& now) const {
  SLUICE_INVARIANT(verdict(limit, held, amount, now) != Verdict::fits);
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    if (amount > rate->burst()) {
      return wait_never;
    }
    const Parts owed = rate_.owed(*rate, now);
    return rate_.time(*rate, owed + rate->cost(amount) - rate->full_burst(), now);
  }
  if (const auto* sliding = std::get_if<SlidingTerms>(&limit.terms)) {
    return sliding_.wait(*sliding, held, amount, now.wall);
  }
  if (std::holds_alternative<ConcurrencyTerms>(limit.terms) || limit.credit() != nullptr) {
    return wait_never;
  }
  const auto& terms = *std::get_if<WindowTerms>(&limit.terms);
  if (window_.verdict(terms, held, amount, now.wall) == Verdict::ahead_of_pace) {
    return until(window_.paced_until, now.wall);
  }
  if (!terms.fits(held, amount) || window_.end == wall_time_never) {
    return wait_never;
  }
  return until(window_.end, now.wall);
}

Amount LimitState::room(const PlannedLimit& limit, Amount held, const Now& now) const {
  if (const auto* terms = std::get_if<WindowTerms>(&limit.terms)) {
    const bool held_up = terms->paces() && window_.held_up(*terms, held, now.wall);
    return held_up ? Amount{} : terms->room(window_.used + held);
  }
  if (const auto* terms = std::get_if<SlidingTerms>(&limit.terms)) {
    return terms->room(sliding_.used(*terms, now.wall) + held);
  }
  if (const auto* terms = std::get_if<ConcurrencyTerms>(&limit.terms)) {
    return terms->room(held);
  }
  if (const CreditTerms* const terms = limit.credit()) {
    return credit_.room(*terms, held);
  }
  return limit.enforcement == Enforcement::block ? remaining(limit, held, now) : Amount::max();
}

bool LimitState::at_rest(const PlannedLimit& limit, const Now& now) const {
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    return rate_.owed(*rate, now) == Parts{0};
  }
  if (const auto* sliding = std::get_if<SlidingTerms>(&limit.terms)) {
    SlidingCount later = sliding_;
    later.advance(*sliding, now.wall);
    return later.current == Amount{} && later.previous == Amount{};
  }
  return std::holds_alternative<ConcurrencyTerms>(limit.terms) || window_.over(now.wall) ||
         window_.used == Amount{};
}

void LimitState::read(const PlannedLimit& limit, Amount held, const Now& now,
                      LimitReading& reading) const {
  reading.limit = limit.id;
  reading.meter = limit.meter;
  reading.held = held;
  reading.remaining = remaining(limit, held, now);
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    reading.size = rate->burst();
    reading.used = excess(rate->burst(), reading.remaining);
    reading.resets_at = full_at(rate_, *rate, now);
    return;
  }
  if (const auto* sliding = std::get_if<SlidingTerms>(&limit.terms)) {
    reading.size = sliding->size();
    reading.used = sliding_.used(*sliding, now.wall);
    reading.resets_at = sliding_.resets_at(*sliding);
    return;
  }
  if (const auto* concurrency = std::get_if<ConcurrencyTerms>(&limit.terms)) {
    reading.size = concurrency->size();
    reading.used = Amount{};
    reading.resets_at = wall_time_never;
    return;
  }
  if (limit.credit() != nullptr) {
    reading.size = credit_.size();
    reading.used = credit_.used;
    reading.resets_at = credit_.until;
    return;
  }
  const auto& window = *std::get_if<WindowTerms>(&limit.terms);
  reading.size = window.bounded() ? std::optional{window.size()} : std::nullopt;
  reading.used = window_.used;
  reading.resets_at = window_.end;
}

Amount LimitState::take_back(const PlannedLimit& limit, const Calendar& calendar, Amount held,
                             Amount amount, const Past& past, const Now& now) {
  if (const auto* sliding = std::get_if<SlidingTerms>(&limit.terms)) {
    return sliding_.take_back(*sliding, amount, past.at);
  }
  if (std::holds_alternative<RateTerms>(limit.terms)) {
    refund(limit, amount, past, now);
    return amount;
  }
  const auto* window = std::get_if<WindowTerms>(&limit.terms);
  if (window == nullptr) {
    return amount;  // What is in flight is only reserved.
  }
  if (limit.is_gauge()) {
    return give_back(limit, amount);
  }
  const WallTime start = calendar.window_at(window->period, window_.end - Duration{1}).start;
  if (past.at < start || past.at >= window_.end) {
    return Amount{};
  }
  unpace(limit, held, amount, amount, now);
  return window_.take_back(amount);
}

void LimitState::refund(const PlannedLimit& limit, Amount amount, const Past& past,
                        const Now& now) {
  const auto& terms = std::get<RateTerms>(limit.terms);
  const Parts owed = rate_.owed(terms, now);
  const Parts cost = std::min(terms.cost(amount), owed);
  const Parts came_back = std::min(rate_.earned_since(terms, past.at, past.ago, now), cost);
  rate_.owe(terms, owed - (cost - came_back), now);
}

Window LimitState::window(const PlannedLimit& limit, const Calendar& calendar,
                          const Now& now) const {
  if (const auto* rate = std::get_if<RateTerms>(&limit.terms)) {
    return Window{now.wall, full_at(rate_, *rate, now)};
  }
  if (const auto* sliding = std::get_if<SlidingTerms>(&limit.terms)) {
    return Window{sliding_.end - sliding->span, sliding_.end};
  }
  if (std::holds_alternative<ConcurrencyTerms>(limit.terms)) {
    return Window{now.wall, wall_time_never};
  }
  if (const CreditTerms* const terms = limit.credit()) {
    return calendar.window_at(terms->period, now.wall);
  }
  // The window that is open, which lies ahead of a clock that was stepped back.
  const auto& terms = *std::get_if<WindowTerms>(&limit.terms);
  return Window{calendar.window_at(terms.period, window_.end - Duration{1}).start, window_.end};
}

}  // namespace sluice
