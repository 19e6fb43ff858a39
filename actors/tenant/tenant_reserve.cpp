// SPDX-License-Identifier: Apache-2.0
// What a tenant is asked under an id: reservations, and checks that may be repeated.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

/// Each meter once, with all that is asked of it.
std::vector<HeldCharge> merged(std::span<const Charge> charges) {
  std::vector<HeldCharge> merged;
  for (const Charge& charge : charges) {
    const auto same = std::ranges::find(merged, charge.meter, &HeldCharge::meter);
    if (same == merged.end()) {
      merged.push_back({charge.meter, charge.amount, Amount{}});
    } else {
      same->held = same->held + charge.amount;
    }
  }
  return merged;
}

/// The reservation's charges with what was used of them, as far as it is said; nothing if a meter
/// was not reserved.
std::optional<std::vector<HeldCharge>> with_use(std::vector<HeldCharge> held,
                                                std::span<const Charge> used) {
  std::vector<HeldCharge> said = merged(used);
  for (const HeldCharge& one : said) {
    const auto same = std::ranges::find(held, one.meter, &HeldCharge::meter);
    if (same == held.end()) {
      return std::nullopt;
    }
    same->used = one.held;
  }
  return held;
}

std::vector<Charge> charges_of(const Entry& entry) {
  std::vector<Charge> charges;
  for (const HeldCharge& charge : entry.charges) {
    charges.push_back({charge.meter, charge.held});
  }
  return charges;
}

constexpr const char* no_ttl =
    "ttl: is missing, and no limit on what is in flight says how long it may be open";
constexpr const char* not_reserved = "charges: there is a meter that was not reserved";

bool is_worth_remembering(Outcome outcome) {
  return outcome == Outcome::allowed || outcome == Outcome::denied || outcome == Outcome::throttled;
}

}  // namespace

Effect Tenant::decide_once(const Check& check, const Now& now, Decision& decision,
                           Happenings& happenings) {
  if (check.mode == Mode::peek) {
    return decide_afresh(check, now, decision, happenings);
  }
  if (check.mode == Mode::credit) {
    return change_credit(check, now, decision, happenings);
  }
  if (rare().credits.find_grant(check.id) != nullptr) {
    decision.outcome = Outcome::conflict;
    return Effect::none;
  }
  Entry* const entry = rare().ledger.find(check.id, now.steady);
  if (check.mode == Mode::lease) {
    return lease(entry, check, now, decision, happenings);
  }
  const bool settles = check.mode == Mode::commit || check.mode == Mode::cancel;
  if (settles || check.mode == Mode::extend) {
    if (entry == nullptr || entry->state == EntryState::answered) {
      decision.outcome = Outcome::no_such_hold;
      return Effect::none;
    }
    return settles ? settle(*entry, check, now, decision, happenings)
                   : extend(*entry, check, now, decision, happenings);
  }
  if (entry == nullptr) {
    return decide_first(check, now, decision, happenings);
  }
  if (entry->digest == digest_of(check)) {
    decision = entry->first;
    decision.repeated = true;
  } else {
    decision.outcome = Outcome::conflict;
  }
  return Effect::none;
}

Effect Tenant::decide_first(const Check& check, const Now& now, Decision& decision,
                            Happenings& happenings) {
  const bool reserves = check.mode == Mode::reserve;
  if (reserves && !spending_.rare()->ledger.has_place_for_reservation()) {
    decision.outcome = Outcome::unavailable;  // Until one of those that are open ends.
    return Effect::none;
  }
  const Duration ttl = reserves ? ttl_of(check.ttl, check.charges) : Duration{};
  if (reserves && ttl == Duration{}) {
    refuse(decision, no_ttl);
    return Effect::none;
  }
  const Effect effect = decide_afresh(check, now, decision, happenings);
  if (!is_worth_remembering(decision.outcome)) {
    return effect;
  }
  const bool holds = reserves && decision.outcome == Outcome::allowed;
  Entry entry{.id = check.id,
              .state = holds ? EntryState::held : EntryState::answered,
              .digest = digest_of(check),
              .due = {},
              .charges = holds ? merged(check.charges) : std::vector<HeldCharge>{},
              .labels = holds ? owned(check.labels) : std::vector<OwnedLabel>{},
              .first = decision};
  const Duration kept = holds ? ttl : Ledger::answers_kept;
  happenings.entries.push_back(
      &spending_.rare()->ledger.add(std::move(entry), now.steady + kept, now));
  return Effect::charged;
}

Effect Tenant::extend(Entry& entry, const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings) {
  if (entry.state != EntryState::held) {
    decision.outcome =
        entry.state == EntryState::expired ? Outcome::hold_expired : Outcome::conflict;
    return Effect::none;
  }
  const Standing standing = spending_.standing();
  if (!standing.may_spend(now.wall)) {
    decision.outcome = standing.refusal();
    return Effect::none;
  }
  const Duration ttl = ttl_of(check.ttl, charges_of(entry));
  if (ttl == Duration{}) {
    refuse(decision, no_ttl);
    return Effect::none;
  }
  auto charges = with_use(entry.charges, check.charges);
  if (!charges) {
    refuse(decision, not_reserved);
    return Effect::none;
  }
  entry.charges = *std::move(charges);
  spending_.rare()->ledger.change(entry, EntryState::held, now.steady + ttl, now);
  happenings.entries.push_back(&entry);
  decision.outcome = Outcome::allowed;
  meet_again(entry, now);
  read_tightest(entry, now, decision);
  return Effect::charged;
}

// A meter that a commit leaves out was used as it was held.
Effect Tenant::settle(Entry& entry, const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings) {
  if (entry.state == EntryState::expired) {
    decision.outcome = Outcome::hold_expired;
    return Effect::none;
  }
  if (entry.state == EntryState::leased) {
    return return_lease(entry, check, now, decision, happenings);
  }
  const bool commits = check.mode == Mode::commit;
  const EntryState wanted = commits ? EntryState::committed : EntryState::cancelled;
  std::vector<HeldCharge> charges = entry.charges;
  for (HeldCharge& charge : charges) {
    // A lease that was cancelled was used as far as had been said.
    const bool is_said = entry.state == EntryState::cancelled;
    charge.used = commits ? charge.held : is_said ? charge.used : Amount{};
  }
  if (commits) {
    auto said = with_use(std::move(charges), check.charges);
    if (!said) {
      refuse(decision, not_reserved);
      return Effect::none;
    }
    charges = *std::move(said);
  }
  if (entry.state != EntryState::held) {
    decision.repeated = entry.state == wanted && entry.charges == charges;
    decision.outcome = decision.repeated ? Outcome::allowed : Outcome::conflict;
    if (decision.repeated) {
      meet_again(entry, now);
      read_tightest(entry, now, decision);
    }
    return Effect::none;
  }
  entry.charges = std::move(charges);
  return end(entry, wanted, now, decision, happenings);
}

Effect Tenant::end_overdue(const Now& now, Happenings& happenings) {
  Effect effect = Effect::none;
  while (plan_->after() != nullptr && now.wall >= plan_->until()) {
    adopt(plan_->after(), now, happenings);
    effect = Effect::charged;
  }
  Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return effect;
  }
  rare->cells.forget_told();
  rare->credits.forget_told();
  rare->ledger.forget_old(now.steady);
  const std::size_t at_once =
      plan_->labelled().empty() ? overdue_at_once : labelled_overdue_at_once;
  for (std::size_t ended = 0; ended < at_once; ++ended) {
    Entry* const entry = rare->ledger.overdue(now.steady);
    if (entry == nullptr) {
      break;
    }
    Decision nobody_asked;
    const bool is_lease = entry->state == EntryState::leased;
    effect = is_lease ? expire_lease(*entry, now, nobody_asked, happenings)
                      : end(*entry, EntryState::expired, now, nobody_asked, happenings);
  }
  return effect;
}

std::optional<Instant> Tenant::next_expiry() const {
  const Rare* const rare = spending_.rare();
  return rare == nullptr ? std::nullopt : rare->ledger.next_expiry();
}

// For how long the reservation is open from now: what is asked, or, if nothing is, as long as a
// limit on what is in flight allows, which is the most; nothing if that is not said either.
Duration Tenant::ttl_of(Duration asked, std::span<const Charge> charges) const {
  const std::optional<Duration> most = plan_->holder_ttl(charges);
  return !most ? asked : asked == Duration{} ? *most : std::min(asked, *most);
}

// The labels of the request that made the entry count, not those of the one at hand.
void Tenant::meet_again(const Entry& entry, const Now& now) {
  if (plan_->labelled().empty()) {
    return;
  }
  std::vector<Label> labels;
  for (const OwnedLabel& label : entry.labels) {
    labels.push_back({label.name, label.value});
  }
  // If there is no place for a counter any more, its limit goes without.
  (void)rare().cells.meet(charges_of(entry), labels, *plan_, now);
}

// Lets go of what is held and charges what was used, whether or not it fits. A rate was charged as
// it was reserved; it gets back what is too much.
Effect Tenant::end(Entry& entry, EntryState state, const Now& now, Decision& decision,
                   Happenings& happenings) {
  const Duration age = spending_.rare()->ledger.age(entry, now.steady);
  meet_again(entry, now);
  Slots changed;
  for (const auto& [meter, held, used] : entry.charges) {
    decision.overrun |= used > held;
    const Plan::SlotRange slots = plan_->slots_of(meter);
    Amount over;
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      if (!applies(slot)) {
        continue;
      }
      const PlannedLimit& limit = plan_->planned()[slot];
      const bool is_released = state == EntryState::expired && limit.releases_on_expiry;
      const Amount counts = is_released ? Amount{} : used;
      bring_up_to(now, slot, happenings);
      changed.add(slot);
      if (limit.size_terms() == nullptr) {
        this->state(slot).refund(limit, excess(held, counts), age, now);
        this->state(slot).take(limit, excess(counts, held), now);
        continue;
      }
      let_go(slot, held);
      if (counts > Amount{}) {
        over = std::max(over, charge(slot, counts, now, decision, happenings));
      }
    }
    decision.overage = std::max(decision.overage, over);
    if (used > Amount{} && slots.begin < slots.end) {
      count(slots.begin, now, Outcome::allowed, used, over, happenings);
      changed.add(slots.begin);  // Even if no limit applies.
    }
  }
  spending_.rare()->ledger.change(entry, state, now.steady + Ledger::answers_kept, now);
  happenings.entries.push_back(&entry);
  decision.outcome = Outcome::allowed;
  read_tightest(entry, now, decision);
  mark(changed, {}, now, happenings);
  return Effect::charged;
}

// Nothing is asked of the limits now, so windows may be over: copies go on to the next.
void Tenant::read_tightest(const Entry& entry, const Now& now, Decision& decision) const {
  const auto state_now = [&](std::uint32_t slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    LimitState state = this->state(slot);
    state.roll(limit, plan_->calendar(), now);
    if (limit.credit() != nullptr && state.over(limit, now)) {
      state.credit() = credit_at(slot, now).count;
    }
    return state;
  };
  Tightest tightest;
  for (const HeldCharge& charge : entry.charges) {
    const Plan::SlotRange slots = plan_->slots_of(charge.meter);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      if (applies(slot)) {
        const PlannedLimit& limit = plan_->planned()[slot];
        tightest.consider(slot, limit.rank, state_now(slot).remaining(limit, held(slot), now));
      }
    }
  }
  if (tightest.found()) {
    const std::uint32_t slot = tightest.slot;
    decision.has_reading = true;
    const PlannedLimit& limit = plan_->planned()[slot];
    state_now(slot).read(limit, held(slot), now, decision.reading);
    show_members(slot, decision.reading);
    if (limit.credit() != nullptr) {
      decision.reading.resets_at = credit_at(slot, now).resets_at;
    }
  }
}

// How long until the amount could fit: a reservation that is in the way may end by itself before.
// One that is due is still there if many are: it is gone a moment later.
Duration Tenant::wait(std::uint32_t slot, Amount amount, const Now& now) const {
  const PlannedLimit& limit = plan_->planned()[slot];
  const LimitState& state = this->state(slot);
  const Duration wait = limit.credit() != nullptr ? wait_for_credit(slot, amount, now)
                                                  : state.wait(limit, held(slot), amount, now);
  const bool is_held = held(slot) > Amount{};
  if (!is_held || state.verdict(limit, Amount{}, amount, now) == Verdict::full) {
    return wait;
  }
  const auto expiry = next_expiry();
  return expiry ? std::min(wait, std::max(*expiry - now.steady, Duration{1})) : wait;
}

// Under other limits, the open reservations hold what they held. Rates that are fresh are charged
// with it, or they would get back later what they never gave.
void Tenant::hold_again(const Now& now, Slots fresh) {
  Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return;
  }
  rare->cells.clear_holds(plan_->planned().size());
  rare->ledger.clear_holds(plan_->planned().size());
  seat(rare->seats);
  rare->ledger.each([&](const Entry& entry) {
    if (!is_open(entry.state)) {
      return;
    }
    meet_again(entry, now);
    for (const HeldCharge& charge : entry.charges) {
      const Plan::SlotRange slots = plan_->slots_of(charge.meter);
      for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
        const PlannedLimit& limit = plan_->planned()[slot];
        if (applies(slot) && limit.size_terms() != nullptr) {
          hold(slot, charge.held);
        } else if (applies(slot) && fresh.has(slot)) {
          state(slot).take(limit, charge.held, now);
        }
      }
    }
  });
}

}  // namespace sluice
