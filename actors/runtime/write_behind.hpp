// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "actors/runtime/activations.hpp"
#include "actors/runtime/dirty_queue.hpp"
#include "actors/runtime/recovered.hpp"
#include "actors/runtime/set_aside.hpp"
#include "actors/runtime/tenant_table.hpp"
#include "actors/runtime/unsaved_history.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Knows what the store has not seen yet, and carries it there in batches.
///
///   clean --changed--> dirty --gather--> flushing --saved--> clean
///                        ^                   |
///                        +--failed, refused--+      (a change while flushing makes it dirty too)
///
/// The watermark of a batch is that of the queue of dirty tenants (dirty_queue.hpp). After a
/// failure it stands still until everything that was dirty then has been saved.
///
/// A flush has as many rows as the store is known to take: half as many after each failure, twice
/// as many after each success. What is more all the same, because it is one tenant's, goes in
/// several parts.
///
/// What the store refuses, and would refuse another time, it refuses for one tenant. That one is
/// found by halves, and set aside: it is tried alone, later and later, while the others go on. The
/// watermark stands still meanwhile, and the journal keeps what the tenant has.
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
    std::size_t flush_rows_max = 50'000;  ///< With so many a flush takes no further tenant.
  };

  WriteBehind(TenantTable& table, const Bounds& bounds, Epoch epoch, ShardCount shards,
              Recovered recovered);

  void changed(HostedTenant& hosted);
  /// By tenants that are dirty.
  void closed(std::span<const UsageRow> rows);
  void closed(std::span<const WindowRow> rows);
  /// Of tenants that are dirty. None is ever let go, however many there are.
  void audited(std::span<const AuditRow> rows);
  /// By tenants that are dirty.
  void crossed(std::span<const ThresholdCrossed> rows);
  /// The same of hours of sharing: they are what somebody pays for.
  void closed(std::span<const SharedHourRow> rows);
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
  void begin_round() noexcept {
    round_end_ = queue_.end();
    aside_.begin_round();
  }
  /// Nothing of the round is left to be flushed.
  [[nodiscard]] bool round_over() const;
  enum class Extent : std::uint8_t { round, everything };
  /// Starts a flush of what is left of the round, or of everything that the store lacks, however
  /// much that is. None may be under way.
  void begin(Extent extent = Extent::round);
  /// Takes the state and the history of up to `tenants` tenants. Returns whether that were all; a
  /// host does it in slices, so that no turn becomes long.
  bool gather(std::size_t tenants, const Now& now);
  /// What was gathered, or the next part of it, to be given to `Store::save`.
  [[nodiscard]] SaveBatch take_batch();
  /// The store has what was taken, and there is another part to be taken.
  [[nodiscard]] bool has_more() const noexcept { return !parts_.empty(); }
  /// The store has it all: ends the flush of up to `tenants` tenants, and returns whether that were
  /// all. A host does this in slices, too. A tenant that is being loaded may have been read before:
  /// what was recovered of it stays, to be put over what comes.
  bool saved(std::size_t tenants, const Activations& loading);
  /// The store may have none of it: the next flush is smaller.
  void failed();
  /// The store was not asked.
  void taken_back();
  /// The store refused it for what is in it: the next flush has half of the tenants. Returns the
  /// tenant if it was alone, which is set aside, and whether that is news. Not when the flush is of
  /// everything, nor when `aside` is full.
  struct Refused {
    TenantId tenant;
    bool is_news;
  };
  std::optional<Refused> refused(const Fault& fault);

  /// The store has everything that was committed up to here.
  [[nodiscard]] Sequence saved_through() const noexcept { return saved_through_; }
  [[nodiscard]] bool under_way() const noexcept { return under_way_; }
  [[nodiscard]] const SetAside& aside() const noexcept { return aside_; }
  /// Nothing is left but what the store refuses.
  [[nodiscard]] bool only_aside() const noexcept { return unsaved() <= aside_.size(); }
  /// Nothing is left that the store is not known to have.
  [[nodiscard]] bool idle() const noexcept { return unsaved() == 0; }
  /// Tenants whose latest state is not known to be in the store.
  [[nodiscard]] std::size_t unsaved() const noexcept { return unsaved_ + recovered_.tenants(); }
  [[nodiscard]] const UnsavedHistory& history() const noexcept { return history_; }
  [[nodiscard]] std::uint64_t history_lost() const noexcept { return history_lost_; }
  [[nodiscard]] Recovered& recovered() noexcept { return recovered_; }

private:
  void gather_recovered();
  bool gather_next(const Now& now);
  /// Moves the entries out of the state.
  void put_into_batch(TenantId tenant, TenantState& state);
  void mark_shard_of(TenantId tenant);
  void take_shards();
  void cut_into_parts();
  [[nodiscard]] Sequence mark_of_flush();
  [[nodiscard]] bool has_enough_rows() const noexcept;
  [[nodiscard]] std::size_t tenants_in_flush() const noexcept {
    return flushing_.size() + flushing_recovered_.size();
  }
  [[nodiscard]] bool is_looking_for_one() const noexcept {
    return flush_tenants_ < bounds_.flush_tenants_max;
  }
  enum class Turn : std::uint8_t { take, pass_over, stop };
  [[nodiscard]] Turn turn_of(TenantId tenant) const;
  /// It is neither in the queue nor in the flush any more.
  void settle(HostedTenant& hosted);
  void take_all_back();
  void grow();
  void end_flush();

  TenantTable& table_;
  Bounds bounds_;
  ShardCount shards_;
  DirtyQueue queue_;
  std::size_t unsaved_ = 0;
  UnsavedHistory history_;
  std::uint64_t history_lost_ = 0;
  Recovered recovered_;
  SetAside aside_;

  DirtyQueue::Position round_end_ = 0;
  Sequence saved_through_;
  std::size_t flush_rows_;                ///< What a flush may have now.
  std::size_t flush_tenants_;             ///< Fewer while one is looked for that the store refuses.
  DirtyQueue::Position looks_until_ = 0;  ///< It is before this.

  bool under_way_ = false;
  Extent extent_ = Extent::round;
  bool taken_ = false;  ///< The store has the batch, or a part of it.
  std::size_t to_gather_ = 0;
  std::size_t settled_ = 0;  ///< Of those that are `flushing_`.
  std::vector<bool> shard_in_batch_;
  std::vector<HostedTenant*> flushing_;
  std::vector<TenantId> flushing_recovered_;
  bool recovered_left_ = false;  ///< When this flush began, some had no place in it.
  SaveBatch batch_;
  std::deque<SaveBatch> parts_;      ///< That the store is still to be given.
  std::optional<Sequence> through_;  ///< What is true once it has them all.
  std::size_t rows_with_store_ = 0;
  std::size_t counters_in_last_ = 0;
  std::size_t usage_in_last_ = 0;
  std::size_t entries_in_last_ = 0;
  TenantState state_;  ///< Kept for its memory.
};

}  // namespace sluice
