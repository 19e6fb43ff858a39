// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "actors/runtime/flush_pace.hpp"
#include "actors/runtime/hosting.hpp"
#include "actors/runtime/tenure.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/journal.hpp"

namespace sluice {

/// Makes safe what a host decided, and only then lets its answers go.
///
///   decide --charged--> held --end of turn: commit, still the owner?--> (synced?) --> answered
///
/// At the end of a turn, in this order: what the turn changed is committed to the journal; answers
/// that are safe by then leave; then, and not before, the state that was committed is gathered for
/// the store. Checks whose commit failed, or that are safe only after the tenure, stay unanswered:
/// what was charged may be counted, but nobody was told.
///
/// The journal is kept short by the store: what a flush has saved, it need not hold. When the store
/// is away for long, a checkpoint keeps it short: everything unsaved is written to it once more, so
/// that all before that can go.
///
/// Role       The shard host without its mailbox, around `Hosting`: everything that has an order in
///            time. It knows no actor and no thread, so the simulator runs it as it is.
/// Threading  Confined to its reactor.
/// Ownership  Borrows all that it is given.
/// Units      `Now` is the decisions' time; the tenure and lags go by the machine's.
/// Errors     Told to the observer, as are journal and flushes that begin or cease to work. A flush
///            that failed is tried again after a back-off, for ever; a commit that failed, with the
///            next turn's.
/// Cost       A turn that charged nothing costs a few comparisons.
class Upkeep {
public:
  /// Those whom a host asks and answers.
  class Surroundings {
  public:
    virtual ~Surroundings() = default;
    virtual void load(std::vector<TenantId> tenants) = 0;  ///< Comes back as `loaded`.
    virtual void save(SaveBatch batch) = 0;                ///< Comes back as `flushed`.
    virtual void grant(const FirstUse& use) = 0;           ///< Comes back as `granted`.
    virtual void deny(const DeniedUse& use) = 0;           ///< Its owner may be told.
    /// So many checks of it are parts of their own from now on: they wait for their tenants.
    virtual void split(CheckBatch& batch, std::uint32_t checks) = 0;
    virtual void answered(CheckBatch& part) = 0;    ///< One part of it may be told.
    virtual void unanswered(CheckBatch& part) = 0;  ///< One part of it must not.
    virtual void wake() = 0;                        ///< Another turn, soon.
    virtual void drained(std::size_t tenants_unsaved) = 0;
  };

  struct Parts {
    Hosting* hosting;
    Journal* journal;
    const Tenure* tenure;
    const Clock* machine;  ///< Monotonic time that nobody simulates.
    Observer* observer;
    Surroundings* surroundings;
    FlushPace pace;
    /// What the journal may hold beyond twice the last checkpoint.
    std::uint64_t checkpoint_bytes;
    /// Of a flush. Gathering so many takes some ten microseconds, as does settling them; then other
    /// work gets its turn.
    std::size_t tenants_per_slice = 64;
  };
  explicit Upkeep(Parts parts);

  /// Decides a part of a batch.
  void decide(CheckBatch& batch, BatchItems items, const Now& now);
  void loaded(std::vector<LoadedTenant>& tenants, const Now& now);
  void granted(const FirstUse& use, const Result<Done>& outcome, const Now& now);
  void flushed(const Result<Done>& outcome, Duration took);
  /// Again: a flush that failed is due.
  void store_answers();
  void tick(const Now& now);
  void end_of_turn(const Now& now);
  /// No more checks come: what waits is answered and what is unsaved is saved; after the deadline
  /// no longer.
  void drain(Instant deadline);

  /// Everything that was decided while the clock showed less than this is in the store, unless the
  /// clock was stepped back meanwhile.
  [[nodiscard]] WallTime saved_before(const Now& now) const {
    return parts_.hosting->write_behind().idle() ? now.wall : saved_before_;
  }
  /// What it counted; the rest is left as it is.
  void tell(ReactorStatus& status) const;

private:
  struct Held {
    CheckBatch* part;
    Sequence sequence;  ///< Of the commit that must be durable first.
  };

  void tell_denied();
  void tell_finished(bool charged);
  void look_at_journal();
  void tell(Vital vital, bool& works, bool works_now);
  void commit(const Now& now);
  Result<Sequence> commit_log(const Now& now);
  void give_up(std::span<CheckBatch* const> parts);
  void answer_durable();
  void flush_if_due(const Now& now);
  void flush_failed(const Fault& fault);
  void set_aside(const Fault& refusal);
  void gather_slice(const Now& now);
  void settle_slice();
  void save_if_durable();
  void take_back_if_journal_failed();
  void release_journal();
  void checkpoint_if_due(const Now& now);
  void checkpoint_slice(const Now& now);
  void checkpoint_step(const Now& now);
  void finish_checkpoint_if_durable();
  [[nodiscard]] bool make_room(const Now& now);
  void finish_drain_if_done();
  [[nodiscard]] Instant machine_time() const { return parts_.machine->now().steady; }

  Parts parts_;
  std::vector<CheckBatch*> charged_;  ///< Parts of this turn that may be told once it is committed.
  std::deque<Held> held_;             ///< Those of earlier commits that are not yet durable.
  std::vector<CheckBatch*> finished_;

  bool in_round_ = false;  ///< Of flushes.
  WallTime round_began_{};
  WallTime saved_before_ = WallTime::min();  ///< When the last round began that saved all of it.
  Sequence committed_;                       ///< The last one.
  bool commit_failed_ = false;
  bool journal_works_ = true;  ///< As was told last; so is the next.
  bool flush_works_ = true;
  bool gathering_ = false;
  bool settling_ = false;   ///< The store has the flush; its tenants do not all know yet.
  bool takes_all_ = false;  ///< The flush under way does, because the journal fails.
  std::optional<Sequence> gathered_at_;  ///< Of a flush that waits until the journal has all of it.
  bool fenced_ = false;
  std::uint64_t flushes_ = 0;
  std::uint64_t flush_failures_ = 0;
  Duration last_flush_{};
  std::optional<Instant> unsaved_since_;
  std::optional<Instant> unsaved_since_gather_;  ///< What it will be once the flush is saved.

  /// What it records again next: first what lies with resident tenants, then the rest.
  using CheckpointCursor = std::variant<PlaceIndex, Hosting::RecoveredCursor>;
  std::optional<CheckpointCursor> checkpoint_at_;  ///< While one is under way.
  Sequence checkpoint_from_;                       ///< The last commit before it.
  std::optional<Sequence> checkpoint_end_;         ///< Its last commit, until that is durable.
  Sequence checkpointed_through_;
  std::uint64_t checkpoint_due_bytes_;

  std::optional<Instant> drain_deadline_;
  bool drained_ = false;
};

}  // namespace sluice
