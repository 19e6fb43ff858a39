// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/tenant.hpp"

#include "actors/tenant/invariant.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace sluice {
namespace {

/// Calls `visit(slots, amount)` for every meter that is charged and has limits. One that is charged
/// more than once is met once, with the sum.
template <class Visit>
void each_meter_met(std::span<const Charge> charges, const Plan& plan, Visit&& visit) {
  for (std::size_t i = 0; i < charges.size(); ++i) {
    const MeterId meter = charges[i].meter;
    const auto same_meter = [meter](const Charge& other) { return other.meter == meter; };
    if (std::any_of(charges.begin(), charges.begin() + static_cast<std::ptrdiff_t>(i),
                    same_meter)) {
      continue;
    }
    Amount sum = charges[i].amount;
    for (std::size_t j = i + 1; j < charges.size(); ++j) {
      sum = same_meter(charges[j]) ? sum + charges[j].amount : sum;
    }
    const Plan::SlotRange slots = plan.slots_of(meter);
    if (slots.begin < slots.end) {
      visit(slots, sum);
    }
  }
}

/// Calls `visit(slot, amount)` for every limit that the charges meet.
template <class Visit>
void each_limit_met(std::span<const Charge> charges, const Plan& plan, Visit&& visit) {
  each_meter_met(charges, plan, [&](const Plan::SlotRange& slots, Amount sum) {
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      visit(slot, sum);
    }
  });
}

/// The limit that keeps the caller waiting longest.
struct Obstacle {
  std::uint32_t slot = 0;
  Duration wait{-1};

  [[nodiscard]] bool found() const { return wait >= Duration{}; }
  void consider(std::uint32_t candidate, Duration candidate_wait) {
    if (candidate_wait > wait) {
      slot = candidate;
      wait = candidate_wait;
    }
  }
};

/// The limit with the least remaining. One that blocks tells more than one that only alerts, and
/// either more than one without a size.
struct Tightest {
  std::uint32_t slot = 0;
  std::uint32_t rank = 3;
  Amount remaining;

  [[nodiscard]] bool found() const { return rank < 3; }
  void consider(std::uint32_t candidate, std::uint32_t candidate_rank, Amount candidate_remaining) {
    if (candidate_rank < rank || (candidate_rank == rank && candidate_remaining < remaining)) {
      slot = candidate;
      rank = candidate_rank;
      remaining = candidate_remaining;
    }
  }
};

std::uint32_t rank_of(const PlannedLimit& limit) {
  const auto* window = std::get_if<WindowTerms>(&limit.terms);
  if (window != nullptr && !window->bounded()) {
    return 2;
  }
  return limit.enforcement == Enforcement::block ? 0 : 1;
}

/// A kind or period that differs under the same id means that nothing can be carried over.
const PlannedLimit* find_same(const Plan& plan, const PlannedLimit& limit) {
  const auto planned = plan.planned();
  const auto same = std::find_if(planned.begin(), planned.end(), [&](const PlannedLimit& other) {
    return other.id == limit.id && other.terms.index() == limit.terms.index();
  });
  return same == planned.end() ? nullptr : &*same;
}

std::optional<std::uint32_t> place_of(const Plan& plan, MeterId meter) {
  const Plan::SlotRange slots = plan.slots_of(meter);
  return slots.begin < slots.end
             ? std::optional<std::uint32_t>{plan.planned()[slots.begin].meter_place}
             : std::nullopt;
}

void saturating_increment(std::uint32_t& count) {
  count += count < std::numeric_limits<std::uint32_t>::max() ? 1U : 0U;
}

}  // namespace

Tenant::Tenant(TenantId id, std::shared_ptr<const Plan> plan, std::span<const Counter> counters,
               std::span<const UsageBucket> open_usage, const Now& now)
    : id_(id), plan_(std::move(plan)), spending_(plan_->planned().size(), plan_->meters().size()) {
  const auto planned = plan_->planned();
  for (std::uint32_t slot = 0; slot < planned.size(); ++slot) {
    const PlannedLimit& limit = planned[slot];
    const auto stored = std::find_if(counters.begin(), counters.end(), [&](const Counter& counter) {
      return counter.limit == limit.id;
    });
    spending_.limit(slot) = stored == counters.end()
                                ? LimitState::fresh(limit, plan_->calendar(), now)
                                : LimitState::restored(limit, *stored, now);
  }
  for (const UsageBucket& bucket : open_usage) {
    if (const auto place = place_of(*plan_, bucket.meter)) {
      spending_.usage(*place) =
          OpenUsage{bucket.used, bucket.minute, bucket.allowed, bucket.denied, bucket.throttled};
    }
  }
}

Effect Tenant::decide(const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings) {
  SLUICE_INVARIANT(check.charges.size() <= charges_per_check_max);
  decision = Decision{};
  Slots changed;
  Obstacle obstacle;
  each_limit_met(check.charges, *plan_, [&](std::uint32_t slot, Amount amount) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (spending_.limit(slot).over(limit, now)) [[unlikely]] {
      restart(slot, now, happenings);
      changed.add(slot);
    }
    if (limit.enforcement == Enforcement::block &&
        !spending_.limit(slot).fits(limit, amount, now)) {
      obstacle.consider(slot, spending_.limit(slot).wait(limit, amount, now));
    }
  });
  const bool takes = !obstacle.found() && check.mode == Mode::normal;
  Tightest tightest;
  each_limit_met(check.charges, *plan_, [&](std::uint32_t slot, Amount amount) {
    const PlannedLimit& limit = plan_->planned()[slot];
    LimitState& state = spending_.limit(slot);
    if (takes && amount > Amount{}) {
      SLUICE_INVARIANT(limit.enforcement == Enforcement::alert || state.fits(limit, amount, now));
      changed.add(slot);
      announce(slot, state.take(limit, amount, now), happenings);
    }
    decision.soft_limit_passed |= state.passes_soft_limit(limit);
    if (!obstacle.found()) {
      tightest.consider(slot, rank_of(limit), state.remaining(limit, now));
    }
  });
  decision.outcome = obstacle.found() ? Outcome::denied : Outcome::allowed;
  if (obstacle.found() && obstacle.wait != wait_never) {
    decision.retry_after = obstacle.wait;
  }
  if (obstacle.found() || tightest.found()) {
    const std::uint32_t decisive = obstacle.found() ? obstacle.slot : tightest.slot;
    decision.has_reading = true;
    spending_.limit(decisive).read(plan_->planned()[decisive], now, decision.reading);
  }
  return account(check, now, decision.outcome, changed, happenings);
}

// Counts the check in the usage of its meters, and marks what has to be kept.
Effect Tenant::account(const Check& check, const Now& now, Outcome outcome, Slots charged,
                       Happenings& happenings) {
  Slots counted = charged;
  if (check.mode == Mode::normal) {
    const Minute minute = minute_of(now.wall);
    each_meter_met(check.charges, *plan_, [&](const Plan::SlotRange& slots, Amount amount) {
      if (amount > Amount{}) {
        counted.add(slots.begin);
        if (count(plan_->planned()[slots.begin].meter_place, minute, outcome, amount, happenings)) {
          charged.add(slots.begin);  // The bucket that was closed is in nobody's hands but ours.
        }
      }
    });
  }
  spending_.unjournalled().add(charged);
  spending_.unsaved().add(counted);
  return !charged.empty() ? Effect::charged : counted.empty() ? Effect::none : Effect::counted;
}

// Returns whether a bucket was closed.
bool Tenant::count(std::uint32_t meter_place, Minute minute, Outcome outcome, Amount amount,
                   Happenings& happenings) {
  OpenUsage& usage = spending_.usage(meter_place);
  bool closed = false;
  const bool over = minute > usage.minute && (usage.none() || !happenings.keep_minutes_open);
  if (over) [[unlikely]] {
    if (!usage.none()) {
      happenings.closed_usage.push_back({id_, usage.bucket(plan_->meters()[meter_place])});
      closed = true;
    }
    usage = OpenUsage{Amount{}, minute};
  }
  if (outcome == Outcome::allowed) {
    usage.used = usage.used + amount;
    saturating_increment(usage.allowed);
  } else {
    saturating_increment(usage.denied);
  }
  return closed;
}

// The window has ended; what was used of it becomes history.
void Tenant::restart(std::uint32_t slot, const Now& now, Happenings& happenings) {
  const PlannedLimit& limit = plan_->planned()[slot];
  LimitState& state = spending_.limit(slot);
  if (state.used() > Amount{}) {
    happenings.closed_windows.push_back(
        {id_, ClosedWindow{limit.id, limit.meter, state.end(), state.used()}});
  }
  const bool rolled = state.roll(limit, plan_->calendar(), now);
  SLUICE_INVARIANT(rolled);
}

void Tenant::announce(std::uint32_t slot, ThresholdMask reached, Happenings& happenings) const {
  if (reached == ThresholdMask{}) {
    return;
  }
  const PlannedLimit& limit = plan_->planned()[slot];
  const auto& terms = std::get<WindowTerms>(limit.terms);
  const auto thresholds = terms.thresholds();
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    if ((reached.raw() >> i & 1) != 0) {
      happenings.crossed.push_back(
          {id_, limit.id, limit.meter, thresholds[i], spending_.limit(slot).used(), terms.size()});
    }
  }
}

void Tenant::adopt(std::shared_ptr<const Plan> plan, const Now& now, Happenings& happenings) {
  SLUICE_INVARIANT(plan != nullptr);
  for (std::uint32_t slot = 0; slot < plan_->planned().size(); ++slot) {
    if (spending_.limit(slot).over(plan_->planned()[slot], now)) {
      restart(slot, now, happenings);
    }
  }
  const auto planned = plan->planned();
  Spending spending{planned.size(), plan->meters().size()};
  for (std::uint32_t slot = 0; slot < planned.size(); ++slot) {
    const PlannedLimit& limit = planned[slot];
    const PlannedLimit* before = find_same(*plan_, limit);
    if (before == nullptr) {
      spending.limit(slot) = LimitState::fresh(limit, plan->calendar(), now);
      continue;
    }
    const auto old_slot = static_cast<std::uint32_t>(before - plan_->planned().data());
    spending.limit(slot) =
        spending_.limit(old_slot).carried(*before, plan_->calendar(), limit, plan->calendar(), now);
  }
  carry_usage(*plan, now, spending, happenings);
  plan_ = std::move(plan);
  spending_ = std::move(spending);
  mark_unjournalled();
  mark_unsaved();
}

// A meter whose last limit is gone is closed in the middle of a minute. If it gets a limit again,
// its usage goes on in the next minute: a minute is closed only once.
void Tenant::carry_usage(const Plan& plan, const Now& now, Spending& to, Happenings& happenings) {
  Minute from = spending_.usage_from();
  for (std::uint32_t place = 0; place < plan_->meters().size(); ++place) {
    const OpenUsage& usage = spending_.usage(place);
    if (const auto next = place_of(plan, plan_->meters()[place])) {
      to.usage(*next) = usage;
    } else if (!usage.none()) {
      happenings.closed_usage.push_back({id_, usage.bucket(plan_->meters()[place])});
      from = std::max(from, Minute{usage.minute.raw() + 1});
    }
  }
  for (std::uint32_t place = 0; place < plan.meters().size() && from > Minute{}; ++place) {
    if (!place_of(*plan_, plan.meters()[place])) {
      to.usage(place) = OpenUsage{Amount{}, std::max(from, minute_of(now.wall))};
    }
  }
  to.usage_from() = from;
}

std::vector<LimitUsage> Tenant::usage(const Now& now) const {
  std::vector<LimitUsage> usage;
  usage.reserve(plan_->limits().size());
  for (std::uint32_t slot = 0; slot < plan_->limits().size(); ++slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    LimitState state = spending_.limit(slot);
    state.roll(limit, plan_->calendar(), now);
    usage.push_back({plan_->limits()[slot], {}, state.window(limit, plan_->calendar(), now)});
    state.read(limit, now, usage.back().reading);
  }
  return usage;
}

void Tenant::snapshot(const Now& now, TenantState& out) const {
  append(Slots::all(), now, out);
}

void Tenant::take_unjournalled(const Now& now, TenantState& out) {
  append(std::exchange(spending_.unjournalled(), Slots{}), now, out);
}

void Tenant::take_unsaved(const Now& now, TenantState& out) {
  append(std::exchange(spending_.unsaved(), Slots{}), now, out);
}

void Tenant::append(Slots slots, const Now& now, TenantState& out) const {
  const auto planned = plan_->planned();
  std::optional<std::uint8_t> meter;
  for (std::uint32_t slot = 0; slot < planned.size(); ++slot) {
    if (!slots.has(slot)) {
      continue;
    }
    const PlannedLimit& limit = planned[slot];
    out.counters.push_back(spending_.limit(slot).counter(limit, now));
    if (meter != limit.meter_place && !spending_.usage(limit.meter_place).none()) {
      meter = limit.meter_place;  // Limits of a meter lie side by side.
      out.open_usage.push_back(spending_.usage(limit.meter_place).bucket(limit.meter));
    }
  }
}

}  // namespace sluice
