// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/hash_index.hpp"
#include "actors/tenant/limit_state.hpp"
#include "actors/tenant/plan.hpp"

namespace sluice {

/// The values of a limit's labels, each behind its length in one text: what short ones need no
/// allocation for.
class LabelValues {
public:
  void add(std::string_view value) {
    text_.push_back(static_cast<char>(value.size()));
    text_.append(value);
  }
  /// Calls `visit` with each value, in the order in which they were added.
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::string_view rest = text_; !rest.empty();) {
      const std::size_t size = static_cast<unsigned char>(rest.front());
      visit(rest.substr(1, size));
      rest.remove_prefix(1 + size);
    }
  }
  friend bool operator==(const LabelValues&, const LabelValues&) = default;

private:
  std::string text_;
};
static_assert(label_value_bytes_max <= 255, "a length is a byte");

/// The counters of limits that have one for each combination of labels.
///
/// Role       Finds the counter for a limit and label values, and knows which of them the request
///            at hand meets. Only tenants with labelled limits have one.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the counters; a pointer to one is good until `forget_at_rest` or `adopt`.
/// Units      Of the limits.
/// Errors     None.
/// Cost       A hash and a look-up for each labelled limit that is met, without allocating. With
///            `live_max` counters, a new one costs a look at all of them, unless none can have come
///            to rest since the last look. A counter takes some 200 bytes.
class Cells {
public:
  /// For each tenant. A counter is forgotten once it is as if it had never been used.
  static constexpr std::size_t live_max = 10'000;

  struct Cell {
    LimitId limit{};
    bool is_live = false;  ///< Else its place is free.
    bool is_unsaved = false;
    bool is_listed = false;  ///< Among those that are perhaps unsaved.
    LimitState state;
    Amount held{};
    EntryId id{};  ///< What it is stored under.
    std::uint64_t hash = 0;
    LabelValues values{};  ///< In the order of `Limit::per`.
  };
  /// What the labels of a request make of a limit: it does not apply, or it is met in this counter
  /// or, without one, in that of all requests.
  struct Met {
    bool applies = true;
    Cell* cell = nullptr;
  };

  explicit Cells(std::size_t limits) : met_(limits) {}

  /// From now on the plan's labelled limits on these meters are met as the labels say. A counter
  /// that there is not yet is made. False if there are too many.
  [[nodiscard]] bool meet(std::span<const Charge> charges, std::span<const Label> labels,
                          const Plan& plan, const Now& now);
  /// Ask the processor to fetch what `meet` needs: the index, and once that has come the counters.
  void prefetch_index(std::span<const Label> labels, const Plan& plan) const noexcept;
  void prefetch_counters(std::span<const Label> labels, const Plan& plan) const noexcept;
  [[nodiscard]] const Met& met(std::uint32_t slot) const noexcept { return met_[slot]; }
  /// Whether a request with these labels meets the limit of this slot where the one at hand does.
  [[nodiscard]] bool meets_same(std::uint32_t slot, std::span<const Label> labels,
                                const Plan& plan) const;
  /// Whether the limit is for requests with these labels.
  [[nodiscard]] static bool applies(const Limit& rules, std::span<const Label> labels);

  /// As it was stored. Nothing happens if the plan has no such limit any more, and then it is as
  /// forgotten.
  void restore(const Entry& entry, const Plan& plan, const Now& now);
  /// What the store may have under this id is no more.
  void restore_end(EntryId id) { gone_.push_back(id); }
  /// The counters go on under other rules; those that have none any more are forgotten.
  void adopt(const Plan& from, const Plan& to, const Now& now);
  /// For so many limits, of which nothing is held yet; none is met.
  void clear_holds(std::size_t limits);

  /// The counter that the limit in this slot is met in changed. Writes what is stored of it now
  /// into `told`, which has nothing that counters have not.
  void tell(std::uint32_t slot, const Plan& plan, const Now& now, Entry& told);

  /// Calls `visit` with each counter.
  template <class Visit>
  void each_cell(Visit&& visit) const {
    for (const Cell& cell : pool_) {
      if (cell.is_live) {
        visit(cell);
      }
    }
  }
  /// Calls `visit` with each counter as it is stored, or with those that the store may not have.
  template <class Visit>
  void each(const Plan& plan, const Now& now, Visit&& visit) const {
    each_cell([&](const Cell& cell) { visit(entry_of(cell, plan, now)); });
  }
  template <class Visit>
  void each_unsaved(const Plan& plan, const Now& now, Visit&& visit) const {
    each_cell([&](const Cell& cell) {
      if (cell.is_unsaved) {
        visit(entry_of(cell, plan, now));
      }
    });
  }
  /// Calls `visit` with the id of each counter that is no more, and that the store may still have.
  template <class Visit>
  void each_forgotten(Visit&& visit) const {
    for (const auto* const gone : {&gone_, &gone_last_}) {
      for (const EntryId id : *gone) {
        if (!ids_.contains(id)) {
          visit(id);
        }
      }
    }
  }
  /// Appends what changed since it was last taken, and the ids of what was forgotten.
  void take_unsaved(const Plan& plan, const Now& now, std::vector<Entry>& entries,
                    std::vector<EntryId>& forgotten);
  void mark_unsaved();

private:
  using Number = HashIndex::Place;

  [[nodiscard]] std::uint64_t hash_of(const Limit& rules,
                                      std::span<const Label> labels) const noexcept;
  [[nodiscard]] Cell* find_or_make(const Limit& rules, std::span<const Label> labels,
                                   const PlannedLimit& limit, const Plan& plan, const Now& now);
  Cell& make(LimitId limit, std::uint64_t hash, LabelValues values);
  void take_id(Cell& cell);
  void mark_changed(Cell& cell);
  void forget_at_rest(const Plan& plan, const Now& now);
  void forget(Cell& cell);
  [[nodiscard]] Number number_of(const Cell& cell) const;
  [[nodiscard]] static Entry entry_of(const Cell& cell, const Plan& plan, const Now& now);
  static void describe(const Cell& cell, const PlannedLimit& limit, const Limit& rules,
                       const Now& now, Entry& entry);

  std::vector<Met> met_;
  HashIndex index_;  ///< Of numbers in the pool.
  std::deque<Cell> pool_;
  std::vector<Number> free_;
  std::vector<Number> changed_;     ///< All that are unsaved, and some others.
  std::set<EntryId> ids_;           ///< Those that are taken.
  Now none_at_rest_before_{};       ///< By either clock.
  std::vector<EntryId> gone_;       ///< Forgotten, and not yet told to the store.
  std::vector<EntryId> gone_last_;  ///< As they were last taken.
};

}  // namespace sluice
