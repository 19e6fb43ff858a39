// SPDX-License-Identifier: Apache-2.0
// Slices of a meter that are spent elsewhere. A slice is held from the start, so that all slices
// and all usage together never pass a limit; what is reported of it moves from held to used.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice {
namespace {

/// Of what is left, a slice is at most this part: it gets smaller as the limit nears, is one unit
/// when so many are left, and nothing below that. So many clients can always have one each.
constexpr std::uint64_t part_of_the_rest = 8;

/// Whether a renewal with this usage was refused before, which ended the lease.
bool was_denied(const Entry& entry, MeterId meter, Amount used) {
  return entry.state == EntryState::committed && entry.first.outcome == Outcome::denied &&
         entry.charges.front() == HeldCharge{meter, used, used};
}

/// Why the lease that is there cannot be renewed so; nothing if it can.
std::optional<Outcome> obstacle(const Entry& entry, MeterId meter, Amount used) {
  if (entry.state == EntryState::expired) {
    return Outcome::hold_expired;
  }
  if (entry.state != EntryState::leased || entry.charges.front().meter != meter ||
      used < entry.charges.front().used) {
    return Outcome::conflict;
  }
  return std::nullopt;
}

}  // namespace

Effect Tenant::lease(Entry* entry, const Check& check, const Now& now, Decision& decision,
                     Happenings& happenings) {
  if (check.charges.size() != 1) {
    refuse(decision, "charges: a lease is of exactly one meter");
    return Effect::none;
  }
  const auto& [meter, used] = check.charges.front();
  if (plan_->is_only_reserved(meter)) {
    refuse(decision, "mode: a meter with a concurrency limit is reserved");
    return Effect::none;
  }
  if (check.ttl == Duration{}) {
    refuse(decision, "ttl: is missing");
    return Effect::none;
  }
  if (entry != nullptr && was_denied(*entry, meter, used)) {
    decision = entry->first;
    decision.repeated = true;
    return Effect::none;
  }
  if (const auto outcome = entry == nullptr ? std::nullopt : obstacle(*entry, meter, used)) {
    decision.outcome = *outcome;
    return Effect::none;
  }
  if (const Standing standing = spending_.standing(); !standing.may_spend(now.wall)) {
    decision.outcome = standing.refusal();  // What is out is settled by `commit`, or by time.
    return Effect::none;
  }
  Ledger& ledger = spending_.rare()->ledger;
  if (entry == nullptr) {
    if (used > Amount{}) {
      decision.outcome = Outcome::no_such_hold;
      return Effect::none;
    }
    if (!ledger.has_place_for_reservation()) {
      decision.outcome = Outcome::unavailable;
      return Effect::none;
    }
    if (!plan_->labelled().empty() && !meet(check, now, decision)) {
      return Effect::none;
    }
  } else {
    report(*entry, used, entry->state, now, decision, happenings);
  }
  Slots restarted;
  const Plan::SlotRange slots = plan_->slots_of(meter);
  for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
    if (applies(slot) && bring_up_to(now, slot, happenings)) {
      restarted.add(slot);
    }
  }
  const Effect effect = mark(restarted, {}, now, happenings);
  const Amount rest = entry == nullptr ? Amount{} : entry->charges.front().held;
  const Amount more = slice(meter, excess(check.want, rest), now);
  if (rest + more == Amount{} && check.want > Amount{}) {
    return std::max(effect, deny_lease(entry, check.charges.front(), now, decision, happenings));
  }
  const Instant due = now.steady + check.ttl;
  if (entry == nullptr) {
    entry = &ledger.blank();
    entry->id = check.id;
    entry->state = EntryState::leased;
    entry->charges.push_back({meter, Amount{}, Amount{}});
    copy_labels(check.labels, entry->labels);
    ledger.add(*entry, due, now);
  } else {
    ledger.change(*entry, EntryState::leased, due, now);
  }
  take_slice(*entry, more, now, happenings);
  decision.outcome = Outcome::allowed;
  decision.granted = rest + more;
  read_tightest(*entry, now, decision);
  happenings.entries.push_back(entry);
  return Effect::charged;
}

// There is nothing to be had. A lease of which nothing is left ends with that; asked again, it is
// answered as now.
Effect Tenant::deny_lease(Entry* entry, const Charge& used, const Now& now, Decision& decision,
                          Happenings& happenings) {
  Effect effect = Effect::none;
  if (entry == nullptr) {
    const Entry asked{.charges = {{used.meter, Amount{}, Amount{}}}};
    read_tightest(asked, now, decision);
  } else {
    effect = end_lease(*entry, {EntryState::committed, used.amount, Outcome::denied}, now, decision,
                       happenings);
  }
  decision.outcome = Outcome::denied;
  return effect;
}

// So much of what every limit has left; limits that refuse nothing leave all of it.
Amount Tenant::slice(MeterId meter, Amount want, const Now& now) const {
  const Plan::SlotRange slots = plan_->slots_of(meter);
  Amount slice = want;
  for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (!applies(slot) || limit.shadow) {
      continue;
    }
    if (limit.credit() != nullptr) {
      return Amount{};  // A grant that ends takes what is out along.
    }
    const Amount room = state(slot).room(limit, held(slot), now);
    slice = std::min(slice, Amount{room.raw() / part_of_the_rest});
  }
  return slice;
}

void Tenant::take_slice(Entry& entry, Amount slice, const Now& now, Happenings& happenings) {
  HeldCharge& charge = entry.charges.front();
  const Plan::SlotRange slots = plan_->slots_of(charge.meter);
  Slots changed;
  for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
    if (!applies(slot)) {
      continue;
    }
    const PlannedLimit& limit = plan_->planned()[slot];
    changed.add(slot);
    if (limit.size_terms() != nullptr) {
      state(slot).pace(limit, held(slot), slice, now);
      hold(slot, slice);
    } else {
      state(slot).take(limit, slice, now);
    }
  }
  charge.held = charge.held + slice;
  mark(changed, {}, now, happenings);
}

// What is used beyond what was reported before is charged; a rate was charged with the slice. The
// rest stays out, so that whoever has it need not stop spending it meanwhile, but for a lease that
// ends with this state, which gives it back.
void Tenant::report(Entry& entry, Amount used, EntryState state, const Now& now, Decision& decision,
                    Happenings& happenings) {
  const bool ends = !is_open(state);
  HeldCharge& charge = entry.charges.front();
  const Amount more = excess(used, charge.used);
  const LimitState::Past past{entry.begun, spending_.rare()->ledger.age(entry, now.steady)};
  decision.overrun |= more > charge.held;
  meet_again(entry, now);
  const Plan::SlotRange slots = plan_->slots_of(charge.meter);
  Slots changed;
  OverSize over;
  std::optional<Amount> spent;  // As far as any limit that applies is concerned.
  for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
    if (!applies(slot)) {
      continue;
    }
    const PlannedLimit& limit = plan_->planned()[slot];
    const bool is_released = state == EntryState::expired && limit.releases_on_expiry;
    const Amount counts = is_released ? Amount{} : more;
    spent = std::max(spent.value_or(counts), counts);
    bring_up_to(now, slot, happenings);
    changed.add(slot);
    if (limit.size_terms() == nullptr) {
      if (ends) {
        this->state(slot).refund(limit, excess(charge.held, counts), past, now);
      }
      this->state(slot).take(limit, excess(counts, charge.held), now);
      continue;
    }
    if (ends) {
      this->state(slot).unpace(limit, held(slot), charge.held, excess(charge.held, counts), now);
    }
    let_go(slot, ends ? charge.held : std::min(more, charge.held));
    if (counts > Amount{}) {
      over.add(this->charge(slot, this->state(slot), counts, now, decision, happenings));
    }
  }
  decision.overage = std::max(decision.overage, over.units);
  if (spent.value_or(more) > Amount{} && slots.begin < slots.end) {
    const LabelViews labels{entry.labels};
    count(slots.begin, {Outcome::allowed, spent.value_or(more), over, labels.all()}, now,
          happenings);
    changed.add(slots.begin);  // Even if no limit applies.
  }
  charge.used = charge.used + more;
  charge.held = ends ? Amount{} : excess(charge.held, more);
  mark(changed, {}, now, happenings);
}

void Tenant::show_leases(std::vector<LimitUsage>& usage) const {
  each_open_entry([&](const Entry& entry) {
    if (entry.state != EntryState::leased) {
      return;
    }
    const LabelViews labels{entry.labels};
    const HeldCharge& charge = entry.charges.front();
    const Plan::SlotRange slots = plan_->slots_of(charge.meter);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      if (Cells::applies(plan_->limits()[slot], labels.all())) {
        usage[slot].leased = usage[slot].leased + charge.held;
      }
    }
  });
}

// By `commit`, which says what was used in all, or by `cancel`, after which no more was used than
// was said before.
Effect Tenant::return_lease(Entry& entry, const Check& check, const Now& now, Decision& decision,
                            Happenings& happenings) {
  const HeldCharge& charge = entry.charges.front();
  Amount used = check.mode == Mode::cancel ? charge.used : charge.used + charge.held;
  if (!check.charges.empty()) {
    const auto& [meter, said] = check.charges.front();
    if (check.charges.size() > 1 || meter != charge.meter) {
      refuse(decision, "charges: there is a meter that was not leased");
      return Effect::none;
    }
    if (said < charge.used) {
      decision.outcome = Outcome::conflict;
      return Effect::none;
    }
    used = said;
  }
  const bool commits = check.mode == Mode::commit;
  const EntryState state = commits ? EntryState::committed : EntryState::cancelled;
  return end_lease(entry, {state, used}, now, decision, happenings);
}

Effect Tenant::expire_lease(Entry& entry, const Now& now, Decision& decision,
                            Happenings& happenings) {
  const HeldCharge& charge = entry.charges.front();
  return end_lease(entry, {EntryState::expired, charge.used + charge.held}, now, decision,
                   happenings);
}

Effect Tenant::end_lease(Entry& entry, const LeaseEnd& how, const Now& now, Decision& decision,
                         Happenings& happenings) {
  report(entry, how.used, how.state, now, decision, happenings);
  // As a reservation of all that was used, which is what asking again is compared with.
  entry.charges.front().held = entry.charges.front().used;
  decision.outcome = how.outcome;
  read_tightest(entry, now, decision);
  if (how.outcome == Outcome::denied) {
    entry.first = decision;  // What asking again is answered with.
  }
  spending_.rare()->ledger.change(entry, how.state, now.steady + Ledger::answers_kept, now);
  happenings.entries.push_back(&entry);
  return Effect::charged;
}

}  // namespace sluice
