// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/tenant/fault.hpp"
#include "storage/journal/background.hpp"
#include "storage/journal/disk.hpp"
#include "storage/journal/segment.hpp"

namespace sluice {

/// A segment that is being written, or was.
struct OpenSegment {
  std::string name;
  SegmentNumber number;
  std::unique_ptr<DiskFile> file;
};

struct SegmentPlan {
  JournalId journal;
  Durability durability = Durability::process;
  BootId boot;
  std::uint64_t segment_bytes = 0;
};

/// Has the next segment of a journal ready before it is needed, and takes the old ones away.
///
/// Role       Keeps one segment prepared, in the background: its space taken, its header and its
///            name durable. So a full disk is met here, where nothing depends on it yet, and never
///            in a commit. Segments are removed oldest first, each durably before the next, so that
///            a power cut never leaves a hole in the middle.
/// Threading  Confined, but for its own jobs; what they share is behind a lock that is never held
///            during a system call.
/// Ownership  Shares its state with its jobs: one that runs late does no harm.
/// Units      Bytes of files.
/// Errors     What fails in the background is counted, and tried again when `tick` is called.
/// Cost       `take` is a lock and a post. `make_now` is system calls of milliseconds.
class SegmentSupply {
public:
  SegmentSupply(Disk& disk, Background& background, SegmentPlan plan);
  ~SegmentSupply();
  SegmentSupply(const SegmentSupply&) = delete;
  SegmentSupply& operator=(const SegmentSupply&) = delete;

  /// The size of the segment that `take` would give; 0 if there is none.
  [[nodiscard]] std::uint64_t ready_bytes() const noexcept;
  /// The prepared segment, or null; the next one is asked for.
  [[nodiscard]] std::shared_ptr<OpenSegment> take();
  /// A segment of this size, prepared here and now; one that was prepared before is given up,
  /// because its number would be too low to be used after this one.
  [[nodiscard]] Result<std::shared_ptr<OpenSegment>> make_now(std::uint64_t bytes);
  /// Removes a segment that was taken, after those that were given back before it. The supply is
  /// then the one to close it, in the background: freeing its pages takes milliseconds.
  void give_back(std::shared_ptr<OpenSegment> segment);
  /// Prepares a segment if there is none, and tries again to remove what could not be.
  void tick();

  /// Of all segments that are not yet removed.
  [[nodiscard]] std::uint64_t bytes() const noexcept;
  [[nodiscard]] std::uint64_t failures() const noexcept;

private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sluice
