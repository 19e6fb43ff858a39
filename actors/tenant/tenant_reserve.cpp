// SPDX-License-Identifier: Apache-2.0
// What a tenant is asked under an id: reservations, and checks that may be repeated.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Notes of the reservation's charges what was used of them, as far as it is said. False if a meter
/// was not reserved.
bool note_use(std::span<HeldCharge> held, std::span<const Charge> used) {
  const Few<HeldCharge> said = merged(used);
  for (const HeldCharge& one : said.all()) {
    const auto same = std::ranges::find(held, one.meter, &HeldCharge::meter);
    if (same == held.end()) {
      return false;
    }
    same->used = one.held;
  }
  return true;
}

Few<Charge> charges_of(const Entry& entry) {
  Few<Charge> charges;
  for (const HeldCharge& charge : entry.charges) {
    charges.add({charge.meter, charge.held});
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
  if (check.shared != nullptr && !may_name_resource(check.mode)) {
    refuse(decision, no_resource_here);
    return Effect::none;
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
    if (check.mode == Mode::release && check.charges.empty()) {
      decision.outcome = Outcome::no_such_hold;
      return Effect::none;
    }
    return decide_first(check, now, decision, happenings);
  }
  if (entry->digest == digest_of(check)) {
    decision = entry->first;
    decision.repeated = true;
    return Effect::none;
  }
  if (check.mode == Mode::release) {
    return refund(*entry, check, now, decision, happenings);
  }
  decision.outcome = Outcome::conflict;
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
  Ledger& ledger = spending_.rare()->ledger;
  Entry& entry = ledger.blank();
  entry.id = check.id;
  entry.state = holds ? EntryState::held : EntryState::answered;
  entry.digest = digest_of(check);
  if (holds) {
    const Few<HeldCharge> charges = merged(check.charges);
    entry.charges.assign(charges.all().begin(), charges.all().end());
    copy_labels(check.labels, entry.labels);
    entry.under = hold_of(check);
  }
  entry.first = decision;
  note_taken(check, entry);
  const Duration kept = holds ? ttl : Ledger::answers_kept;
  ledger.add(entry, now.steady + kept, now);
  happenings.entries.push_back(&entry);
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
  if (entry.under) {
    if (const ShareVerdict verdict = verdict_on(*entry.under, now);
        verdict != ShareVerdict::admitted) {
      decision.outcome = Outcome::access_denied;
      decision.sharing = verdict;
      return Effect::none;
    }
  }
  const Duration ttl = ttl_of(check.ttl, charges_of(entry).all());
  if (ttl == Duration{}) {
    refuse(decision, no_ttl);
    return Effect::none;
  }
  Few<HeldCharge> charges{entry.charges};
  if (!note_use(charges.all(), check.charges)) {
    refuse(decision, not_reserved);
    return Effect::none;
  }
  std::ranges::copy(charges.all(), entry.charges.begin());
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
  Few<HeldCharge> charges{entry.charges};
  for (HeldCharge& charge : charges.all()) {
    // A lease that was cancelled was used as far as had been said.
    const bool is_said = entry.state == EntryState::cancelled;
    charge.used = commits ? charge.held : is_said ? charge.used : Amount{};
  }
  if (commits && !note_use(charges.all(), check.charges)) {
    refuse(decision, not_reserved);
    return Effect::none;
  }
  if (entry.state != EntryState::held) {
    decision.repeated = entry.state == wanted && std::ranges::equal(entry.charges, charges.all());
    decision.outcome = decision.repeated ? Outcome::allowed : Outcome::conflict;
    if (decision.repeated) {
      meet_again(entry, now);
      read_tightest(entry, now, decision);
    }
    return Effect::none;
  }
  std::ranges::copy(charges.all(), entry.charges.begin());
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
  rare->ledger.forget_told();
  rare->credits.forget_told();
  rare->ledger.forget_old(now.steady);
  if (rare->shares != nullptr && rare->shares->has_ended() &&
      rare->shares->close_ended(id_, now.wall, ended_shares_at_once, happenings.closed_shared)) {
    effect = Effect::charged;
  }
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
  // If there is no place for a counter any more, its limit goes without.
  (void)rare().cells.meet(charges_of(entry).all(), LabelViews{entry.labels}.all(), *plan_, now);
}

// Lets go of what is held and charges what was used, whether or not it fits. A rate was charged as
// it was reserved; it gets back what is too much.
Effect Tenant::end(Entry& entry, EntryState state, const Now& now, Decision& decision,
                   Happenings& happenings) {
  const LimitState::Past past{entry.begun, spending_.rare()->ledger.age(entry, now.steady)};
  meet_again(entry, now);
  Slots changed;
  for (const auto& [meter, held, used] : entry.charges) {
    decision.overrun |= used > held;
    const Plan::SlotRange slots = plan_->slots_of(meter);
    OverSize over;
    std::optional<Amount> spent;  // As far as any limit that applies is concerned.
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      const Met met = this->met(slot);
      if (met.state == nullptr) {
        continue;
      }
      const PlannedLimit& limit = plan_->planned()[slot];
      const bool is_released = state == EntryState::expired && limit.releases_on_expiry;
      const Amount counts = is_released ? Amount{} : used;
      spent = std::max(spent.value_or(counts), counts);
      bring_up_to(now, slot, *met.state, happenings);
      changed.add(slot);
      if (limit.size_terms() == nullptr) {
        met.state->refund(limit, excess(held, counts), past, now);
        met.state->take(limit, excess(counts, held), now);
        continue;
      }
      met.state->unpace(limit, met.held, held, excess(held, counts), now);
      let_go(slot, held);
      announce(slot, met.state->follow(limit, this->held(slot)), now, happenings);
      if (counts > Amount{}) {
        over.add(charge(slot, *met.state, counts, now, decision, happenings));
      }
    }
    decision.overage = std::max(decision.overage, over.units);
    if (spent.value_or(used) > Amount{} && slots.begin < slots.end) {
      const LabelViews labels{entry.labels};
      count(slots.begin, {Outcome::allowed, spent.value_or(used), over, labels.all()}, now,
            happenings);
      changed.add(slots.begin);  // Even if no limit applies.
    }
  }
  if (entry.under) {
    settle_use(entry, now, happenings);
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
  hold_uses_again();
  rare->ledger.each_open([&](const Entry& entry) {
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
