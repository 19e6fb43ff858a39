// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/slice.hpp"

#include <algorithm>
#include <utility>

namespace sluice::client {

namespace {
/// Clocks drift and answers take time: a slice is spent for so much of its time only.
constexpr std::int64_t good_percent = 90;
constexpr unsigned idle_rounds = 2;
/// So many times what was spent since the last answer is wanted until the next. What runs low
/// before its round is over doubles each time, so that it soon lasts from round to round.
constexpr std::uint64_t usual_growth = 2;
constexpr std::uint64_t growth_when_low = 4;
}  // namespace

Slice::Taken Slice::take(Now now, std::uint64_t amount) noexcept {
  if (now >= good_until_.load(std::memory_order_acquire)) {
    return {false, true};
  }
  std::uint64_t left = remaining_.load(std::memory_order_relaxed);
  while (left >= amount) {
    if (remaining_.compare_exchange_weak(left, left - amount, std::memory_order_acq_rel)) {
      return {true, left - amount < low_mark_.load(std::memory_order_relaxed)};
    }
  }
  return {false, true};
}

bool Slice::has_some(Now now) const noexcept {
  return remaining_.load() > 0 && now < good_until_.load();
}

bool Slice::try_begin_to_ask(Now now) noexcept {
  return now >= ask_after_.load(std::memory_order_relaxed) && !is_busy() && try_begin();
}

Slice::Wish Slice::wish(Now now, std::uint64_t amount, EntryId fresh) noexcept {
  if (!is_leased()) {
    id_ = fresh;
  }
  const bool ran_low = remaining_.load(std::memory_order_relaxed) < low_mark_;
  if (now >= good_until_.load(std::memory_order_acquire)) {
    // The server may have ended it and forgotten that: nothing is spent of it until the answer says
    // how much is out.
    allowed_ -= remaining_.exchange(0, std::memory_order_acq_rel);
  }
  const std::uint64_t spent = this->spent();
  const std::uint64_t growth = ran_low ? growth_when_low : usual_growth;
  const std::uint64_t grown = growth * std::min(spent - reported_, Amount::max_raw / growth);
  const std::uint64_t demand = std::max(grown, amount);
  return {id_, spent, std::clamp(Amount{demand}, bounds_.want_min, bounds_.want_max), now};
}

Slice::Learned Slice::learn(const Decision& decision, const Wish& wish) noexcept {
  if (decision.outcome == Outcome::unavailable) {
    // What is out stays good for its time.
    ask_after_ = wish.asked_at + bounds_.ttl / (4 * rounds);
    return Learned::nothing;
  }
  if (decision.outcome == Outcome::suspended || decision.outcome == Outcome::deactivated) {
    ask_after_ = wish.asked_at + bounds_.ttl / rounds;
    return Learned::to_end;
  }
  if (decision.outcome != Outcome::allowed) {
    reset();
    ask_after_ = wish.asked_at + bounds_.ttl / rounds;
    return Learned::refused;
  }
  const std::uint64_t allowed = std::max(allowed_, wish.spent + decision.granted.raw());
  const std::uint64_t more = allowed - std::exchange(allowed_, allowed);
  reported_ = wish.spent;
  low_mark_ = decision.granted.raw() / 2;
  good_until_ = wish.asked_at + bounds_.ttl / 100 * good_percent;
  remaining_.fetch_add(more, std::memory_order_acq_rel);
  // Nothing more to be had: not again with every check.
  ask_after_ = wish.asked_at + (more == 0 ? bounds_.ttl / rounds : Now{});
  return Learned::more;
}

bool Slice::is_idle() noexcept {
  const std::uint64_t spent = this->spent();
  idle_ = spent == std::exchange(seen_, spent) ? idle_ + 1 : 0;
  return idle_ >= idle_rounds;
}

bool Slice::is_forgotten() noexcept {
  idle_ = asked_.exchange(false, std::memory_order_relaxed) ? 0 : idle_ + 1;
  return idle_ >= idle_rounds;
}

std::optional<Slice::Rest> Slice::take_rest() noexcept {
  if (!is_leased()) {
    return std::nullopt;
  }
  allowed_ -= remaining_.exchange(0, std::memory_order_acq_rel);
  return Rest{id_, allowed_};
}

void Slice::reset() noexcept {
  good_until_ = Now{};
  remaining_ = 0;
  id_ = {};
  allowed_ = reported_ = seen_ = 0;
  idle_ = 0;
}

}  // namespace sluice::client
