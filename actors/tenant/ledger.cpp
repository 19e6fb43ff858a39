// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ledger.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// So that no decision takes long; more than one decision can add.
constexpr std::size_t forgotten_at_once = 64;

/// The instant `due` on the wall, as far as that can be said.
WallTime on_the_wall(Instant due, const Now& now) {
  std::int64_t wall = 0;
  const std::int64_t ahead = (due - now.steady).count();
  return __builtin_add_overflow(now.wall.time_since_epoch().count(), ahead, &wall)
             ? wall_time_never
             : WallTime{Duration{wall}};
}

/// None if it lies the other way; at most what may be added to an instant.
Duration time_from(WallTime earlier, WallTime later) {
  constexpr Duration longest = std::chrono::hours{24 * 365 * 100};
  std::int64_t ahead = 0;
  const bool too_far = __builtin_sub_overflow(later.time_since_epoch().count(),
                                              earlier.time_since_epoch().count(), &ahead);
  return later <= earlier ? Duration{} : too_far ? longest : std::min(Duration{ahead}, longest);
}

}  // namespace

Entry* Ledger::find(EntryId id, Instant now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return nullptr;
  }
  if (!is_open(found->second.entry.state) && found->second.due <= now) {
    forget(id);
    return nullptr;
  }
  return &found->second.entry;
}

const Entry& Ledger::add(Entry entry, Instant due, const Now& now) {
  entry.begun = now.wall;
  entry.due = on_the_wall(due, now);
  const EntryId id = entry.id;
  dues_of(entry.state).insert({due, id});
  const auto [place, added] = entries_.try_emplace(id, Kept{std::move(entry), due, now.steady});
  SLUICE_INVARIANT(added);
  unsaved_.insert(id);
  return place->second.entry;
}

void Ledger::change(Entry& entry, EntryState state, Instant due, const Now& now) {
  Kept& kept = entries_.at(entry.id);
  dues_of(entry.state).erase({kept.due, entry.id});
  dues_of(state).insert({due, entry.id});
  kept.due = due;
  entry.state = state;
  entry.due = on_the_wall(due, now);
  unsaved_.insert(entry.id);
}

void Ledger::restore(Entry entry, const Now& now) {
  const Duration ahead = time_from(now.wall, entry.due);
  const Instant due = now.steady + ahead;
  const Instant begun = now.steady - time_from(entry.begun, now.wall);
  const EntryId id = entry.id;
  if (const auto before = entries_.find(id); before != entries_.end()) {
    dues_of(before->second.entry.state).erase({before->second.due, id});
  }
  dues_of(entry.state).insert({due, id});
  entries_.insert_or_assign(id, Kept{std::move(entry), due, begun});
}

Entry* Ledger::overdue(Instant now) {
  return is_overdue(now) ? &entries_.at(expiries_.begin()->second).entry : nullptr;
}

std::optional<Instant> Ledger::next_expiry() const {
  return expiries_.empty() ? std::nullopt : std::optional{expiries_.begin()->first};
}

void Ledger::forget_old(Instant now) {
  for (std::size_t forgotten = 0; forgotten < forgotten_at_once; ++forgotten) {
    const bool too_many = answers_.size() > answers_max;
    if (!too_many && (answers_.empty() || answers_.begin()->first > now)) {
      return;
    }
    forget(answers_.begin()->second);
  }
}

void Ledger::forget(EntryId id) {
  const auto found = entries_.find(id);
  dues_of(found->second.entry.state).erase({found->second.due, id});
  entries_.erase(found);
  unsaved_.insert(id);
}

void Ledger::take_unsaved(std::vector<Entry>& entries, std::vector<EntryId>& forgotten) {
  forgotten_.clear();
  for (const EntryId id : unsaved_) {
    if (const auto found = entries_.find(id); found != entries_.end()) {
      entries.push_back(found->second.entry);
    } else {
      forgotten_.push_back(id);
    }
  }
  forgotten.insert(forgotten.end(), forgotten_.begin(), forgotten_.end());
  unsaved_.clear();
}

void Ledger::mark_unsaved() {
  unsaved_.insert(forgotten_.begin(), forgotten_.end());
  for (const auto& [id, kept] : entries_) {
    unsaved_.insert(id);
  }
}

std::uint64_t digest_of(const Check& check) noexcept {
  std::array<std::uint64_t, 2 + 2 * charges_per_check_max> words;
  std::uint64_t labels = 0;  // In any order.
  for (const Label& label : check.labels) {
    const std::uint64_t name = XXH64(label.name.data(), label.name.size(), 0);
    labels ^= XXH64(label.value.data(), label.value.size(), name);
  }
  std::size_t count = 0;
  words[count++] = static_cast<std::uint64_t>(check.mode);
  words[count++] = static_cast<std::uint64_t>(check.ttl.count());
  for (const Charge& charge : check.charges) {
    words[count++] = charge.meter.raw();
    words[count++] = charge.amount.raw();
  }
  return XXH64(words.data(), count * sizeof words[0], labels);
}

}  // namespace sluice
