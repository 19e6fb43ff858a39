// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ledger.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// The instant `due` on the wall, as far as that can be said.
WallTime on_the_wall(Instant due, const Now& now) {
  std::int64_t wall = 0;
  const std::int64_t ahead = (due - now.steady).count();
  return __builtin_add_overflow(now.wall.time_since_epoch().count(), ahead, &wall)
             ? wall_time_never
             : WallTime{Duration{wall}};
}

}  // namespace

Entry* Ledger::find(EntryId id, Instant now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return nullptr;
  }
  if (found->second.entry.state != EntryState::held && found->second.due <= now) {
    forget(id);
    return nullptr;
  }
  return &found->second.entry;
}

void Ledger::add(Entry entry, Instant due, const Now& now) {
  entry.due = on_the_wall(due, now);
  const EntryId id = entry.id;
  dues_of(entry.state).insert({due, id});
  const bool added = entries_.try_emplace(id, Kept{std::move(entry), due}).second;
  SLUICE_INVARIANT(added);
  note(id);
  forget_what_is_old(now.steady);
}

void Ledger::change(Entry& entry, EntryState state, Instant due, const Now& now) {
  Kept& kept = entries_.at(entry.id);
  dues_of(entry.state).erase({kept.due, entry.id});
  dues_of(state).insert({due, entry.id});
  kept.due = due;
  entry.state = state;
  entry.due = on_the_wall(due, now);
  note(entry.id);
  forget_what_is_old(now.steady);
}

void Ledger::restore(Entry entry, const Now& now) {
  const Duration ahead = std::max(entry.due - now.wall, Duration{});
  const Instant due = now.steady + ahead;
  const EntryId id = entry.id;
  dues_of(entry.state).insert({due, id});
  entries_.insert_or_assign(id, Kept{std::move(entry), due});
}

Entry* Ledger::overdue(Instant now) {
  return is_overdue(now) ? &entries_.at(expiries_.begin()->second).entry : nullptr;
}

std::optional<Instant> Ledger::next_expiry() const {
  return expiries_.empty() ? std::nullopt : std::optional{expiries_.begin()->first};
}

void Ledger::note(EntryId id) {
  unjournalled_.insert(id);
  unsaved_.insert(id);
}

void Ledger::forget_what_is_old(Instant now) {
  while (!answers_.empty() && (answers_.size() > answers_max || answers_.begin()->first <= now)) {
    forget(answers_.begin()->second);
  }
}

void Ledger::forget(EntryId id) {
  const auto found = entries_.find(id);
  dues_of(found->second.entry.state).erase({found->second.due, id});
  entries_.erase(found);
  note(id);
}

void Ledger::take(Ids& ids, std::vector<Entry>& entries, std::vector<EntryId>& forgotten) const {
  for (const EntryId id : ids) {
    if (const auto found = entries_.find(id); found != entries_.end()) {
      entries.push_back(found->second.entry);
    } else {
      forgotten.push_back(id);
    }
  }
  ids.clear();
}

void Ledger::mark_all(Ids& ids) const {
  for (const auto& [id, kept] : entries_) {
    ids.insert(id);
  }
}

std::uint64_t digest_of(const Check& check) noexcept {
  std::array<std::uint64_t, 2 + 2 * charges_per_check_max> words;
  std::size_t count = 0;
  words[count++] = static_cast<std::uint64_t>(check.mode);
  words[count++] = static_cast<std::uint64_t>(check.ttl.count());
  for (const Charge& charge : check.charges) {
    words[count++] = charge.meter.raw();
    words[count++] = charge.amount.raw();
  }
  return XXH64(words.data(), count * sizeof words[0], 0);
}

}  // namespace sluice
