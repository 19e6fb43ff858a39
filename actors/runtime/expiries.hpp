// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <optional>
#include <utility>

#include "actors/runtime/tenant_hash.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Which tenants have a reservation that will end by itself, and when the first of each does at the
/// earliest.
///
/// Role       The timers of a host, without a clock: it is asked what is due.
/// Threading  Confined to its host.
/// Ownership  Owns ids; whether a tenant is still resident is its host's to know.
/// Units      By `Now::steady`.
/// Errors     None.
/// Cost       A look-up for each call, and a few steps in a tree where something changes: with each
///            reservation that is settled the next one of its tenant lies later, which is left for
///            when it would have been due. Some 60 bytes for each tenant in it.
class Expiries {
public:
  explicit Expiries(HashSeed seed) : instants_(0, TenantHash{seed}) {}

  /// One ends at this time, others of the tenant perhaps before.
  void expect(TenantId tenant, std::optional<Instant> at) {
    if (!at) {
      return;
    }
    const auto found = instants_.find(tenant);
    if (found == instants_.end() || *at < found->second) {
      set(tenant, at);
    }
  }
  /// The tenant's next one ends at this time, or it has none.
  void set(TenantId tenant, std::optional<Instant> at) {
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

  /// A tenant whose next one may be due by now.
  [[nodiscard]] std::optional<TenantId> due(Instant now) const {
    const bool is_due = !ordered_.empty() && ordered_.begin()->first <= now;
    return is_due ? std::optional{ordered_.begin()->second} : std::nullopt;
  }

private:
  absl::flat_hash_map<TenantId, Instant, TenantHash> instants_;
  absl::btree_set<std::pair<Instant, TenantId>> ordered_;
};

}  // namespace sluice
