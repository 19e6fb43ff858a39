// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sliding_count.hpp"

#include <algorithm>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// The span that begins at `start` ends then.
WallTime end_of_span(WallTime start, Duration span) {
  return wall_time_never - start > span ? start + span : wall_time_never;
}

/// From `now` to the end of the span, which is not more than the span when the clock was stepped
/// back.
std::uint64_t rest_of_span(WallTime end, WallTime now, Duration span) {
  return static_cast<std::uint64_t>((now > end - span ? end - now : span).count());
}

/// How long before the end of a span no more than `room` of `spent` counts.
Duration lead(Amount room, Amount spent, Duration span) {
  const Parts share =
      divide(Parts{room.raw()} * static_cast<std::uint64_t>(span.count()), spent.raw());
  return Duration{static_cast<std::int64_t>(share)};
}

}  // namespace

SlidingCount SlidingCount::fresh(const SlidingTerms& terms, WallTime now) {
  Duration into = now.time_since_epoch() % terms.span;
  into += into < Duration{} ? terms.span : Duration{};
  return SlidingCount{.current = {}, .end = end_of_span(now - into, terms.span)};
}

void SlidingCount::start_next(const SlidingTerms& terms, WallTime now) {
  const bool adjacent = now < end_of_span(end, terms.span);
  const Amount spent = adjacent ? current : Amount{};
  *this = fresh(terms, now);
  previous = spent;
}

Amount SlidingCount::used(const SlidingTerms& terms, WallTime now) const {
  if (previous == Amount{}) {
    return current;
  }
  const std::uint64_t rest = rest_of_span(end, now, terms.span);
  const Parts counts =
      divide_up(Parts{previous.raw()} * rest, static_cast<std::uint64_t>(terms.span.count()));
  return current + Amount{static_cast<std::uint64_t>(counts)};
}

Duration SlidingCount::wait(const SlidingTerms& terms, Amount held, Amount amount,
                            WallTime now) const {
  const Amount size = terms.room(held);
  if (amount > size || end == wall_time_never) {
    return wait_never;
  }
  if (current + amount <= size) {
    // It fits in this span, once enough of the previous one is past.
    return end - lead(excess(size, current + amount), previous, terms.span) - now;
  }
  return end + terms.span - lead(excess(size, amount), current, terms.span) - now;
}

WallTime SlidingCount::resets_at(const SlidingTerms& terms) const {
  return current > Amount{} ? end_of_span(end, terms.span) : end;
}

Amount SlidingCount::take_back(const SlidingTerms& terms, Amount amount, WallTime begun) {
  const WallTime start = end - terms.span;
  const bool is_past = begun < start;
  if (is_past && begun < start - terms.span) {
    return Amount{};
  }
  Amount& spent = is_past ? previous : current;
  const Amount given = std::min(amount, spent);
  spent = excess(spent, given);
  tally = Tally{tally.fired(), is_past ? tally.over() : excess(tally.over(), given)};
  return given;
}

Taken SlidingCount::take(const SlidingTerms& terms, Amount amount, WallTime now) {
  const Amount before = used(terms, now);
  current = current + amount;
  const Amount after = before + amount;
  Amount over;
  if (after > terms.size()) [[unlikely]] {
    over = excess(after, std::max(before, terms.size()));
    tally.add(over);
  }
  return Taken{tally.fire(terms.reached(after)), over};
}

}  // namespace sluice
