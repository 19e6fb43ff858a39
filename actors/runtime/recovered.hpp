// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "actors/tenant/journal.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// What journals held and the store may not have: the newest state of each limit and meter.
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
  /// Calls `visit(id, state)` for up to `count` tenants, those with the lowest ids.
  template <class Visit>
  void first(std::size_t count, Visit&& visit) const {
    for (auto at = tenants_.begin(); at != tenants_.end() && count > 0; ++at, --count) {
      visit(at->first, at->second);
    }
  }
  [[nodiscard]] const std::vector<UsageRow>& closed_usage() const noexcept { return closed_usage_; }
  [[nodiscard]] const std::vector<WindowRow>& closed_windows() const noexcept {
    return closed_windows_;
  }
  /// These, for whoever carries them on.
  [[nodiscard]] std::vector<UsageRow> take_closed_usage() noexcept {
    return std::exchange(closed_usage_, {});
  }
  [[nodiscard]] std::vector<WindowRow> take_closed_windows() noexcept {
    return std::exchange(closed_windows_, {});
  }

private:
  absl::btree_map<TenantId, TenantState> tenants_;  ///< In an order that chance has no part in.
  /// Where in the state of its tenant an entry lies.
  absl::btree_map<std::pair<TenantId, EntryId>, std::size_t> entries_;
  std::vector<UsageRow> closed_usage_;
  std::vector<WindowRow> closed_windows_;
};

/// The state with the newer one put over it: counters by limit, usage by meter, and entries behind
/// those that they take the place of.
void put_over(TenantState& state, const TenantState& newer);

}  // namespace sluice
