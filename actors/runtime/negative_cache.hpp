// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "actors/runtime/tenant_hash.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Remembers for a while which tenants do not exist, so that asking for them again and again does
/// not reach the store.
///
/// Role       A direct-mapped table: an id has one place, and the newest id there wins.
/// Threading  Confined to its host.
/// Ownership  Owns its table.
/// Units      `Instant`.
/// Errors     None. It may forget early, never late.
/// Cost       One cache miss. Memory is fixed: 24 bytes an entry.
class NegativeCache {
public:
  /// Rounds `entries_max` down to a power of two; at least one.
  NegativeCache(std::size_t entries_max, Duration believed_for, HashSeed seed);

  void remember(TenantId id, Instant now);
  void forget(TenantId id);
  [[nodiscard]] bool knows(TenantId id, Instant now) const;

private:
  struct Entry {
    TenantId id;
    Instant until = Instant::min();
  };
  [[nodiscard]] std::size_t place_of(TenantId id) const {
    return hash_(id) & (entries_.size() - 1);
  }

  Duration believed_for_;
  TenantHash hash_;
  std::vector<Entry> entries_;
};

}  // namespace sluice
