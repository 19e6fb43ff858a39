// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "actors/tenant/entry.hpp"
#include "actors/tenant/entry_bytes_io.hpp"

namespace sluice {

// What sharing adds to the bytes of an entry, since their form 4: which parts there are, then those
// parts. An entry without any has none of this, not even an empty one.

inline constexpr std::size_t shared_count_bytes = 16 + 16 + 4 + 8 + 8 + 8 + 16 + 1 + 8 + 8;
inline constexpr std::size_t shared_hold_bytes = 16 + 16 + 16 + 1 + 2;
inline constexpr std::size_t share_verdict_bytes = 1 + 8;

/// Whether sharing had a say in what was answered.
[[nodiscard]] bool says_verdict(const Decision& first) noexcept;
[[nodiscard]] bool has_sharing(const Entry& entry) noexcept;
[[nodiscard]] std::size_t sharing_bytes_of(const Entry& entry) noexcept;
[[nodiscard]] EntryWriter put_sharing(EntryWriter to, const Entry& entry);
void take_sharing(EntryReader& from, Entry& entry);

}  // namespace sluice
