// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What a tenant remembers by id: open reservations, and answers that must stay the same.
///
/// Role       Bookkeeping: entries by id and by the time when they are due, what is held of each
///            limit, and which entries the store has not seen. Most tenants have none.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the entries.
/// Units      Of the meters. Entries fall due by `Now::steady`; what is stored goes by the wall.
/// Errors     None. An id is added once; slots must be below the number given at the start.
/// Cost       A few steps in trees for each call, and some 300 bytes for each entry.
class Ledger {
public:
  static constexpr std::size_t reservations_max = 10'000;
  /// More answers are forgotten, the oldest first.
  static constexpr std::size_t answers_max = 10'000;
  static constexpr Duration answers_kept = std::chrono::hours{24};

  explicit Ledger(std::size_t limits) : held_(limits) {}

  /// Nothing once it is forgotten.
  [[nodiscard]] Entry* find(EntryId id, Instant now);
  [[nodiscard]] bool has_place_for_reservation() const noexcept {
    return expiries_.size() < reservations_max;
  }
  /// Its `due` on the wall is set to what `due` is there, and `begun` to now.
  const Entry& add(Entry entry, Instant due, const Now& now);
  /// It changed: an open reservation that is due at another time, or is over.
  void change(Entry& entry, EntryState state, Instant due, const Now& now);
  /// Forgets answers that were kept long enough, or are too many: the oldest, a few at once.
  void forget_old(Instant now);
  /// As it was stored; a later one with the same id takes its place. What is overdue is due now.
  void restore(Entry entry, const Now& now);

  /// For how long it has been there, by the steady clock as far as that can be said.
  [[nodiscard]] Duration age(const Entry& entry, Instant now) const {
    return now - entries_.at(entry.id).begun;
  }
  /// The open reservation that was due first, if one was due by now.
  [[nodiscard]] Entry* overdue(Instant now);
  [[nodiscard]] bool is_overdue(Instant now) const noexcept {
    return !expiries_.empty() && expiries_.begin()->first <= now;
  }
  /// When the next open reservation ends by itself.
  [[nodiscard]] std::optional<Instant> next_expiry() const;
  [[nodiscard]] std::size_t open_reservations() const noexcept { return expiries_.size(); }

  /// What is held of the limit in this slot.
  [[nodiscard]] Amount held(std::uint32_t slot) const noexcept { return held_[slot]; }
  void hold(std::uint32_t slot, Amount amount) noexcept { held_[slot] = held_[slot] + amount; }
  void let_go(std::uint32_t slot, Amount amount) noexcept {
    held_[slot] = excess(held_[slot], amount);
  }
  /// For so many limits, of which nothing is held yet.
  void clear_holds(std::size_t limits) { held_.assign(limits, Amount{}); }

  /// All entries, by id.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const auto& [id, kept] : entries_) {
      visit(kept.entry);
    }
  }
  /// Calls `visit` with each entry that the store may not have as it is.
  template <class Visit>
  void each_unsaved(Visit&& visit) const {
    for (const EntryId id : unsaved_) {
      if (const auto found = entries_.find(id); found != entries_.end()) {
        visit(found->second.entry);
      }
    }
  }
  /// Calls `visit` with the id of each entry that is no more, and that the store may still have.
  template <class Visit>
  void each_forgotten(Visit&& visit) const {
    for (const EntryId id : unsaved_) {
      if (!entries_.contains(id)) {
        visit(id);
      }
    }
    for (const EntryId id : forgotten_) {
      if (!entries_.contains(id)) {
        visit(id);
      }
    }
  }
  /// Appends what changed since it was last taken, and the ids of what was forgotten.
  void take_unsaved(std::vector<Entry>& entries, std::vector<EntryId>& forgotten);
  void mark_unsaved();

private:
  struct Kept {
    Entry entry;
    Instant due;
    Instant begun;
  };
  using Dues = std::set<std::pair<Instant, EntryId>>;

  [[nodiscard]] Dues& dues_of(EntryState state) noexcept {
    return is_open(state) ? expiries_ : answers_;
  }
  void forget(EntryId id);

  std::map<EntryId, Kept> entries_;  ///< A tree: ids are chosen by callers, who may mean harm.
  Dues expiries_;                    ///< Of open reservations.
  Dues answers_;                     ///< When the others are forgotten.
  std::vector<Amount> held_;
  std::set<EntryId> unsaved_;
  std::vector<EntryId> forgotten_;  ///< As it was last taken: told again if that was not saved.
};

/// Of everything that makes two requests under one id the same one.
[[nodiscard]] std::uint64_t digest_of(const Check& check) noexcept;

}  // namespace sluice
