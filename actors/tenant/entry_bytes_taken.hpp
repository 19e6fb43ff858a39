// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "actors/tenant/entry.hpp"
#include "actors/tenant/entry_bytes_io.hpp"
#include "actors/tenant/limit.hpp"

namespace sluice {

// What a check took, in the bytes of its answer since their form 6: number of limits; limits;
// whether it was given back, and what was; then whether something of sharing follows. An answer of
// which nothing was taken has none of this.

inline constexpr std::size_t taken_bytes_max =
    1 + limits_per_tenant_max * sizeof(std::uint32_t) + 1 + sizeof(std::uint64_t) + 1;

[[nodiscard]] bool has_taken(const Entry& entry) noexcept;
[[nodiscard]] std::size_t taken_bytes_of(const Entry& entry) noexcept;
[[nodiscard]] EntryWriter put_taken(EntryWriter to, const Entry& entry);
/// Whether something of sharing follows.
[[nodiscard]] bool take_taken(EntryReader& from, Entry& entry);

}  // namespace sluice
