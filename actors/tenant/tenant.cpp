// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/tenant.hpp"

#include "actors/tenant/invariant.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice {
namespace {

/// Calls `visit(slot, amount)` for every limit that the charges meet. A meter that is charged more
/// than once is met once, with the sum.
template <class Visit>
void each_limit_met(std::span<const Charge> charges, const Plan& plan, Visit&& visit) {
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
    const Plan::Slots slots = plan.slots_of(meter);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      visit(slot, sum);
    }
  }
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

}  // namespace

Tenant::Tenant(TenantId id, std::shared_ptr<const Plan> plan, std::span<const Counter> counters,
               const Now& now)
    : id_(id), plan_(std::move(plan)) {
  SLUICE_INVARIANT(plan_ != nullptr);
  const auto planned = plan_->planned();
  states_ = std::make_unique<LimitState[]>(planned.size());
  for (std::size_t slot = 0; slot < planned.size(); ++slot) {
    const PlannedLimit& limit = planned[slot];
    const auto stored = std::find_if(counters.begin(), counters.end(), [&](const Counter& counter) {
      return counter.limit == limit.id;
    });
    states_[slot] = stored == counters.end() ? LimitState::fresh(limit, plan_->calendar(), now)
                                             : LimitState::restored(limit, *stored, now);
  }
}

bool Tenant::decide(const Check& check, const Now& now, Decision& decision,
                    std::vector<ThresholdCrossed>& events) {
  SLUICE_INVARIANT(check.charges.size() <= charges_per_check_max);
  decision = Decision{};
  bool changed = false;
  Obstacle obstacle;
  each_limit_met(check.charges, *plan_, [&](std::uint32_t slot, Amount amount) {
    const PlannedLimit& limit = plan_->planned()[slot];
    changed |= states_[slot].roll(limit, plan_->calendar(), now);
    if (limit.enforcement == Enforcement::block && !states_[slot].fits(limit, amount, now)) {
      obstacle.consider(slot, states_[slot].wait(limit, amount, now));
    }
  });
  const bool takes = !obstacle.found() && check.mode == Mode::normal;
  Tightest tightest;
  each_limit_met(check.charges, *plan_, [&](std::uint32_t slot, Amount amount) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (takes && amount > Amount{}) {
      SLUICE_INVARIANT(limit.enforcement == Enforcement::alert ||
                       states_[slot].fits(limit, amount, now));
      changed = true;
      announce(slot, states_[slot].take(limit, amount, now), events);
    }
    decision.soft_limit_passed |= states_[slot].passes_soft_limit(limit);
    if (!obstacle.found()) {
      tightest.consider(slot, rank_of(limit), states_[slot].remaining(limit, now));
    }
  });
  decision.outcome = obstacle.found() ? Outcome::denied : Outcome::allowed;
  if (obstacle.found() && obstacle.wait != wait_never) {
    decision.retry_after = obstacle.wait;
  }
  if (obstacle.found() || tightest.found()) {
    const std::uint32_t decisive = obstacle.found() ? obstacle.slot : tightest.slot;
    decision.has_reading = true;
    states_[decisive].read(plan_->planned()[decisive], now, decision.reading);
  }
  return changed;
}

void Tenant::announce(std::uint32_t slot, ThresholdMask reached,
                      std::vector<ThresholdCrossed>& events) const {
  if (reached == ThresholdMask{}) {
    return;
  }
  const PlannedLimit& limit = plan_->planned()[slot];
  const auto& terms = std::get<WindowTerms>(limit.terms);
  const auto thresholds = terms.thresholds();
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    if ((reached.raw() >> i & 1) != 0) {
      events.push_back(
          {id_, limit.id, limit.meter, thresholds[i], states_[slot].used(), terms.size()});
    }
  }
}

void Tenant::adopt(std::shared_ptr<const Plan> plan, const Now& now) {
  SLUICE_INVARIANT(plan != nullptr);
  const auto planned = plan->planned();
  auto states = std::make_unique<LimitState[]>(planned.size());
  for (std::size_t slot = 0; slot < planned.size(); ++slot) {
    const PlannedLimit& limit = planned[slot];
    const PlannedLimit* before = find_same(*plan_, limit);
    if (before == nullptr) {
      states[slot] = LimitState::fresh(limit, plan->calendar(), now);
      continue;
    }
    const LimitState& state = states_[static_cast<std::size_t>(before - plan_->planned().data())];
    states[slot] = state.carried(*before, plan_->calendar(), limit, plan->calendar(), now);
  }
  plan_ = std::move(plan);
  states_ = std::move(states);
}

std::vector<LimitUsage> Tenant::usage(const Now& now) const {
  std::vector<LimitUsage> usage;
  usage.reserve(plan_->limits().size());
  for (std::size_t slot = 0; slot < plan_->limits().size(); ++slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    LimitState state = states_[slot];
    state.roll(limit, plan_->calendar(), now);
    usage.push_back({plan_->limits()[slot], {}, state.window(limit, plan_->calendar(), now)});
    state.read(limit, now, usage.back().reading);
  }
  return usage;
}

void Tenant::snapshot(const Now& now, std::vector<Counter>& out) const {
  for (std::size_t slot = 0; slot < plan_->planned().size(); ++slot) {
    out.push_back(states_[slot].counter(plan_->planned()[slot], now));
  }
}

void Tenant::prefetch() const noexcept {
  constexpr std::size_t cache_line_bytes = 64;
  const auto* bytes = reinterpret_cast<const char*>(states_.get());
  const std::size_t size = plan_->planned().size() * sizeof(LimitState);
  for (std::size_t at = 0; at < size; at += cache_line_bytes) {
    __builtin_prefetch(bytes + at, 1);
  }
}

std::size_t Tenant::bytes() const noexcept {
  return sizeof(Tenant) + plan_->planned().size() * sizeof(LimitState);
}

}  // namespace sluice
