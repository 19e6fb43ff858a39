// SPDX-License-Identifier: Apache-2.0
// What a tenant is asked under an id: reservations, and checks that may be repeated.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/invariant.hpp"
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
  Entry* const entry = ledger().find(check.id, now.steady);
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
  if (reserves && !spending_.ledger()->has_place_for_reservation()) {
    decision.outcome = Outcome::unavailable;  // Until one of those that are open ends.
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
              .first = decision};
  const Duration kept = holds ? check.ttl : Ledger::answers_kept;
  happenings.entries.push_back(&spending_.ledger()->add(std::move(entry), now.steady + kept, now));
  return Effect::charged;
}

Effect Tenant::extend(Entry& entry, const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings) {
  if (entry.state != EntryState::held) {
    decision.outcome =
        entry.state == EntryState::expired ? Outcome::hold_expired : Outcome::conflict;
    return Effect::none;
  }
  auto charges = with_use(entry.charges, check.charges);
  if (!charges) {
    refuse(decision, not_reserved);
    return Effect::none;
  }
  entry.charges = *std::move(charges);
  spending_.ledger()->change(entry, EntryState::held, now.steady + check.ttl, now);
  happenings.entries.push_back(&entry);
  decision.outcome = Outcome::allowed;
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
  const bool commits = check.mode == Mode::commit;
  const EntryState wanted = commits ? EntryState::committed : EntryState::cancelled;
  std::vector<HeldCharge> charges = entry.charges;
  for (HeldCharge& charge : charges) {
    charge.used = commits ? charge.held : Amount{};
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
      read_tightest(entry, now, decision);
    }
    return Effect::none;
  }
  entry.charges = std::move(charges);
  return end(entry, wanted, now, decision, happenings);
}

Effect Tenant::end_some_overdue(const Now& now, Happenings& happenings) {
  Effect effect = Effect::none;
  for (std::size_t ended = 0; ended < overdue_at_once; ++ended) {
    Entry* const entry = spending_.ledger()->overdue(now.steady);
    if (entry == nullptr) {
      break;
    }
    Decision nobody_asked;
    effect = std::max(effect, end(*entry, EntryState::expired, now, nobody_asked, happenings));
  }
  return effect;
}

// Lets go of what is held and charges what was used, whether or not it fits. A rate was charged as
// it was reserved; it gets back what is too much.
Effect Tenant::end(Entry& entry, EntryState state, const Now& now, Decision& decision,
                   Happenings& happenings) {
  const Duration age = spending_.ledger()->age(entry, now.steady);
  Slots changed;
  for (const auto& [meter, held, used] : entry.charges) {
    decision.overrun |= used > held;
    const Plan::SlotRange slots = plan_->slots_of(meter);
    Amount over;
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      const PlannedLimit& limit = plan_->planned()[slot];
      bring_up_to(now, slot, happenings);
      changed.add(slot);
      if (limit.size_terms() == nullptr) {
        spending_.limit(slot).refund(limit, excess(held, used), age, now);
        spending_.limit(slot).take(limit, excess(used, held), now);
        continue;
      }
      spending_.ledger()->let_go(slot, held);
      if (used > Amount{}) {
        over = std::max(over, charge(slot, used, now, decision, happenings));
      }
    }
    decision.overage = std::max(decision.overage, over);
    if (used > Amount{} && slots.begin < slots.end) {
      count(slots.begin, now, Outcome::allowed, used, over, happenings);
    }
  }
  spending_.ledger()->change(entry, state, now.steady + Ledger::answers_kept, now);
  happenings.entries.push_back(&entry);
  decision.outcome = Outcome::allowed;
  read_tightest(entry, now, decision);
  mark(changed, {});
  return Effect::charged;
}

// Nothing is asked of the limits now, so windows may be over: copies go on to the next.
void Tenant::read_tightest(const Entry& entry, const Now& now, Decision& decision) const {
  const auto state_now = [&](std::uint32_t slot) {
    LimitState state = spending_.limit(slot);
    state.roll(plan_->planned()[slot], plan_->calendar(), now);
    return state;
  };
  Tightest tightest;
  for (const HeldCharge& charge : entry.charges) {
    const Plan::SlotRange slots = plan_->slots_of(charge.meter);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      const PlannedLimit& limit = plan_->planned()[slot];
      tightest.consider(slot, limit.rank, state_now(slot).remaining(limit, held(slot), now));
    }
  }
  if (tightest.found()) {
    const std::uint32_t slot = tightest.slot;
    decision.has_reading = true;
    state_now(slot).read(plan_->planned()[slot], held(slot), now, decision.reading);
  }
}

// Under other limits, the open reservations hold what they held.
void Tenant::hold_again() {
  if (spending_.ledger() == nullptr) {
    return;
  }
  spending_.ledger()->clear_holds(plan_->planned().size());
  spending_.ledger()->each([this](const Entry& entry) {
    if (entry.state != EntryState::held) {
      return;
    }
    for (const HeldCharge& charge : entry.charges) {
      const Plan::SlotRange slots = plan_->slots_of(charge.meter);
      for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
        if (plan_->planned()[slot].size_terms() != nullptr) {
          spending_.ledger()->hold(slot, charge.held);
        }
      }
    }
  });
}

}  // namespace sluice
