// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include <optional>
#include <utility>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Which tenants have a reservation that will end by itself, and when the first of each does.
///
/// Role       The timers of a host, without a clock: it is asked what is due.
/// Threading  Confined to its host.
/// Ownership  Owns ids; whether a tenant is still resident is its host's to know.
/// Units      By `Now::steady`.
/// Errors     None.
/// Cost       A few steps in a tree for each call; some 60 bytes for each tenant in it.
class Expiries {
public:
  /// The tenant's next one, in place of what was expected before; nothing: it has none.
  void expect(TenantId tenant, std::optional<Instant> at) {
    if (const auto found = instants_.find(tenant); found != instants_.end()) {
      if (at == found->second) {
        return;
      }
      ordered_.erase({found->second, tenant});
      instants_.erase(found);
    }
    if (at) {
      instants_.emplace(tenant, *at);
      ordered_.insert({*at, tenant});
    }
  }

  /// A tenant whose next one is due by now.
  [[nodiscard]] std::optional<TenantId> due(Instant now) const {
    const bool is_due = !ordered_.empty() && ordered_.begin()->first <= now;
    return is_due ? std::optional{ordered_.begin()->second} : std::nullopt;
  }

private:
  absl::btree_map<TenantId, Instant> instants_;
  absl::btree_set<std::pair<Instant, TenantId>> ordered_;
};

}  // namespace sluice
