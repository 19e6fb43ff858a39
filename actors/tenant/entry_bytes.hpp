// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/entry.hpp"

namespace sluice {

/// What journals and stores keep of an entry: bytes that only this file understands, so that all of
/// them keep the same. Integers are little-endian; the first byte is the version of the form.
///
/// Role       Pure functions on bytes.
/// Units      As in `Entry`.
/// Errors     `decode_entry` gives nothing for bytes that `encode_entry` does not write.
/// Cost       A few hundred bytes at the most. Only what appends to a vector allocates, and what
///            makes the charges of a reservation.

inline constexpr std::size_t entry_bytes_max = 1496;
/// Of a counter.
inline constexpr std::size_t counting_entry_bytes_max = 512;
/// Of a grant.
inline constexpr std::size_t granted_entry_bytes_max = 192;
/// Of what was used under a grant of sharing.
inline constexpr std::size_t shared_entry_bytes_max = 256;

/// What `encode_entry` writes of this entry; at most `entry_bytes_max`, but for a page, which is in
/// stores only.
[[nodiscard]] std::size_t encoded_entry_bytes(const Entry& entry) noexcept;
/// Writes so many bytes and returns the place behind them. The entry has an id, and at most
/// `charges_per_check_max` charges.
[[nodiscard]] std::byte* encode_entry(const Entry& entry, std::byte* at) noexcept;
/// Appends them.
void encode_entry(const Entry& entry, std::vector<std::byte>& to);
[[nodiscard]] std::optional<Entry> decode_entry(std::span<const std::byte> bytes);

}  // namespace sluice
