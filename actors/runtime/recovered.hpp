// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "actors/runtime/unsaved_history.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// What journals held and the store may not have: the newest state of each limit and meter, and
/// history.
///
/// Role       Lies over the store: a tenant that is loaded takes its part out of it, and what
///            nobody asks for is written behind like everything else.
/// Threading  Confined to one host, after it was filled at the start.
/// Ownership  Owns its rows.
/// Units      None.
/// Errors     None.
/// Cost       A few allocations for each tenant.
class Recovered {
public:
  /// A newer change than all before of this tenant.
  void apply(const TenantChange& change);
  void forget(TenantId tenant);

  /// What to put over a stored state; nothing if there is none. It stays until it is forgotten.
  [[nodiscard]] const TenantState* find(TenantId tenant) const;
  [[nodiscard]] std::size_t tenants() const noexcept { return tenants_.size(); }
  /// The tenant with the next id behind this one, or the lowest of all; null if there is none.
  [[nodiscard]] const std::pair<const TenantId, TenantState>* next(
      std::optional<TenantId> behind) const;
  /// Each tenant that has rows of it has a state, too, be it empty.
  [[nodiscard]] const UnsavedHistory& history() const noexcept { return history_; }
  /// For whoever carries it on.
  [[nodiscard]] UnsavedHistory take_history() noexcept { return std::exchange(history_, {}); }

private:
  absl::btree_map<TenantId, TenantState> tenants_;  ///< In an order that chance has no part in.
  /// Where in the state of its tenant an entry lies.
  absl::btree_map<std::pair<TenantId, EntryId>, std::size_t> entries_;
  UnsavedHistory history_;
};

/// The state with the newer one put over it: counters by limit, usage by meter, and entries behind
/// those that they take the place of.
void put_over(TenantState& state, const TenantState& newer);

}  // namespace sluice
