// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/strong.hpp"

namespace sluice {

/// A journal is a row of files, its segments; docs/journal.md has the bytes. A segment is a header
/// and then frames (frame.hpp), one for each commit, without a space between them. What was never
/// written is zeros.

/// Names one run of the machine; empty is "unknown".
using BootId = Strong<struct BootIdTag, std::string>;
inline constexpr std::size_t boot_id_characters_max = 64;

/// Which journal of which run. Sorted as its changes are to be replayed.
struct JournalId {
  Epoch epoch;
  std::uint16_t reactor = 0;
  friend auto operator<=>(const JournalId&, const JournalId&) = default;
};

/// Counts the files of a journal, from 1. There may be gaps.
using SegmentNumber = Strong<struct SegmentNumberTag, std::uint64_t>;

/// The name of a segment says where it belongs: `0000000000000007-002-00000012.journal` is the
/// twelfth segment of reactor 2 in epoch 7. The numbers are hexadecimal but for the reactor's, and
/// sort as they are.
struct SegmentName {
  JournalId journal;
  SegmentNumber number;
  friend auto operator<=>(const SegmentName&, const SegmentName&) = default;
};
[[nodiscard]] std::string to_string(const SegmentName& name);
/// Nothing if it is not the name of a segment.
[[nodiscard]] std::optional<SegmentName> parse_segment_name(std::string_view file);

/// What stands at the start of a segment, durably before there is a frame in it.
struct SegmentHeader {
  SegmentName name;
  Durability durability = Durability::process;
  BootId boot;  ///< Of the machine that wrote it; at most `boot_id_characters_max`.
  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

inline constexpr std::size_t segment_header_bytes = 128;
/// Of what is written; every version up to it is read. Whatever makes sense in one format means the
/// same in all later ones, so that the reader of a frame need not know which one it is of.
inline constexpr std::uint32_t segment_version = 7;

[[nodiscard]] std::array<std::byte, segment_header_bytes> encode(const SegmentHeader& header);
/// Nothing if these bytes are no header, or damaged. `invalid_argument` if a newer sluiced wrote
/// them.
[[nodiscard]] Result<std::optional<SegmentHeader>> decode_header(std::span<const std::byte> bytes);

}  // namespace sluice
