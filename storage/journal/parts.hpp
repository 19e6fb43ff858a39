// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/crossing.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// The parts of a change: counters, buckets, closed windows and entries. Most of the first three
/// have nothing but their plain bytes; a part that has more says so in the highest bit of its
/// amount used, which no amount needs. A closed window says so of a grant in its amount over, and a
/// bucket in its overage of a price, and in that of being a part of one. So a
/// record stays small for what few limits have, and a frame of format 1, which had the plain bytes
/// only, is read like any other. An entry has a length and then the bytes of entry_bytes.hpp. Pure
/// functions on bytes; docs/journal.md has the tables.

struct PartBytes {
  std::size_t plain;
  std::size_t more;
  [[nodiscard]] constexpr std::size_t max() const noexcept { return plain + more; }
};
inline constexpr PartBytes counter_bytes{21, 24};
inline constexpr PartBytes usage_bucket_bytes{26, 16};  ///< Of a whole one.
inline constexpr std::size_t usage_part_bytes_max =
    2 + label_name_bytes_max + label_value_bytes_max;
inline constexpr std::size_t paid_by_bytes = 16;
inline constexpr PartBytes closed_window_bytes{22, 16 + paid_by_bytes};
inline constexpr std::size_t entry_length_bytes = 2;
inline constexpr PartBytes crossing_bytes{55, 0};

[[nodiscard]] std::size_t encoded_bytes(const Counter& counter) noexcept;
[[nodiscard]] std::size_t encoded_bytes(const UsageBucket& bucket) noexcept;
[[nodiscard]] std::size_t encoded_bytes(const ClosedWindow& window) noexcept;
[[nodiscard]] std::size_t encoded_bytes(const Entry& entry) noexcept;
[[nodiscard]] std::size_t encoded_bytes(const ThresholdCrossed& crossed) noexcept;

/// Writes so many bytes and returns the place behind them.
[[nodiscard]] std::byte* encode(const Counter& counter, std::byte* at) noexcept;
[[nodiscard]] std::byte* encode(const UsageBucket& bucket, std::byte* at) noexcept;
[[nodiscard]] std::byte* encode(const ClosedWindow& window, std::byte* at) noexcept;
[[nodiscard]] std::byte* encode(const Entry& entry, std::byte* at) noexcept;
[[nodiscard]] std::byte* encode(const ThresholdCrossed& crossed, std::byte* at) noexcept;

/// Takes a part off the front of the bytes; false if what stands there is not what `encode` writes.
[[nodiscard]] bool take(std::span<const std::byte>& from, Counter& counter) noexcept;
[[nodiscard]] bool take(std::span<const std::byte>& from, UsageBucket& bucket);
[[nodiscard]] bool take(std::span<const std::byte>& from, ClosedWindow& window) noexcept;
[[nodiscard]] bool take(std::span<const std::byte>& from, Entry& entry);
/// Without its tenant, which is that of the change around it.
[[nodiscard]] bool take(std::span<const std::byte>& from, ThresholdCrossed& crossed) noexcept;

}  // namespace sluice
