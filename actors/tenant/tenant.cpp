// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/tenant.hpp"

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace sluice {
namespace {

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

}  // namespace

Tenant::Tenant(TenantId id, std::shared_ptr<const Plan> plan, std::span<const Counter> counters,
               std::span<const UsageBucket> open_usage, std::span<const Entry> entries,
               const Now& now)
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
    if (const auto place = place_of(*plan_, bucket.meter); place && bucket.part.is_whole()) {
      spending_.usage(*place) =
          OpenUsage{bucket.used,      bucket.minute,  bucket.allowed,     bucket.denied,
                    bucket.throttled, bucket.overage, bucket.price_micros};
    }
  }
  restore_values(open_usage);
  open_accounts(counters, entries, now);
  restore(entries, now);
  hold_again(now, {});
}

// Of several with one id the last counts: what the journal has comes behind what is stored.
void Tenant::restore(std::span<const Entry> entries, const Now& now) {
  std::map<EntryId, const Entry*> ends;
  for (const Entry& entry : entries) {
    if (is_end_of_count(entry)) {
      ends.insert_or_assign(entry.id, &entry);
    }
  }
  std::vector<const Entry*> by_id;
  for (const Entry& entry : entries) {
    const bool counts = entry.state == EntryState::counting || entry.state == EntryState::shared;
    if (const auto end = counts ? ends.find(entry.id) : ends.end(); end != ends.end()) {
      if (end->second > &entry) {
        continue;
      }
      ends.erase(end);  // It came back.
    }
    if (entry.state == EntryState::counting) {
      rare().cells.restore(entry, *plan_, now);
    } else if (entry.state == EntryState::shared) {
      SLUICE_INVARIANT(entry.use);
      make_shares(rare()).restore(*entry.use);
    } else if (entry.state != EntryState::granted && !is_end_of_count(entry)) {
      by_id.push_back(&entry);
    }
  }
  for (const auto& [id, end] : ends) {
    rare().cells.restore_end(id);
  }
  if (!by_id.empty()) {
    rare().ledger.restore(by_id, now);
  }
}

Rare& Tenant::rare() {
  Rare* const known = spending_.rare();
  return known != nullptr ? *known : spending_.make_rare();
}

// What was used of the window becomes history, but for what is counted by labels.
void Tenant::start_again(const Now& now, std::uint32_t slot, Happenings& happenings) {
  const PlannedLimit& limit = plan_->planned()[slot];
  if (limit.credit() != nullptr) {
    settle_credit(slot, now, happenings);
    return;
  }
  LimitState& state = this->state(slot);
  const bool is_for_all = &state == &spending_.limit(slot);
  if (const ClosedWindow closed = state.closed(limit); is_for_all && closed.used > Amount{}) {
    happenings.closed_windows.push_back({id_, closed});
  }
  state.roll(limit, plan_->calendar(), now);
}

void Tenant::adopt(std::shared_ptr<const Plan> plan, const Now& now, Happenings& happenings) {
  SLUICE_INVARIANT(plan != nullptr);
  for (std::uint32_t slot = 0; slot < plan_->planned().size(); ++slot) {
    if (plan_->planned()[slot].credit() != nullptr) {
      settle_credit(slot, now, happenings);  // The periods of before count up to now.
    } else {
      bring_up_to(now, slot, happenings);
    }
  }
  if (Rare* const rare = spending_.rare()) {
    rare->cells.adopt(*plan_, *plan, now);
  }
  const auto planned = plan->planned();
  Spending spending{planned.size(), plan->meters().size()};
  Slots fresh;
  for (std::uint32_t slot = 0; slot < planned.size(); ++slot) {
    const PlannedLimit& limit = planned[slot];
    const PlannedLimit* before = find_same(*plan_, limit);
    if (before == nullptr) {
      spending.limit(slot) = LimitState::fresh(limit, plan->calendar(), now);
      fresh.add(slot);
      continue;
    }
    const auto old_slot = static_cast<std::uint32_t>(before - plan_->planned().data());
    if (plan_->limits()[old_slot].per != plan->limits()[slot].per) {
      fresh.add(slot);  // Its counters are forgotten.
    }
    spending.limit(slot) =
        spending_.limit(old_slot).carried(*before, plan_->calendar(), limit, plan->calendar(), now);
  }
  carry_usage(*plan, now, spending, happenings);
  plan_ = std::move(plan);
  spending.take_rare_of(spending_);
  spending.standing() = spending_.standing();
  spending_ = std::move(spending);
  ask_for_values();
  adopt_accounts(now);
  hold_again(now, fresh);
  happenings.values_to_journal += mark_unjournalled();
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
      const Minute behind{usage.minute.raw() + 1};
      happenings.closed_usage.push_back({id_, usage.bucket(plan_->meters()[place])});
      if (const Rare* const rare = spending_.rare(); rare != nullptr && rare->values != nullptr) {
        rare->values->close(id_, plan_->meters()[place], behind, happenings.closed_usage);
      }
      from = std::max(from, behind);
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
    CreditView credit;
    if (limit.credit() != nullptr) {
      credit = credit_at(slot, now);
      state.credit() = credit.count;
    }
    usage.push_back({plan_->limits()[slot], {}, state.window(limit, plan_->calendar(), now)});
    LimitUsage& entry = usage.back();
    const Rare* const rare = spending_.rare();
    state.read(limit, rare == nullptr ? Amount{} : rare->ledger.held(slot), now, entry.reading);
    show_members(slot, entry.reading);
    if (std::holds_alternative<WindowTerms>(limit.terms)) {
      const ClosedWindow so_far = state.closed(limit);
      entry.over = so_far.over;
      entry.price_micros = so_far.price_micros;
    }
    if (limit.credit() != nullptr) {
      entry.reading.resets_at = credit.resets_at;
      entry.over = credit.count.owed;
      entry.price_micros = limit.credit()->price(entry.over);
      entry.grants = std::move(credit.grants);
    }
  }
  show_leases(usage);
  return usage;
}

void Tenant::snapshot(const Now& now, TenantState& out) const {
  append(Slots::all(), now, out);
  if (const Rare* const rare = spending_.rare(); rare != nullptr && rare->values != nullptr) {
    rare->values->snapshot(out.open_usage);
  }
  each_entry(now, [&out](const Entry& entry) { out.entries.push_back(entry); });
}

void Tenant::take_unjournalled(const Now& now, TenantState& out) {
  append(std::exchange(spending_.unjournalled(), Slots{}), now, out);
}

void Tenant::take_unsaved(const Now& now, TenantState& out) {
  append(std::exchange(spending_.unsaved(), Slots{}), now, out);
  if (Rare* const rare = spending_.rare()) {
    rare->ledger.take_unsaved(out.entries, out.forgotten);
    rare->cells.take_unsaved(*plan_, now, out.entries, out.forgotten);
    rare->credits.take_unsaved(out.entries, out.forgotten);
    if (rare->values != nullptr) {
      rare->values->take_unsaved(out.open_usage);
    }
    if (rare->shares != nullptr) {
      rare->shares->take_unsaved(out.entries, out.forgotten);
    }
  }
}

std::uint32_t Tenant::mark_unjournalled() {
  spending_.unjournalled() = Slots::all();
  const Rare* const rare = spending_.rare();
  return rare == nullptr || rare->values == nullptr ? 0 : rare->values->mark_unjournalled();
}

void Tenant::mark_unsaved() {
  spending_.unsaved() = Slots::all();
  if (Rare* const rare = spending_.rare()) {
    rare->ledger.mark_unsaved();
    rare->cells.mark_unsaved();
    rare->credits.mark_unsaved();
    if (rare->values != nullptr) {
      rare->values->mark_unsaved();
    }
    if (rare->shares != nullptr) {
      rare->shares->mark_unsaved();
    }
  }
}

void Tenant::each_entry(const Now& now, const EntryVisit& visit) const {
  if (const Rare* const rare = spending_.rare()) {
    rare->ledger.each(visit);
    rare->cells.each(*plan_, now, visit);
    rare->credits.each_grant([&](const Grant& grant) { visit(Credits::entry_of(grant)); });
    if (rare->shares != nullptr) {
      rare->shares->each([&](const Shares::Held& held) { visit(Shares::entry_of(held)); });
    }
  }
}

void Tenant::each_open_entry(const EntryVisit& visit) const {
  if (const Rare* const rare = spending_.rare()) {
    rare->ledger.each_open(visit);
  }
}

void Tenant::each_unsaved_entry(const Now& now, const EntryVisit& visit) const {
  if (const Rare* const rare = spending_.rare()) {
    rare->ledger.each_unsaved(visit);
    rare->cells.each_unsaved(*plan_, now, visit);
    for (const EntryId id : rare->credits.unsaved()) {
      visit(Credits::entry_of(*rare->credits.find_grant(id)));
    }
    if (rare->shares != nullptr) {
      rare->shares->each([&](const Shares::Held& held) {
        if (held.to_save) {
          visit(Shares::entry_of(held));
        }
      });
    }
  }
}

void Tenant::each_forgotten_entry(const Now& now, const EntryVisit& visit) const {
  if (const Rare* const rare = spending_.rare()) {
    const auto tell = [&](EntryId id) {
      visit(Entry{.id = id, .state = EntryState::answered, .begun = now.wall, .due = now.wall});
    };
    rare->ledger.each_forgotten(tell);
    rare->cells.each_forgotten(tell);
    rare->credits.each_forgotten(tell);
    if (rare->shares != nullptr) {
      rare->shares->each_forgotten(tell);
    }
  }
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
    if (limit.credit() != nullptr) {
      out.counters.back().paced_until = spending_.rare()->credits.find(limit.id)->settled_at();
    }
    if (meter != limit.meter_place && !spending_.usage(limit.meter_place).none()) {
      meter = limit.meter_place;  // Limits of a meter lie side by side.
      out.open_usage.push_back(spending_.usage(limit.meter_place).bucket(limit.meter));
    }
  }
}

}  // namespace sluice
