// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "storage/journal/disk.hpp"
#include "storage/journal/frame.hpp"
#include "storage/journal/segment.hpp"

namespace sluice {

/// What is in the files of a directory, and what of it counts.
///
/// Sequences of a journal have no gaps: a commit that could not be written keeps its sequence and
/// goes to the next segment. So whatever is missing between two frames shows as a jump, whether
/// bytes of it are left or its file is gone, and bad bytes without a jump are harmless. What a jump
/// means depends on whether the bytes can have been there:
///
///   - They were written under the machine that still runs, so the operating system has had them
///     ever since; or a frame says that they were synced. Then they are damaged, and going on
///     without them would lose what was acknowledged: an operator decides.
///   - Else the machine stopped before it had brought them to the disk. Then the journal ends
///     there, and what stands behind is passed over, although it can be read: it was not safe yet.
///
/// A failed write may yet arrive, and what was then written in its place be lost. So a frame also
/// names the checksum of the one before it, and a frame with another one before it is a jump, too.

/// What the frame after this one must say, or one that was written in its place.
struct FrameLink {
  std::uint32_t checksum = 0;
  std::uint32_t follows = 0;
  bool is_mark = false;  ///< Nobody followed it when it was written.
};

/// Frames without a jump or a bad place between them.
struct FrameRun {
  std::optional<std::uint64_t> bad_before;  ///< Offset of the bad place right in front of it.
  std::uint64_t begin = 0;                  ///< Offsets in the file.
  std::uint64_t end = 0;
  std::uint64_t frames = 0;
  Sequence first;
  Sequence last;
  std::uint32_t follows = 0;  ///< As the first frame says.
  FrameLink end_link;
  std::optional<Sequence> gap_after;  ///< The first frame is a mark for all that is after this.
};

struct SurveyedSegment {
  SegmentName name;
  std::uint64_t size = 0;
  std::optional<SegmentHeader> header;  ///< Nothing if it is damaged.
  std::vector<FrameRun> runs;
  std::optional<std::uint64_t> bad_tail;  ///< A bad place with no frame behind it.
  /// If all that is in it is a bad place, what its first bytes say: perhaps a write that failed,
  /// and was repeated in the next segment.
  std::optional<FrameHeader> only_claim;
};

struct SurveyedJournal {
  JournalId id;
  BootId boot;              ///< Empty if no header could be read.
  Sequence synced_through;  ///< The highest that a frame tells.
  std::vector<SurveyedSegment> segments;
};

/// Reads everything, one segment at a time; journals and segments are in the order of their names.
/// `invalid_argument` if a newer sluiced wrote a segment; `unavailable` if one cannot be read.
[[nodiscard]] Result<std::vector<SurveyedJournal>> survey(Disk& disk);

/// The place of a run.
struct RunIndex {
  std::size_t segment = 0;
  std::size_t run = 0;
  friend bool operator==(const RunIndex&, const RunIndex&) = default;
};

/// What is not there. `segment` and `offset` say where that was found.
struct Loss {
  enum class Kind : std::uint8_t {
    torn,      ///< The last commit was never whole.
    cut,       ///< A power cut took the end: what was never said to be on the disk.
    damaged,   ///< It was there and is not any more.
    misplaced  ///< It is there, but older than what stands before it. Damage, too.
  };
  Kind kind = Kind::torn;
  std::size_t segment = 0;
  std::uint64_t offset = 0;
  Sequence first;  ///< What is missing or passed over; unknown (zero) if `torn`.
  Sequence last;
  RunIndex before;  ///< The run that does not go on from the one before; nothing if `torn`.

  [[nodiscard]] bool is_damage() const noexcept {
    return kind == Kind::damaged || kind == Kind::misplaced;
  }
};

struct Judgement {
  std::vector<RunIndex> kept;  ///< In their order.
  std::vector<Loss> losses;
};

/// Tells what counts, and what is lost; after damage it goes on as if it had been accepted.
[[nodiscard]] Judgement judge(const SurveyedJournal& journal, const BootId& current_boot);

/// Reads the whole file of a segment; the buffer is used again for the next one.
[[nodiscard]] Result<std::span<const std::byte>> read_segment(Disk& disk, const std::string& file,
                                                              std::vector<std::byte>& buffer);

}  // namespace sluice
