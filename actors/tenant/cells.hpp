// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/limit_state.hpp"
#include "actors/tenant/plan.hpp"

namespace sluice {

/// The counters of limits that have one for each combination of labels.
///
/// Role       A map from limit and label values to counters, and which of them the request at hand
///            meets. Only tenants with labelled limits have one.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the counters; a pointer to one is good until `forget_at_rest` or `adopt`.
/// Units      Of the limits.
/// Errors     None.
/// Cost       A tree look-up for each labelled limit that is met. With `live_max` counters, a new
///            one costs a look at all of them, unless none can have come to rest since the last
///            look. A counter takes some 250 bytes.
class Cells {
public:
  /// For each tenant. A counter is forgotten once it is as if it had never been used.
  static constexpr std::size_t live_max = 10'000;

  struct Key {
    LimitId limit;
    std::vector<std::string> values;  ///< In the order of `Limit::per`.
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Cell {
    LimitState state;
    Amount held{};
    EntryId id{};  ///< What it is stored under.
  };
  using Counters = std::map<Key, Cell>;
  /// What the labels of a request make of a limit: it does not apply, or it is met in this counter
  /// or, without one, in that of all requests.
  struct Met {
    bool applies = true;
    Counters::value_type* cell = nullptr;
  };

  explicit Cells(std::size_t limits) : met_(limits) {}

  /// From now on the plan's labelled limits on these meters are met as the labels say. A counter
  /// that there is not yet is made. False if there are too many.
  [[nodiscard]] bool meet(std::span<const Charge> charges, std::span<const Label> labels,
                          const Plan& plan, const Now& now);
  [[nodiscard]] const Met& met(std::uint32_t slot) const noexcept { return met_[slot]; }

  /// As it was stored. Nothing happens if the plan has no such limit any more, and then it is as
  /// forgotten.
  void restore(const Entry& entry, const Plan& plan, const Now& now);
  /// The counters go on under other rules; those that have none any more are forgotten.
  void adopt(const Plan& from, const Plan& to, const Now& now);
  /// For so many limits, of which nothing is held yet; none is met.
  void clear_holds(std::size_t limits);

  /// It changed; what is stored of it now. Good until `forget_told`.
  const Entry& tell(const Counters::value_type& cell, const Plan& plan, const Now& now);
  void forget_told() { told_.clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return counters_.size(); }
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
  [[nodiscard]] static Entry entry_of(const Counters::value_type& cell, const Plan& plan,
                                      const Now& now);
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
  [[nodiscard]] const std::set<Key>& unsaved() const noexcept { return unsaved_; }

private:
  Counters::value_type* find_or_make(Key key, const PlannedLimit& limit, const Plan& plan,
                                     const Now& now);
  void forget_at_rest(const Plan& plan, const Now& now);
  Counters::iterator forget(Counters::iterator cell);

  Counters counters_;
  std::map<EntryId, LimitId> ids_;  ///< Those that are taken.
  std::vector<Met> met_;
  Now none_at_rest_before_{};  ///< By either clock.
  std::vector<std::unique_ptr<Entry>> told_;
  std::set<Key> unsaved_;
  std::vector<EntryId> gone_;       ///< Forgotten, and not yet told to the store.
  std::vector<EntryId> gone_last_;  ///< As they were last taken.
};

}  // namespace sluice
