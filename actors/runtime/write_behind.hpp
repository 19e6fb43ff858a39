// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "actors/runtime/tenant_table.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Knows which resident tenants the store has not seen yet, and carries them there in flushes.
///
///   clean --changed--> dirty --gather--> flushing --saved--> clean
///                        ^                   |
///                        +------failed-------+      (a change while flushing makes it dirty too)
///
/// Role       Bookkeeping: a queue of dirty tenants and the one flush under way.
/// Threading  Confined to its host.
/// Ownership  Refers to tenants of one table and keeps those from being freed that it still needs.
/// Units      None.
/// Errors     None. What a flush carries are absolute values, so sending it again does no harm.
/// Cost       `changed` is a few stores and allocates nothing. A flush allocates its rows.
class WriteBehind {
public:
  /// `flush_tenants_max`: how many tenants one flush carries.
  WriteBehind(TenantTable& table, std::size_t flush_tenants_max);

  void changed(HostedTenant& hosted);

  /// Starts a flush of the tenants that are dirty now. None may be under way.
  void begin();
  /// Takes the state of up to `tenants` of them. Returns whether that were all; a host does it in
  /// slices, so that no turn becomes long.
  bool gather(std::size_t tenants, const Now& now);
  /// What was gathered, to be given to `Store::save`.
  [[nodiscard]] std::vector<CounterRow> take_rows() { return std::move(rows_); }
  /// The store has it all.
  void saved();
  /// The store may have none of it.
  void failed();

  [[nodiscard]] bool under_way() const noexcept { return under_way_; }
  /// Tenants whose latest state is not known to be in the store.
  [[nodiscard]] std::size_t unsaved() const noexcept { return unsaved_; }
  /// Whether a flush begun now would be a full one.
  [[nodiscard]] bool flush_is_full() const noexcept { return queued_ >= flush_tenants_max_; }

private:
  void enqueue(HostedTenant& hosted);
  HostedTenant& dequeue();
  /// It is neither in the queue nor in the flush any more.
  void settle(HostedTenant& hosted);

  TenantTable& table_;
  std::size_t flush_tenants_max_;
  PlaceIndex first_dirty_ = no_place;
  PlaceIndex last_dirty_ = no_place;
  std::size_t queued_ = 0;
  std::size_t unsaved_ = 0;
  bool under_way_ = false;
  std::size_t to_gather_ = 0;
  std::vector<HostedTenant*> flushing_;
  std::vector<CounterRow> rows_;
  std::vector<Counter> counters_;
};

}  // namespace sluice
