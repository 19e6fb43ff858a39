// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/answers.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/due_heap.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/hash_index.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What a tenant remembers by id: open reservations, and answers that must stay the same.
///
/// What is open may change and lies in a pool. Once it is settled it is an answer, which does not
/// change, unless what it took is given back: that lies as bytes among its like (`Answers`).
///
/// Role       Bookkeeping: entries by id and by the time when they are due, what is held of each
///            limit, and which entries the store has not seen. Most tenants have none.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the entries. A reference to one is good until `forget_told`, one to an answer
///            that was found until the next `find`.
/// Units      Of the meters. Entries fall due by `Now::steady`; what is stored goes by the wall.
/// Errors     None. An id is added once; slots must be below the number given at the start.
/// Cost       A few steps for each call, without allocating once it is warm. Some 500 bytes for
///            each entry that is open, 100 for each answer.
class Ledger {
public:
  static constexpr std::size_t reservations_max = 10'000;
  /// More answers are forgotten, the oldest first.
  static constexpr std::size_t answers_max = 10'000;
  static constexpr Duration answers_kept = std::chrono::hours{24};

  explicit Ledger(std::size_t limits) : held_(limits) {}

  /// Ask the processor to fetch what an id needs, each a step further than the one before: what
  /// the lists are, what lies under it or where what is new goes.
  void prefetch_lists(EntryId id) const noexcept;
  void prefetch_entry(EntryId id) const noexcept;

  /// Null once it is forgotten. Of an answer it is a copy.
  [[nodiscard]] Entry* find(EntryId id, Instant now);
  [[nodiscard]] bool has_place_for_reservation() const noexcept {
    return expiries_.size() < reservations_max;
  }
  /// An empty entry to be filled in and added.
  [[nodiscard]] Entry& blank();
  /// Its `due` on the wall is set to what `due` is there, and `begun` to now.
  void add(Entry& blank, Instant due, const Now& now);
  /// The entry, which was blank, takes the place of the answer with its id, of which it is a copy
  /// but for what changed.
  void replace(Entry& blank, Instant due, const Now& now);
  /// What is open changed: it is due at another time, or is over and becomes an answer as it is.
  void change(Entry& open, EntryState state, Instant due, const Now& now);
  /// Nobody looks any more at what was added or changed before.
  void forget_told();
  /// Forgets answers that were kept long enough, or are too many: the oldest, a few at once.
  void forget_old(Instant now);
  /// As they were stored, once, at the start; pages, and of several with one id the last. What is
  /// overdue is due now.
  void restore(std::span<const Entry* const> entries, const Now& now);

  /// For how long it has been open, by the steady clock as far as that can be said.
  [[nodiscard]] Duration age(const Entry& open, Instant now) const {
    return now - static_cast<const Open&>(open).begun_at;
  }
  /// How long ago this answer was given, in the same way. It must have been found.
  [[nodiscard]] Duration age_of_answer(EntryId id, Instant now) const {
    return answers_kept - (answers_.due_at(place_of(id)) - now);
  }
  /// The open reservation that was due first, if one was due by now.
  [[nodiscard]] Entry* overdue(Instant now);
  [[nodiscard]] bool is_overdue(Instant now) const noexcept {
    return !expiries_.empty() && expiries_.first().due <= now;
  }
  /// When the next open reservation ends by itself.
  [[nodiscard]] std::optional<Instant> next_expiry() const {
    return expiries_.empty() ? std::nullopt : std::optional{expiries_.first().due};
  }
  [[nodiscard]] std::size_t open_reservations() const noexcept { return expiries_.size(); }

  /// What is held of the limit in this slot.
  [[nodiscard]] Amount held(std::uint32_t slot) const noexcept { return held_[slot]; }
  void hold(std::uint32_t slot, Amount amount) noexcept { held_[slot] = held_[slot] + amount; }
  void let_go(std::uint32_t slot, Amount amount) noexcept {
    held_[slot] = excess(held_[slot], amount);
  }
  /// For so many limits, of which nothing is held yet.
  void clear_holds(std::size_t limits) { held_.assign(limits, Amount{}); }

  /// What is open.
  template <class Visit>
  void each_open(Visit&& visit) const {
    for (const Open& open : pool_) {
      if (open.is_open) {
        visit(static_cast<const Entry&>(open));
      }
    }
  }
  /// Calls `visit(entry, due)` with the first `most` that are open, as they fall due, until it says
  /// false.
  template <std::size_t most, class Visit>
  void each_due(Visit&& visit) const {
    expiries_.visit<most>([&](const DueHeap::Item& item) {
      return visit(static_cast<const Entry&>(pool_[item.number]), item.due);
    });
  }
  /// All entries.
  template <class Visit>
  void each(Visit&& visit) const {
    each_open(visit);
    answers_.each(visit);
  }
  /// Calls `visit` with each entry that the store may not have as it is.
  template <class Visit>
  void each_unsaved(Visit&& visit) const {
    each_open([&](const Entry& entry) {
      if (static_cast<const Open&>(entry).is_unsaved) {
        visit(entry);
      }
    });
    answers_.each_unsaved(visit);
  }
  /// Calls `visit` with the id of each entry that is no more, and that the store may still have.
  template <class Visit>
  void each_forgotten(Visit&& visit) const {
    for (const auto* const gone : {&gone_, &gone_last_}) {
      for (const EntryId id : *gone) {
        if (place_of(id) == HashIndex::no_place) {
          visit(id);
        }
      }
    }
  }
  /// Appends the rows that changed since they were last taken, and the ids of those that are no
  /// more.
  void take_unsaved(std::vector<Entry>& rows, std::vector<EntryId>& forgotten);
  void mark_unsaved();

private:
  using Place = HashIndex::Place;
  using Number = DueHeap::Number;
  static constexpr Place open_bit = Answers::places;

  struct Open : Entry {
    Instant begun_at{};
    Number number = 0;
    bool is_open = false;
    bool is_unsaved = false;
    bool is_listed = false;  ///< In `changed_`.
    bool has_row = false;    ///< In the store, perhaps as it was before.
  };
  struct Restored;

  [[nodiscard]] std::uint64_t hash_of(EntryId id) const noexcept;
  [[nodiscard]] EntryId id_at(Place place) const {
    return (place & open_bit) != 0 ? pool_[place & ~open_bit].id : answers_.id_at(place);
  }
  [[nodiscard]] Place place_of(EntryId id) const {
    return index_.find(hash_of(id), [&](Place place) { return id_at(place) == id; });
  }
  [[nodiscard]] bool has_row(EntryId id) const;
  void mark_changed(Open& open);
  void forget(Place place);
  void settle(Open& open, Instant due);
  void restore_open(const Entry& entry, const Now& now);
  void restore_answers(const Restored& restored, const Now& now);

  HashIndex index_;  ///< Of places: of answers, or with `open_bit` in the pool.
  std::deque<Open> pool_;
  std::vector<Number> free_;
  std::vector<Number> told_;     ///< Answers by now: free once nobody looks at them any more.
  std::vector<Number> changed_;  ///< All that the store may not have as they are, and some others.
  DueHeap expiries_;             ///< Of what is open.
  Answers answers_;
  std::unique_ptr<Entry> found_;  ///< The copy of an answer; not here, since it is large and rare.
  std::vector<Amount> held_;
  std::vector<EntryId> gone_;       ///< Rows that the store may still have.
  std::vector<EntryId> gone_last_;  ///< As they were last taken: told again if that was not saved.
};

/// Of everything that makes two requests under one id the same one.
[[nodiscard]] std::uint64_t digest_of(const Check& check) noexcept;

}  // namespace sluice
