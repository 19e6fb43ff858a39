// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/crossing.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// How safe what was committed is when it is acknowledged.
enum class Durability : std::uint8_t {
  memory = 0,   ///< No journal: a crash loses up to a flush interval.
  process = 1,  ///< The operating system has it: the end of the process loses nothing.
  disk = 2,     ///< The disk has it: the end of the machine loses nothing.
};

/// What changed of one tenant: new absolute states, so that replay is "the last one wins". A view.
struct TenantChange {
  TenantId tenant;
  ShardId shard;
  bool removed = false;  ///< The tenant is no more; what was recorded of it before is void.
  std::span<const Counter> counters{};
  std::span<const UsageBucket> open_usage{};
  std::span<const UsageBucket> closed_usage{};
  std::span<const ClosedWindow> closed_windows{};
  std::span<const Entry> entries{};
  std::span<const AuditRow> audit{};  ///< Of changes that went to the journal first.
  std::span<const ThresholdCrossed> crossed{};
  std::span<const SharedHourRow> closed_shared{};  ///< Of this tenant as the consumer.
};

/// An upper bound on what one change takes in a journal, whatever it holds: room that is kept free
/// for a decision before it is made. Lengths have 16 bits there.
inline constexpr std::size_t change_bytes_max = (64 << 10) - 8;

struct JournalFigures {
  std::uint64_t bytes = 0;          ///< In files that are not yet given back.
  std::uint64_t bytes_written = 0;  ///< Since the start.
  std::uint64_t commits = 0;
  std::uint64_t syncs = 0;
  std::chrono::nanoseconds last_sync{};
  std::uint64_t failures = 0;  ///< Commits and preparations of files that failed.
};

/// Where one reactor writes what its turns changed before any answer of the turn leaves.
///
/// Role       The port to a write-ahead log. All that is added between two commits becomes one
///            record, which is read back whole or not at all.
/// Threading  Confined to its reactor, but for what the implementation does behind it.
/// Ownership  Owns its files; copies what is added.
/// Units      Bytes.
/// Errors     A commit that failed keeps what was added, and it goes with the next one. It cannot
///            fail for want of disk space as long as `room` is heeded. After a sync that failed
///            `durable` stands still and every commit fails, for good: only a restart helps.
/// Cost       `add` copies into memory; `commit` is one write.
class Journal {
public:
  virtual ~Journal() = default;

  /// How much more can be added to the next commit such that there surely is disk space for it.
  [[nodiscard]] virtual std::size_t room() const noexcept = 0;
  virtual void add(const TenantChange& change) = 0;
  /// Writes what was added since the last commit, if anything, and returns the sequence of the last
  /// commit that there was.
  [[nodiscard]] virtual Result<Sequence> commit() = 0;
  /// Everything up to here is as safe as was asked for, and may be acknowledged.
  [[nodiscard]] virtual Sequence durable() const noexcept = 0;
  /// Everything up to here is in the store: files that hold nothing else may go.
  virtual void release(Sequence through) = 0;
  /// Called a few times a second: tries again what failed.
  virtual void tick() = 0;
  [[nodiscard]] virtual JournalFigures figures() const = 0;
};

/// Hears what journals hold. A change is valid during the call only.
class ReplayVisitor {
public:
  virtual ~ReplayVisitor() = default;
  virtual void change(const Watermark& at, const TenantChange& change) = 0;
  virtual void progress(std::uint64_t bytes_done, std::uint64_t bytes_total) = 0;
};

/// All journals of a server.
///
/// Role       The port to the directory that they lie in: what earlier runs left is replayed, taken
///            over into the journals of this run, and only then given up.
/// Threading  One thread, before the reactors start; `open` gives each reactor its journal.
/// Errors     `data_damaged` says which file, which byte, and what an operator can do.
class Journals {
public:
  virtual ~Journals() = default;

  /// Reads everything that earlier runs left: epochs in their order, each reactor's journal in its
  /// own. What was never whole (a torn tail) is passed over.
  [[nodiscard]] virtual Result<Done> replay(ReplayVisitor& visitor) = 0;
  /// A journal of this run. `on_durable` is called, on any thread, when `Journal::durable` grew
  /// outside of `commit`, or will not grow any more (then `commit` tells). It must not block; it is
  /// not called once the journal is gone.
  [[nodiscard]] virtual Result<std::unique_ptr<Journal>> open(Epoch epoch, std::uint16_t reactor,
                                                              std::function<void()> on_durable) = 0;
  /// Whether what is committed to its journals outlives the process.
  [[nodiscard]] virtual bool keeps() const noexcept = 0;
  /// Everything that `replay` told is in the store now, or committed to journals of this run, which
  /// are brought to the disk first. Removes the files it came from.
  [[nodiscard]] virtual Result<Done> forget_replayed() = 0;
};

}  // namespace sluice
