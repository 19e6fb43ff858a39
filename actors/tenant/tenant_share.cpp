// SPDX-License-Identifier: Apache-2.0
// The use of what others share: the grant, its conditions and the tenant's own limits are decided
// in one step, so either all of it is counted or nothing is.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/sharing/ready_policy.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

bool has_ended(const SharingGrant& grant, WallTime now) {
  return grant.expires_at && now >= *grant.expires_at;
}

bool limits_use(ShareVerdict verdict) {
  return verdict == ShareVerdict::cost_limit || verdict == ShareVerdict::usage_limit;
}

/// What such a use adds to the cost of the units before it.
std::uint64_t cost_of_more(const Pricing& pricing, Amount before, Amount units) {
  const std::uint64_t after = cost_of(pricing, before + units);
  return after - std::min(after, cost_of(pricing, before));
}

Amount amounts_on(MeterId meter, const Entry& entry, Amount HeldCharge::*amount) {
  Amount sum;
  for (const HeldCharge& charge : entry.charges) {
    sum = charge.meter == meter ? sum + charge.*amount : sum;
  }
  return sum;
}

}  // namespace

const Shares* Tenant::shares() const noexcept {
  const Rare* const rare = spending_.rare();
  return rare == nullptr ? nullptr : rare->shares.get();
}

Amount Tenant::units_under(PolicyId policy, const Shares::Held* held, const Now& now) const {
  const Shares* const shares = this->shares();
  return shares == nullptr ? Amount{} : shares->units_under(policy, held, now.wall);
}

Shares::Counting Tenant::counting(const Now& now, Happenings& happenings) const {
  return {id_, now.wall, happenings.keep_minutes_open, happenings.closed_shared};
}

Effect Tenant::share(std::span<const SharingGrant> grants, ConsumerFacts facts,
                     Happenings& happenings) {
  if (grants.empty() && shares() == nullptr) {
    return Effect::none;
  }
  Shares& shares = make_shares(rare());
  shares.adopt(grants, std::move(facts));
  hold_uses_again();
  // It is not said what time it is: those that no limit looks at.
  const bool closed =
      shares.close_ended(id_, WallTime::min(), ended_shares_at_once, happenings.closed_shared);
  return closed ? Effect::charged : Effect::none;
}

Effect Tenant::decide_shared(const Check& check, const Now& now, Decision& decision,
                             Happenings& happenings) {
  if (!may_name_resource(check.mode)) {
    refuse(decision, no_resource_here);
    return Effect::none;
  }
  const SharedUse& use = *check.shared;
  if (use.ready != nullptr && use.ready->policy.owner == id_) {
    decision.sharing = ShareVerdict::admitted;
    return decide_by_limits(check, now, decision, happenings);
  }
  Rare* const rare = spending_.rare();
  Shares::Held* const held =
      rare == nullptr || rare->shares == nullptr ? nullptr : rare->shares->find(use.policy);
  Check asked = check;
  Charge fitting{};
  ShareVerdict verdict = share_verdict(
      {use, check.mode, use.ready == nullptr ? Amount{} : use.ready->units_of(check.charges)}, held,
      now);
  if (limits_use(verdict) && check.mode == Mode::best_effort && check.charges.size() == 1) {
    fitting = {check.charges.front().meter, most_that_fits(check, held, now)};
    if (fitting.amount > Amount{}) {
      asked.charges = {&fitting, 1};
      verdict = share_verdict({use, check.mode, use.ready->units_of(asked.charges)}, held, now);
    }
  }
  Effect effect = Effect::none;
  if (verdict != ShareVerdict::admitted) [[unlikely]] {
    // Whom limits refuse all the same needs no grant.
    const bool is_first = verdict == ShareVerdict::first_use;
    const bool refused = is_first && limits_refuse(check, now, effect, happenings);
    if (!refused) {
      return std::max(effect, deny_use(check, verdict, held, now, decision, happenings));
    }
  }
  effect = std::max(effect, decide_by_limits(asked, now, decision, happenings));
  decision.sharing = ShareVerdict::admitted;
  if (decision.outcome != Outcome::allowed) {
    return effect;
  }
  if (check.mode == Mode::best_effort) {
    fitting = {check.charges.front().meter, decision.granted};
    asked.charges = {&fitting, 1};
  }
  SLUICE_INVARIANT(use.ready != nullptr);
  const Amount units = use.ready->units_of(asked.charges);
  const Amount before = units_under(use.policy, held, now);
  decision.use_cost_micros = cost_of_more(use.ready->pricing_at(now.wall), before, units);
  if (check.mode == Mode::peek) {
    return effect;
  }
  SLUICE_INVARIANT(held != nullptr);
  count_use(check, *held, units, now, happenings);
  return Effect::charged;
}

// What a reservation may come to is held beside what is used; the use itself is counted at once,
// and is a unit of its own where the pricing goes by uses.
void Tenant::count_use(const Check& check, Shares::Held& held, Amount units, const Now& now,
                       Happenings& happenings) {
  const Pricing& pricing = check.shared->ready->policy.pricing;
  const bool holds = check.mode == Mode::reserve;
  const bool is_unit = !pricing.meter;
  const Shares::Counted counted = spending_.rare()->shares->use(
      held, pricing.period, 1, holds && !is_unit ? Amount{} : units, counting(now, happenings));
  happenings.uses_to_journal += counted.to_journal ? 1U : 0U;
  if (holds) {
    held.held = is_unit ? held.held : held.held + units;
    ++held.reservations;
  }
}

ShareVerdict Tenant::share_verdict(const Asked& asked, const Shares::Held* held,
                                   const Now& now) const {
  const ReadyPolicy* const ready = asked.use.ready;
  if (ready == nullptr || !ready->usable) {
    return ShareVerdict::no_such_policy;
  }
  const SharingPolicy& policy = ready->policy;
  if (asked.mode == Mode::record && held != nullptr) {
    return ShareVerdict::admitted;  // It happened.
  }
  if (policy.expires_at && now.wall >= *policy.expires_at) {
    return ShareVerdict::policy_expired;
  }
  if (std::ranges::binary_search(policy.block, id_)) {
    return ShareVerdict::blocked;
  }
  if (held == nullptr && policy.visibility != Visibility::everyone) {
    return ShareVerdict::no_grant;
  }
  if (policy.visibility == Visibility::owner) {
    return ShareVerdict::made_private;
  }
  if (!asked.use.owner.may_spend(now.wall)) {
    return ShareVerdict::owner_inactive;
  }
  if (held != nullptr && has_ended(held->grant, now.wall)) {
    return ShareVerdict::grant_expired;
  }
  if (!policy.permissions.allow(asked.use.permission) ||
      (held != nullptr && !held->grant.permissions.allow(asked.use.permission))) {
    return ShareVerdict::permission;
  }
  UseFacts facts{.at = now.wall, .peer = asked.use.peer ? &*asked.use.peer : nullptr};
  if (ready->conditions.limits_use()) {
    facts.units = units_under(policy.id, held, now) + asked.units;
    facts.cost_micros = cost_of(ready->pricing_at(now.wall), facts.units);
  }
  if (held != nullptr) {
    return ready->conditions.verdict(spending_.rare()->shares->facts(), facts);
  }
  // What is so of the consumer, whoever grants it looks at.
  const ShareVerdict of_use = ready->conditions.verdict_of_use(facts);
  const bool waits = of_use == ShareVerdict::admitted && !asked.use.grantable;
  return waits ? ShareVerdict::first_use : of_use;
}

bool Tenant::limits_refuse(const Check& check, const Now& now, Effect& effect,
                           Happenings& happenings) {
  if (check.mode == Mode::record) {
    return false;
  }
  Charge one{};
  Check trial = check;
  trial.mode = Mode::peek;
  if (check.mode == Mode::best_effort) {
    if (check.charges.size() != 1) {
      return true;
    }
    one = {check.charges.front().meter, std::min(check.charges.front().amount, Amount{1})};
    trial.charges = {&one, 1};
  }
  Decision found;
  effect = decide_by_limits(trial, now, found, happenings);
  return found.outcome != Outcome::allowed;
}

// More units never cost less, so what fits is found between what does and what does not.
Amount Tenant::most_that_fits(const Check& check, const Shares::Held* held, const Now& now) const {
  const Charge& charge = check.charges.front();
  const auto fits = [&](std::uint64_t amount) {
    const Charge less{charge.meter, Amount{amount}};
    return !limits_use(share_verdict(
        {*check.shared, check.mode, check.shared->ready->units_of({&less, 1})}, held, now));
  };
  std::uint64_t fitting = 0;
  std::uint64_t too_much = charge.amount.raw();
  while (too_much - fitting > 1 && too_much > 0) {
    const std::uint64_t middle = fitting + (too_much - fitting) / 2;
    (fits(middle) ? fitting : too_much) = middle;
  }
  return Amount{fitting};
}

Effect Tenant::deny_use(const Check& check, ShareVerdict verdict, Shares::Held* held,
                        const Now& now, Decision& decision, Happenings& happenings) {
  decision.outcome = Outcome::access_denied;
  decision.sharing = verdict;
  if (verdict != ShareVerdict::first_use && !check.explain) {
    happenings.explained = true;
    happenings.considered.clear();
  }
  if (held == nullptr || check.mode == Mode::peek || verdict == ShareVerdict::no_such_policy) {
    return Effect::none;
  }
  const BillingPeriod period = check.shared->ready->policy.pricing.period;
  const Shares::Counted counted =
      spending_.rare()->shares->deny(*held, period, counting(now, happenings));
  happenings.uses_to_journal += counted.to_journal ? 1U : 0U;
  return counted.closed ? Effect::charged : Effect::counted;
}

std::optional<SharedHold> Tenant::hold_of(const Check& check) const {
  if (check.shared == nullptr || check.shared->ready->policy.owner == id_) {
    return std::nullopt;
  }
  const SharingPolicy& policy = check.shared->ready->policy;
  const Shares::Held* const held = spending_.rare()->shares->find(policy.id);
  SLUICE_INVARIANT(held != nullptr);
  return SharedHold{.grant = held->grant.id,
                    .policy = policy.id,
                    .owner = policy.owner,
                    .period = policy.pricing.period,
                    .meter = policy.pricing.meter.value_or(MeterId{})};
}

ShareVerdict Tenant::verdict_on(const SharedHold& hold, const Now& now) const {
  Shares* const shares = spending_.rare()->shares.get();
  const Shares::Held* const held = shares == nullptr ? nullptr : shares->find(hold.policy);
  if (held == nullptr || held->grant.id != hold.grant) {
    return ShareVerdict::no_grant;
  }
  return has_ended(held->grant, now.wall) ? ShareVerdict::grant_expired : ShareVerdict::admitted;
}

// It was counted as a use when it was made; now it is known how many units that was.
void Tenant::settle_use(const Entry& entry, const Now& now, Happenings& happenings) {
  const SharedHold& hold = *entry.under;
  Shares& shares = make_shares(*spending_.rare());
  Shares::Held& held = shares.find(hold);
  SLUICE_INVARIANT(held.reservations > 0);
  --held.reservations;
  if (hold.meter == MeterId{}) {
    return;
  }
  held.held = excess(held.held, amounts_on(hold.meter, entry, &HeldCharge::held));
  const Amount used = amounts_on(hold.meter, entry, &HeldCharge::used);
  if (used == Amount{}) {
    return;
  }
  const Shares::Counted counted = shares.use(held, hold.period, 0, used, counting(now, happenings));
  happenings.uses_to_journal += counted.to_journal ? 1U : 0U;
}

// What was used may not have been stored with the reservation: a flush may come in parts.
void Tenant::hold_uses_again() {
  Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return;
  }
  if (rare->shares != nullptr) {
    rare->shares->clear_holds();
  }
  rare->ledger.each_open([&](const Entry& entry) {
    if (entry.state != EntryState::held || !entry.under) {
      return;
    }
    Shares::Held& held = make_shares(*rare).find(*entry.under);
    ++held.reservations;
    if (entry.under->meter != MeterId{}) {
      held.held = held.held + amounts_on(entry.under->meter, entry, &HeldCharge::held);
    }
  });
}

void Tenant::take_unjournalled_uses(Entry& told, const EntryVisit& visit) {
  if (Rare* const rare = spending_.rare(); rare != nullptr && rare->shares != nullptr) {
    rare->shares->take_unjournalled([&](const Shares::Held& held) {
      Shares::describe(held, told);
      visit(told);
    });
  }
}

}  // namespace sluice
