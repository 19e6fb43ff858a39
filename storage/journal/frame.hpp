// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/usage_values.hpp"
#include "storage/journal/audit_part.hpp"
#include "storage/journal/parts.hpp"
#include "storage/journal/shared_part.hpp"

namespace sluice {

/// A frame is one commit: a header, then changes. Its length is a multiple of `frame_alignment`, so
/// that a search for the next frame behind a damaged one has few places to look at. Pure functions
/// on bytes; docs/journal.md has the tables.

inline constexpr std::size_t frame_header_bytes = 32;
inline constexpr std::size_t frame_alignment = 8;
inline constexpr std::size_t frame_bytes_max = std::size_t{1} << 30;
inline constexpr std::size_t change_header_bytes = 28;
inline constexpr std::size_t entry_count_bytes = 2;
inline constexpr std::size_t audit_count_bytes = 2;
inline constexpr std::size_t shared_count_prefix_bytes = 2;
inline constexpr std::size_t crossing_count_bytes = 2;

/// All thresholds of a tenant stand in one change.
static_assert(change_header_bytes + crossing_count_bytes +
                  crossings_per_decision_max * crossing_bytes.max() <=
              change_bytes_max);

/// A tenant's limits, all with a window that just ended, each on a meter of its own, an entry, and
/// all its grants, which were settled and changed again and have each paid both times, with one
/// more that comes in the place of another, and the audit's event of that. A bucket that is closed
/// is a change by itself.
static_assert(change_header_bytes +
                  limits_per_tenant_max *
                      (counter_bytes.max() + usage_bucket_bytes.max() + closed_window_bytes.max()) +
                  entry_count_bytes + audit_count_bytes + audit_part_bytes_max +
                  entry_length_bytes + entry_bytes_max +
                  (2 * grants_per_tenant_max + 1) *
                      (entry_length_bytes + granted_entry_bytes_max + closed_window_bytes.max()) <=
              change_bytes_max);

/// All parts of a tenant's open buckets, beside those.
static_assert(change_header_bytes +
                  limits_per_tenant_max * (counter_bytes.max() + usage_bucket_bytes.max()) +
                  UsageValues::parts_max * (usage_bucket_bytes.max() + usage_part_bytes_max) <=
              change_bytes_max);

/// CRC-32C (Castagnoli), as iSCSI has it.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept;

[[nodiscard]] constexpr std::size_t aligned(std::size_t bytes) noexcept {
  return (bytes + frame_alignment - 1) / frame_alignment * frame_alignment;
}

[[nodiscard]] std::size_t encoded_bytes(const TenantChange& change) noexcept;

/// Writes `encoded_bytes(change)` bytes, which must be at most `change_bytes_max`, and returns the
/// place behind them.
[[nodiscard]] std::byte* encode(const TenantChange& change, std::byte* at) noexcept;

struct FrameHeader {
  Sequence sequence;
  /// What was known to be on the disk when this was written.
  Sequence synced_through;
  /// The checksum of the frame that this one goes on from; 0 if it is the first. A commit that had
  /// to be written twice has one sequence and two checksums.
  std::uint32_t follows = 0;
  std::uint32_t changes = 0;

  /// A frame without changes is no commit, but a mark that `repair` left: everything after
  /// `synced_through`, up to this sequence, was given up.
  [[nodiscard]] bool is_mark() const noexcept { return changes == 0; }
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

/// Makes a frame of bytes whose first `frame_header_bytes` are free; the rest is changes, and zeros
/// up to the alignment. Returns its checksum.
std::uint32_t seal(std::span<std::byte> frame, const FrameHeader& header) noexcept;

struct Frame {
  FrameHeader header;
  std::uint32_t checksum = 0;
  std::span<const std::byte> bytes;  ///< With its header.
};

/// What the header says of a frame that starts here, which may not be whole.
[[nodiscard]] std::optional<FrameHeader> claim_at(std::span<const std::byte> bytes) noexcept;

/// The frame that starts here, if its length and checksum are right.
[[nodiscard]] std::optional<Frame> frame_at(std::span<const std::byte> bytes) noexcept;

/// Reads the changes of frames, one frame after the other.
///
/// Role       The way back from bytes that anybody may have written. It reads only within the
///            frame, and believes nothing.
/// Threading  Confined.
/// Ownership  Keeps a change's parts until the next call; used again for each frame, so that it
///            allocates no more once it is warm, but for what reservations hold.
/// Units      As `TenantChange`.
/// Errors     `whole` is false if what was read is not what `encode` writes.
/// Cost       A copy of each part.
class ChangeReader {
public:
  void start(const Frame& frame) noexcept;
  /// The next change; null after the last one, or where the frame stops making sense.
  [[nodiscard]] const TenantChange* next();
  /// Everything up to the end of the frame made sense.
  [[nodiscard]] bool whole() const noexcept { return whole_; }

private:
  [[nodiscard]] bool read_change();

  std::span<const std::byte> left_;
  std::uint32_t changes_left_ = 0;
  bool whole_ = false;
  TenantChange change_;
  std::vector<Counter> counters_;
  std::vector<UsageBucket> open_usage_;
  std::vector<UsageBucket> closed_usage_;
  std::vector<ClosedWindow> closed_windows_;
  std::vector<Entry> entries_;
  std::vector<AuditRow> audit_;
  std::vector<ThresholdCrossed> crossed_;
  std::vector<SharedHourRow> closed_shared_;
};

}  // namespace sluice
