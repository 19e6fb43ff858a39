// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "actors/runtime/activations.hpp"
#include "actors/runtime/recovered.hpp"
#include "actors/runtime/tenant_table.hpp"
#include "actors/runtime/unsaved_history.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Knows what the store has not seen yet, and carries it there in batches.
///
///   clean --changed--> dirty --gather--> flushing --saved--> clean
///                        ^                   |
///                        +------failed-------+      (a change while flushing makes it dirty too)
///
/// Dirty tenants stand in a queue, each since the commit that first recorded it. So what is in
/// front of the queue says up to which commit the store has everything: that is the watermark of a
/// batch, and what the journal need not keep. After a failure the mark stands still until
/// everything that was dirty then has been saved.
///
/// Closed minutes and windows go together with the tenant that closed them, which is dirty, too.
/// What a start recovered goes beside them.
///
/// Role       Bookkeeping: a queue of dirty tenants, their history, and the one flush under way.
/// Threading  Confined to its host.
/// Ownership  Refers to tenants of one table and keeps those from being freed that it still needs.
/// Units      None.
/// Errors     None. What a flush carries is absolute, so sending it again does no harm.
/// Cost       `changed` is a few stores and allocates nothing. A flush allocates its rows.
class WriteBehind {
public:
  struct Bounds {
    std::size_t flush_tenants_max;  ///< In one flush.
    std::size_t history_rows_max;   ///< That wait; beyond them minutes stay open and windows go.
  };

  WriteBehind(TenantTable& table, const Bounds& bounds, Epoch epoch, ShardCount shards,
              Recovered recovered);

  void changed(HostedTenant& hosted);
  /// By tenants that are dirty.
  void closed(std::span<const UsageRow> rows);
  void closed(std::span<const WindowRow> rows);
  /// Of tenants that are dirty. None is ever let go, however many there are.
  void audited(std::span<const AuditRow> rows);
  [[nodiscard]] bool history_full() const noexcept {
    return history_.rows() >= bounds_.history_rows_max;
  }
  /// What was recovered of this tenant is in its state, which `changed`.
  void admitted(TenantId recovered);
  /// The tenant is no more, and nothing of it may reach another one with its id: neither rows of
  /// history nor what was recovered.
  void forget(TenantId tenant);
  /// Everything that changed before is in this commit or an earlier one. Called before `begin`.
  void committed(Sequence sequence);

  /// Starts a round: what is dirty now is written in as many flushes as it takes, one after the
  /// other. A round for each interval, and not a flush whenever it would be full: so a tenant that
  /// is always busy is written once an interval, however many there are.
  void begin_round() noexcept { round_end_ = enqueued_; }
  /// Nothing of the round is left to be flushed.
  [[nodiscard]] bool round_over() const noexcept {
    return dequeued_ >= round_end_ && recovered_.tenants() == 0;
  }
  enum class Extent : std::uint8_t { round, everything };
  /// Starts a flush of what is left of the round, or of everything that the store lacks, however
  /// much that is. None may be under way.
  void begin(Extent extent = Extent::round);
  /// Takes the state and the history of up to `tenants` tenants. Returns whether that were all; a
  /// host does it in slices, so that no turn becomes long.
  bool gather(std::size_t tenants, const Now& now);
  /// What was gathered, to be given to `Store::save`.
  [[nodiscard]] SaveBatch take_batch();
  /// The store has it all: ends the flush of up to `tenants` tenants, and returns whether that were
  /// all. A host does this in slices, too. A tenant that is being loaded may have been read before:
  /// what was recovered of it stays, to be put over what comes.
  bool saved(std::size_t tenants, const Activations& loading);
  /// The store may have none of it, or was not asked.
  void failed();

  /// The store has everything that was committed up to here.
  [[nodiscard]] Sequence saved_through() const noexcept { return saved_through_; }
  [[nodiscard]] bool under_way() const noexcept { return under_way_; }
  /// Nothing is left that the store is not known to have.
  [[nodiscard]] bool idle() const noexcept { return unsaved() == 0; }
  /// Tenants whose latest state is not known to be in the store.
  [[nodiscard]] std::size_t unsaved() const noexcept { return unsaved_ + recovered_.tenants(); }
  [[nodiscard]] const UnsavedHistory& history() const noexcept { return history_; }
  [[nodiscard]] std::uint64_t history_lost() const noexcept { return history_lost_; }
  [[nodiscard]] Recovered& recovered() noexcept { return recovered_; }

private:
  /// The queue's entries up to and without `position` (counted from the first ever) were recorded
  /// by `sequence` or a later commit, those before this mark's predecessor earlier.
  struct Mark {
    Sequence sequence;
    std::uint64_t position;
  };

  void enqueue(HostedTenant& hosted);
  HostedTenant& dequeue();
  /// It is neither in the queue nor in the flush any more.
  void settle(HostedTenant& hosted);
  void mark_shard_of(TenantId tenant);
  void take_shards();
  void end_flush();
  void gather_recovered();
  void put_into_batch(TenantId tenant, const TenantState& state);
  [[nodiscard]] bool has_enough_history() const noexcept;
  [[nodiscard]] Sequence mark_of_flush() const;

  TenantTable& table_;
  Bounds bounds_;
  ShardCount shards_;
  PlaceIndex first_dirty_ = no_place;
  PlaceIndex last_dirty_ = no_place;
  std::size_t queued_ = 0;
  std::size_t unsaved_ = 0;
  UnsavedHistory history_;
  std::uint64_t history_lost_ = 0;
  Recovered recovered_;

  std::uint64_t enqueued_ = 0;  ///< Ever; with `dequeued_` the positions in the queue.
  std::uint64_t dequeued_ = 0;
  std::deque<Mark> marks_;
  std::uint64_t round_end_ = 0;        ///< A position.
  std::uint64_t hold_mark_until_ = 0;  ///< A position: all before it must be saved first.
  Sequence committed_;
  Sequence saved_through_;

  bool under_way_ = false;
  Extent extent_ = Extent::round;
  bool taken_ = false;  ///< The batch is with the store.
  std::size_t to_gather_ = 0;
  std::size_t settled_ = 0;  ///< Of those that are `flushing_`.
  std::vector<bool> shard_in_batch_;
  std::vector<HostedTenant*> flushing_;
  std::vector<TenantId> flushing_recovered_;
  bool recovered_left_ = false;  ///< When this flush began, some had no place in it.
  SaveBatch batch_;
  std::size_t counters_in_last_ = 0;
  std::size_t usage_in_last_ = 0;
  TenantState state_;  ///< Kept for its memory.
};

}  // namespace sluice
