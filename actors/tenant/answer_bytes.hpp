// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/entry.hpp"

namespace sluice {

/// How answers lie side by side in memory and in the pages that stores have of them: a third of
/// what `encode_entry` takes, because numbers are as long as they have to be and what follows from
/// others is left out.
///
///   id            16 bytes
///   state, flags  2 bytes
///   outcome       1 byte
///   digest, begun 8 bytes each
///   due           a number: how long after `begun`
///   charges       their number (1 byte), and of each its meter, held and used
///   and as the flags say: granted, overage and price; the reading; when to try again; shadow
///   limits; labels; what sharing said and the cost of the use; what a reservation was made under;
///   the limits that a check was counted in; what was given back of it
///
/// Numbers are in groups of seven bits, the lowest first, with the eighth bit on all but the last.
///
/// Role       Pure functions on bytes.
/// Units      As in `Entry`.
/// Errors     `take_answer` returns false for bytes that `append_answer` does not write.
/// Cost       Some 80 bytes for an answer about one meter. Appending allocates only to grow.

inline constexpr std::size_t answer_bytes_max = 1872;
inline constexpr std::size_t answers_per_page_max = 255;

/// Of an entry that is settled or answered; neither a counter, nor a grant, nor a count of sharing.
void append_answer(const Entry& entry, std::vector<std::byte>& to);
/// The id of the answer that begins here.
[[nodiscard]] EntryId answer_id_at(const std::byte* at) noexcept;
/// Takes an answer off the front of the bytes. What was in `entry` is overwritten.
[[nodiscard]] bool take_answer(std::span<const std::byte>& from, Entry& entry);

// A page is its id (16 bytes), when the last of its answers is due (8 bytes), and these side by
// side.
[[nodiscard]] std::size_t encoded_page_bytes(const Entry& page) noexcept;
/// Writes so many bytes and returns the place behind them.
[[nodiscard]] std::byte* encode_page(const Entry& page, std::byte* at) noexcept;
/// Nothing for bytes that are no page.
[[nodiscard]] std::optional<Entry> decode_page(std::span<const std::byte> bytes);

/// What a store has of a tenant, with each answer of a page as an entry of its own, by their ids.
[[nodiscard]] std::vector<Entry> without_pages(std::vector<Entry> stored);

}  // namespace sluice
