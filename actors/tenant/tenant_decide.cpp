// SPDX-License-Identifier: Apache-2.0
// What a tenant decides; what it remembers and takes over is in tenant.cpp.
#include "actors/tenant/tenant.hpp"

#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace sluice {
namespace {

/// What is in the way: the limit that keeps the caller waiting longest.
struct Obstacle {
  std::uint32_t slot = 0;
  Duration wait{-1};
  bool full = false;  ///< Some limit is; otherwise it is only too early.

  [[nodiscard]] bool found() const { return wait >= Duration{}; }
  [[nodiscard]] Outcome outcome() const {
    return !found() ? Outcome::allowed : full ? Outcome::denied : Outcome::throttled;
  }
  void consider(std::uint32_t candidate, Verdict verdict, Duration candidate_wait) {
    full |= verdict == Verdict::full;
    if (candidate_wait > wait) {
      slot = candidate;
      wait = candidate_wait;
    }
  }
};

/// Copied over a decision before it is made: faster than to have it cleared word by word.
constexpr Decision undecided{};

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return (Amount{a} + Amount{b}).raw();
}

/// A refusal by limits, told for the first time, is explained without being asked.
bool is_to_explain(const Check& check, const Decision& decision) {
  const bool refused =
      decision.outcome == Outcome::denied || decision.outcome == Outcome::throttled;
  return refused && !decision.repeated && !check.explain && check.mode != Mode::lease;
}

void saturating_increment(std::uint32_t& count) {
  count += count < std::numeric_limits<std::uint32_t>::max() ? 1U : 0U;
}

}  // namespace

Effect Tenant::decide(const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings) {
  SLUICE_INVARIANT(check.charges.size() <= charges_per_check_max);
  decision = undecided;
  Effect before = Effect::none;
  if (spending_.rare() != nullptr || now.wall >= plan_->until()) [[unlikely]] {
    before = end_overdue(now, happenings);
  }
  const Effect effect = check.id == EntryId{} ? decide_afresh(check, now, decision, happenings)
                                              : decide_once(check, now, decision, happenings);
  if (is_to_explain(check, decision)) [[unlikely]] {
    explain(check.charges, now, happenings);
  }
  return std::max(before, effect);
}

Effect Tenant::decide_afresh(const Check& check, const Now& now, Decision& decision,
                             Happenings& happenings) {
  const Standing standing = spending_.standing();
  if (!standing.may_spend(now.wall) && spends(check.mode)) [[unlikely]] {
    decision.outcome = standing.refusal();
    return Effect::none;
  }
  if (!plan_->plain() && !prepare(check, now, decision)) [[unlikely]] {
    return Effect::none;
  }
  const Effect told = check.explain ? explain(check.charges, now, happenings) : Effect::none;
  const Effect effect = check.shared != nullptr
                            ? decide_shared(check, now, decision, happenings)
                            : decide_by_limits(check, now, decision, happenings);
  return std::max(told, effect);
}

Effect Tenant::decide_by_limits(const Check& check, const Now& now, Decision& decision,
                                Happenings& happenings) {
  switch (check.mode) {
    case Mode::reserve:
      if (check.id == EntryId{}) {
        break;
      }
      [[fallthrough]];
    case Mode::normal:
    case Mode::peek:
    case Mode::record:
      return take(check, now, decision, happenings);
    case Mode::best_effort:
      return take_what_there_is(check, now, decision, happenings);
    case Mode::release:
      return give_back(check.charges, now, decision, happenings);
    case Mode::extend:
    case Mode::commit:
    case Mode::cancel:
    case Mode::lease:
      break;
    case Mode::credit:
      return change_credit(check, now, decision, happenings);
  }
  refuse(decision, "id: names no reservation");
  return Effect::none;
}

// What only some tenants' limits ask for. Whether the check can be decided.
bool Tenant::prepare(const Check& check, const Now& now, Decision& decision) {
  if (!plan_->labelled().empty() && !meet(check, now, decision)) {
    return false;
  }
  const bool charges = check.mode == Mode::normal || check.mode == Mode::best_effort;
  const auto is_in_flight = [this](const Charge& charge) {
    return charge.amount > Amount{} && plan_->is_only_reserved(charge.meter);
  };
  if (charges && std::ranges::any_of(check.charges, is_in_flight)) {
    refuse(decision, "mode: a meter with a concurrency limit is reserved");
    return false;
  }
  return true;
}

template <class Visit>
void Tenant::each_limit_met(std::span<const Charge> charges, Visit&& visit) const {
  each_meter_met(charges, *plan_, [&](const Plan::SlotRange& slots, Amount sum) {
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      if (applies(slot)) [[likely]] {
        visit(slot, sum);
      }
    }
  });
}

Effect Tenant::take(const Check& check, const Now& now, Decision& decision,
                    Happenings& happenings) {
  const Mode mode = check.mode;
  Slots changed;
  Obstacle obstacle;
  each_meter_met(check.charges, *plan_, [&](const Plan::SlotRange& slots, Amount amount) {
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      const auto [state, held] = met(slot);
      if (state == nullptr) [[unlikely]] {
        continue;
      }
      const PlannedLimit& limit = plan_->planned()[slot];
      if (bring_up_to(now, slot, *state, happenings)) {
        changed.add(slot);
      }
      const Verdict verdict = state->verdict(limit, held, amount, now);
      if (verdict == Verdict::fits) [[likely]] {
        continue;
      }
      if (limit.shadow) {
        decision.would_deny.add(limit.id);
      } else if (mode != Mode::record) {
        obstacle.consider(slot, verdict, wait(slot, amount, now));
      }
    }
  });
  decision.outcome = obstacle.outcome();
  const bool takes = !obstacle.found() && mode != Mode::peek;
  Slots counted;
  Tightest tightest;
  each_meter_met(check.charges, *plan_, [&](const Plan::SlotRange& slots, Amount amount) {
    OverSize over;
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      auto [state, held] = met(slot);
      if (state == nullptr) [[unlikely]] {
        continue;
      }
      const PlannedLimit& limit = plan_->planned()[slot];
      if (takes && amount > Amount{}) {
        SLUICE_INVARIANT(mode == Mode::record || limit.shadow ||
                         state->verdict(limit, held, amount, now) == Verdict::fits);
        changed.add(slot);
        if (mode != Mode::record) {
          state->pace(limit, held, amount, now);
        }
        if (mode == Mode::reserve && limit.size_terms() != nullptr) [[unlikely]] {
          hold(slot, amount, now, happenings);
          held = held + amount;
        } else {
          over.add(charge(slot, *state, amount, now, decision, happenings));
        }
      }
      decision.soft_limit_passed |= !limit.shadow && state->passes_soft_limit(limit, held, now);
      if (!obstacle.found()) {
        tightest.consider(slot, limit.rank, state->remaining(limit, held, now));
      }
    }
    decision.overage = std::max(decision.overage, over.units);
    // What is reserved counts once it is settled.
    const bool counts = mode != Mode::peek && (mode != Mode::reserve || obstacle.found());
    if (counts && amount > Amount{}) {
      counted.add(slots.begin);
      const bool closed =
          count(slots.begin, {decision.outcome, amount, over, check.labels}, now, happenings);
      if (closed || takes) {
        // A bucket that was closed is in nobody's hands but ours; and what was taken is told of,
        // even if no limit applied.
        changed.add(slots.begin);
      }
    }
  });
  if (obstacle.found() && obstacle.wait != wait_never) {
    decision.retry_after = obstacle.wait;
  }
  if (obstacle.found() || tightest.found()) {
    read(obstacle.found() ? obstacle.slot : tightest.slot, now, decision);
  }
  return mark(changed, counted, now, happenings);
}

// What taking from a limit brought about beyond its count. What of it is above the size, if the
// limit is no shadow. A window's price is rounded once, so that of the units is what it grew by.
OverSize Tenant::tell(std::uint32_t slot, const Taken& taken, const Now& now, Decision& decision,
                      Happenings& happenings) const {
  const PlannedLimit& limit = plan_->planned()[slot];
  announce(slot, taken.reached, now, happenings);
  if (taken.over == Amount{} || limit.shadow) {
    return OverSize{};
  }
  const SizeTerms& terms = *limit.size_terms();
  decision.price_micros = saturating_sum(decision.price_micros, terms.price(taken.over));
  const Amount all = state(slot).over_size(limit);
  return {taken.over, terms.price(all) - terms.price(excess(all, taken.over))};
}

// As a check for so much as there is; when there is nothing, for one, to say when there will be.
Effect Tenant::take_what_there_is(const Check& check, const Now& now, Decision& decision,
                                  Happenings& happenings) {
  const std::span<const Charge> charges = check.charges;
  if (charges.size() != 1) {
    refuse(decision, "charges: best effort takes exactly one");
    return Effect::none;
  }
  const Plan::SlotRange slots = plan_->slots_of(charges.front().meter);
  Charge charge = charges.front();
  Slots restarted;
  for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
    if (!applies(slot)) {
      continue;
    }
    const PlannedLimit& limit = plan_->planned()[slot];
    if (bring_up_to(now, slot, happenings)) {
      restarted.add(slot);
    }
    if (!limit.shadow) {
      charge.amount = std::min(charge.amount, state(slot).room(limit, held(slot), now));
    }
  }
  if (charges.front().amount > Amount{}) {
    charge.amount = std::max(charge.amount, Amount{1});
  }
  Check afresh = check;
  afresh.charges = {&charge, 1};
  afresh.mode = Mode::normal;
  const Effect effect = take(afresh, now, decision, happenings);
  decision.granted = decision.outcome == Outcome::allowed ? charge.amount : Amount{};
  return std::max(effect, mark(restarted, {}, now, happenings));
}

Effect Tenant::give_back(std::span<const Charge> charges, const Now& now, Decision& decision,
                         Happenings& happenings) {
  const auto has_gauge = [&](const Charge& charge) {
    const Plan::SlotRange slots = plan_->slots_of(charge.meter);
    const auto limits = plan_->planned().subspan(slots.begin, slots.end - slots.begin);
    return std::ranges::any_of(limits, &PlannedLimit::is_gauge);
  };
  if (!std::ranges::all_of(charges, has_gauge)) {
    refuse(decision, "mode: only a meter with a gauge (a window that never ends) can be released");
    return Effect::none;
  }
  Slots changed;
  Tightest tightest;
  std::optional<Amount> granted;
  each_limit_met(charges, [&](std::uint32_t slot, Amount amount) {
    const PlannedLimit& limit = plan_->planned()[slot];
    LimitState& state = this->state(slot);
    if (bring_up_to(now, slot, happenings)) {
      changed.add(slot);
    }
    if (limit.is_gauge()) {
      const Amount given = state.give_back(limit, amount);
      if (const Amount members = seated(slot); members > Amount{}) {
        state.level(limit, members);  // What they reach stays reached.
      }
      granted = std::min(granted.value_or(given), given);
      if (given > Amount{}) {
        changed.add(slot);
      }
    }
    tightest.consider(slot, limit.rank, state.remaining(limit, held(slot), now));
  });
  decision.outcome = Outcome::allowed;
  decision.granted = granted.value_or(Amount{});
  if (tightest.found()) {
    read(tightest.slot, now, decision);
  }
  return mark(changed, {}, now, happenings);
}

void Tenant::read(std::uint32_t slot, const Now& now, Decision& decision) const {
  const PlannedLimit& limit = plan_->planned()[slot];
  decision.has_reading = true;
  state(slot).read(limit, held(slot), now, decision.reading);
  show_members(slot, decision.reading);
  if (limit.credit() != nullptr) [[unlikely]] {
    decision.reading.resets_at = credit_resets_at(slot);
  }
}

// What has to be kept: what changed also by the journal, what was only counted by the store.
Effect Tenant::mark(Slots changed, Slots counted, const Now& now, Happenings& happenings) {
  spending_.unjournalled().add(changed);
  spending_.unsaved().add(changed);
  spending_.unsaved().add(counted);
  if (!plan_->labelled().empty() && !changed.empty()) [[unlikely]] {
    tell_cells(changed, now, happenings);
  }
  return !changed.empty() ? Effect::charged : counted.empty() ? Effect::none : Effect::counted;
}

// Counts a check in the usage of a meter, which has its first limit at `slot`. Returns whether a
// bucket was closed.
bool Tenant::count(std::uint32_t slot, const CountedCheck& check, const Now& now,
                   Happenings& happenings) {
  const Rare* const rare = spending_.rare();
  UsageValues* const values = rare == nullptr ? nullptr : rare->values.get();
  const std::uint32_t place = plan_->planned()[slot].meter_place;
  const Minute minute = minute_of(now.wall);
  OpenUsage& usage = spending_.usage(place);
  bool closed = false;
  const bool is_over = minute > usage.minute && (usage.none() || !happenings.keep_minutes_open);
  if (is_over) [[unlikely]] {
    if (!usage.none()) {
      const MeterId meter = plan_->meters()[place];
      happenings.closed_usage.push_back({id_, usage.bucket(meter)});
      if (values != nullptr) {
        values->close(id_, meter, minute, happenings.closed_usage);
      }
      closed = true;
    }
    usage = OpenUsage{Amount{}, minute};
  }
  if (check.outcome == Outcome::allowed) {
    usage.used = usage.used + check.amount;
    usage.overage = usage.overage + check.over.units;
    usage.price_micros = saturating_sum(usage.price_micros, check.over.price_micros);
    saturating_increment(usage.allowed);
  } else {
    saturating_increment(check.outcome == Outcome::throttled ? usage.throttled : usage.denied);
  }
  if (values != nullptr) [[unlikely]] {
    happenings.values_to_journal += values->count(plan_->meters()[place], usage.minute, check);
  }
  return closed;
}

}  // namespace sluice
